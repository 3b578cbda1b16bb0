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

    def __init__(self, length):
        self.due = {share: length * share for share in SHARES}
        self.fired = {}
        self.told = {}
        self.answered = None

    def tick(self, now):
        if self.answered is not None:
            return
        new = [share for share, at in self.due.items() if at <= now and share not in self.fired]
        if new:
            self.fired.update(dict.fromkeys(new, now))
            self.told[new[-1]] = False

    def answer(self, at):
        self.answered = at
        for share, told_at in self.fired.items():
            if share in self.told and at < min(self.due[share], told_at):
                self.told[share] = True


acts = st.one_of(
    st.tuples(st.just("tick"), st.integers(0, 150), st.just(0)),
    st.tuples(st.just("answer"), st.integers(0, 150), st.integers(0, 60)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(LENGTHS)), st.lists(acts, max_size=8), st.integers(1, 3))
def test_what_is_told_is_what_arithmetic_says(desk, level, steps, ticks):
    """Minutes are counted from the submission; an answer is recorded some minutes after it was given."""
    begun = desk.store.clock.at = OPENED
    ident = desk.open(begun, level=level)
    oracle = Oracle(LENGTHS[level])
    for what, minute, delay in sorted(steps, key=lambda step: (step[1], step[0])):
        now = begun + minute * MINUTE
        if what == "tick":
            for _ in range(ticks):
                desk.tick(now)
            oracle.tick(minute)
        elif oracle.answered is None:
            given_at = max(0, minute - delay)
            desk.act(ident, actions.answer("found"), now, at=begun + given_at * MINUTE)
            oracle.answer(given_at)
    assert desk.fractions(ident) == sorted(oracle.fired)
    told = {f"{ident}:response:1:{share:g}": marked for share, marked in oracle.told.items()}
    assert desk.told(f"{ident}:response") == told
    if oracle.answered is None:  # leave nothing for the next example
        desk.act(ident, actions.answer("found"), begun + 151 * MINUTE)
