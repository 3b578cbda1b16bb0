"""Random lives and random ticks: what was told is what a few lines of arithmetic say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.app.incidents import actions

OPENED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Madrid; all happens within the business hours of one day
MINUTE = timedelta(minutes=1)
LENGTHS = {1: 30, 2: 120}  # minutes around the clock, MSA Enterprise
SHARES = (0.5, 0.75, 1.0)


class Oracle:
    """One request: opened at minute 0, answered at most once; knows nothing of events, clocks and databases."""

    def __init__(self, level):
        self.level = level
        self.start, self.length = 0, LENGTHS[level]
        self.fired = {}
        self.told = {}
        self.answered = None

    def due(self, share):
        return self.start + self.length * share

    def tick(self, now):
        if self.answered is not None:
            return
        new = [share for share in SHARES if self.due(share) <= now and share not in self.fired]
        if new:
            self.fired.update(dict.fromkeys(new, now))
            self.told[new[-1]] = False

    def answer(self, at):
        self.answered = at
        for share in self.told:
            if at < min(self.due(share), self.fired[share]):
                self.told[share] = True

    def severity(self, level, at):
        """Raised: the earlier of both deadlines. Lowered: anew from the beginning, never earlier. A breach stays."""
        raised, self.level = level < self.level, level
        if self.answered is not None or self.due(1) < at:
            return
        start = at if raised else 0
        if (start + LENGTHS[level] < self.due(1)) == raised:
            self.start, self.length = start, LENGTHS[level]
        for share in self.told:
            if self.due(share) > self.fired[share]:
                self.told[share] = True


acts = st.one_of(
    st.tuples(st.just("tick"), st.integers(0, 150), st.just(0)),
    st.tuples(st.just("answer"), st.integers(0, 150), st.integers(0, 60)),
    st.tuples(st.just("severity"), st.integers(0, 150), st.just(0)),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(LENGTHS)), st.lists(acts, max_size=10), st.integers(1, 2))
def test_what_is_told_is_what_arithmetic_says(desk, level, steps, ticks):
    """Minutes are counted from the submission; an answer is recorded some minutes after it was given."""
    ident = desk.open(OPENED, level=level)
    oracle = Oracle(level)
    changed = 0
    for place, (what, minute, delay) in enumerate(sorted(steps, key=lambda step: step[1])):
        now = OPENED + minute * MINUTE
        if what == "tick":
            for _ in range(ticks):
                desk.tick(now)
            oracle.tick(minute)
        elif what == "severity":
            desk.act(ident, actions.severity(3 - oracle.level, f"as step {place} shows"), now)
            oracle.severity(3 - oracle.level, minute)
            changed = minute
        elif oracle.answered is None:
            at = max(changed, minute - delay)
            desk.act(ident, actions.answer("found"), now, at=OPENED + at * MINUTE)
            oracle.answer(at)
    assert desk.fractions(ident) == [share for share in SHARES if share in oracle.fired]
    told = {f"{ident}:response:1:{share:g}": marked for share, marked in oracle.told.items()}
    assert desk.told(f"{ident}:response") == told
    if oracle.answered is None:  # leave nothing for the next example
        desk.act(ident, actions.answer("found"), OPENED + 151 * MINUTE)
