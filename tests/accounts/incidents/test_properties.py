"""What holds for every history: pure clock, order, monotone deadlines, possible states, balanced quota."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.accounts.incidents.clock import response_clock
from auditor.accounts.incidents.commands import (
    Act,
    Submission,
    Terms,
    answer,
    call,
    cancel,
    change_kind,
    change_severity,
    close,
    merge,
    note,
    receive_info,
    reopen,
    request_info,
    resolve,
    submit,
)
from auditor.accounts.incidents.escalation import escalations
from auditor.accounts.incidents.lifecycle import ENDED, OPEN
from auditor.accounts.incidents.quota import Override, QuotaExhausted, QuotaPeriod, Units, ledger_of, period_of
from auditor.accounts.incidents.rows import row
from auditor.accounts.incidents.state import fold
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import CONTACT, TAM, calendar, madrid, moscow, numbered, rome, shipped

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
OFFICES = (madrid, moscow, rome, lambda: calendar("Europe/Madrid", always_open=True))
PROGRAMMES = ("msa-start", "msa-business", "msa-enterprise", "enhanced-tam")

instants = st.integers(0, 60 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
levels = st.integers(1, 4)


def terms_of(programme: str, office, **policy) -> Terms:
    hours = office()
    return Terms(replace(shipped(programme), zone=hours.zone.key, **policy), "p" * 64, hours, "c" * 64)


def submitted(at: datetime, level: int, terms: Terms, number: int = 1):
    ledger = ledger_of(terms.policy, period_of(at, terms.policy), [])
    request = Submission(number, "acme", "It fails", level, CONTACT, "portal")
    return [numbered(new, seq) for seq, new in enumerate(submit(Act(CONTACT, at, at), request, terms, ledger), 1)]


def clock_of(events, terms: Terms):
    return response_clock(fold(events), terms.policy, terms.calendar)


def then(events, terms: Terms, command: Callable, at: datetime, *args, actor: str = TAM, **more):
    """The events with one command more; unchanged when it is refused."""
    try:
        new = command(fold(events), Act(actor, at, at), *args, **more)
    except RuleBroken:
        return events
    return [*events, *(numbered(one, len(events) + place) for place, one in enumerate(new, 1))]


terms = st.builds(
    terms_of,
    st.sampled_from(PROGRAMMES),
    st.sampled_from(OFFICES),
    off_hours=st.sampled_from(["phone_required", "submission"]),
)


@settings(deadline=None)
@given(terms, instants, levels, st.lists(st.tuples(st.integers(1, 3000), levels), max_size=5), st.integers(0, 3000))
def test_raising_never_moves_a_deadline_later(terms, at, level, changes, call_after):
    events = submitted(at, level, terms)
    calling = {"by": CONTACT, "line": "priority"}
    events = then(events, terms, call, at + timedelta(minutes=call_after), terms.policy, **calling)
    for minutes, to in changes:
        before = clock_of(events, terms)
        at += timedelta(minutes=minutes)
        after_events = then(events, terms, change_severity, at, to, "x")
        after = clock_of(after_events, terms)
        if to < fold(events).level and before.deadline is not None:
            assert after.deadline is not None
            assert after.deadline <= before.deadline
        if to > fold(events).level and before.deadline is not None and after.deadline is not None:
            assert after.deadline >= before.deadline
        if before.deadline is not None and before.deadline < at:
            assert (after.deadline, after.status(at)) == (before.deadline, "missed")
        events = after_events


@settings(deadline=None)
@given(terms, instants, instants, levels)
def test_who_submits_later_is_not_answered_earlier(terms, one, other, level):
    first, second = sorted((one, other))
    clocks = [clock_of(submitted(at, level, terms), terms) for at in (first, second)]
    if clocks[0].deadline is not None:
        assert clocks[0].deadline <= clocks[1].deadline
        assert clocks[0].start_at <= clocks[1].start_at
        assert clocks[0].deadline > first


@settings(deadline=None)
@given(terms, instants, levels, st.integers(0, 10_000))
def test_thresholds_rise_to_the_deadline(terms, at, level, minutes):
    clock = clock_of(submitted(at, level, terms), terms)
    if clock.promise is None:
        assert clock.thresholds == ()
        return
    instants_ = [one.at for one in clock.thresholds]
    assert instants_ == sorted(instants_)
    assert instants_[-1] == clock.deadline
    now = at + timedelta(minutes=minutes)
    if clock.start_at <= now <= clock.deadline:
        total = timedelta(seconds=clock.promise.seconds)
        assert abs(clock.elapsed(now) + clock.remaining(now) - total) <= timedelta(seconds=1)
    assert (clock.status(now) == "missed") is (now > clock.deadline)


@settings(deadline=None)
@given(terms, instants, levels, st.lists(st.integers(0, 2000), min_size=1, max_size=6))
def test_an_alarm_rings_once_whenever_the_scheduler_runs(terms, at, level, steps):
    events = submitted(at, level, terms)
    told = []
    for minutes in steps:
        at += timedelta(minutes=minutes)
        fired = escalations(clock_of(events, terms), at)
        assert sum(one.payload["notify"] for one in fired) == (1 if fired else 0)
        told += [one.payload["fraction"] for one in fired]
        events = [*events, *(numbered(one, len(events) + place) for place, one in enumerate(fired, 1))]
    assert told == sorted(set(told))


@dataclass
class Deed:
    """One command with its arguments, whatever the state allows."""

    name: str
    minutes: int
    level: int
    actor: str


COMMANDS = (
    "answer",
    "wait",
    "request",
    "receive",
    "severity",
    "standard",
    "premium",
    "resolve",
    "close",
    "reopen",
    "cancel",
    "merge",
    "call",
    "note",
    "tick",
)
deeds = st.builds(
    Deed, st.sampled_from(COMMANDS), st.integers(0, 600), levels, st.sampled_from([TAM, CONTACT, "user:ops", "system"])
)


class World:
    """One contract of six units, and the requests that share them."""

    def __init__(self, at: datetime) -> None:
        self.terms = terms_of("msa-start", madrid, premium_quota=2, reopen_new_cycle=True)
        self.at = at
        self.incidents: list[list] = []
        self.original = replace(fold(submitted(at, 3, self.terms)), id="INC-999999")

    @property
    def ledger(self):
        bookings = [one for events in self.incidents for one in fold(events).bookings]
        return ledger_of(self.terms.policy, QuotaPeriod(*self._period()), bookings)

    def _period(self):
        period = period_of(self.at, self.terms.policy)
        return period.first, period.until

    def submit(self, level: int, *, override: bool) -> None:
        request = Submission(len(self.incidents) + 1, "acme", "It fails", level, CONTACT, "portal")
        permission = Override(TAM, "the board asks") if override else None
        left = self.ledger.left
        try:
            events = submit(Act(CONTACT, self.at, self.at), request, self.terms, self.ledger, permission)
        except QuotaExhausted:
            assert (left, override) == (0, False)
            return
        assert left or override
        self.incidents.append([numbered(new, seq) for seq, new in enumerate(events, 1)])

    def do(self, place: int, deed: Deed) -> None:
        self.at += timedelta(minutes=deed.minutes)
        events = self.incidents[place]
        if deed.name == "tick":
            fired = escalations(clock_of(events, self.terms), self.at)
            self.incidents[place] = [*events, *(numbered(one, len(events) + n) for n, one in enumerate(fired, 1))]
            return
        command, args, more = self._call(deed)
        self.incidents[place] = then(events, self.terms, command, self.at, *args, actor=deed.actor, **more)

    def _call(self, deed: Deed):
        policy = self.terms.policy
        calling = {"by": CONTACT, "line": "priority"}
        return {
            "answer": (answer, ("text",), {}),
            "wait": (answer, ("text",), {"wanted": ["a trace"]}),
            "request": (request_info, (["more"],), {}),
            "receive": (receive_info, ("data",), {}),
            "severity": (change_severity, (deed.level, "x"), {}),
            "standard": (change_kind, ("standard", "x"), {}),
            "premium": (change_kind, ("premium", "x", Units(policy, self.ledger)), {}),
            "resolve": (resolve, ("done",), {}),
            "close": (close, (), {}),
            "reopen": (reopen, (policy, "x"), {}),
            "cancel": (cancel, ("x",), {}),
            "merge": (merge, (self.original,), {}),
            "call": (call, (policy,), calling),
            "note": (note, ("x",), {}),
        }[deed.name]


def check(events, world: World) -> None:
    """What no sequence of commands can bring about."""
    incident = fold(events)
    clock = clock_of(events, world.terms)
    states = [period.state for period in incident.periods]
    assert states[0] == "submitted"
    assert all(one.until == other.since for one, other in zip(incident.periods, incident.periods[1:], strict=False))
    assert incident.periods[-1].until is None
    assert (incident.ended_at is None) is (incident.state in OPEN)
    assert ("resolved" not in states and "waiting_customer" not in states) or incident.answers
    assert not (incident.state == "cancelled" and incident.answers)
    assert all(one.until is not None for one in incident.waitings) or incident.state == "waiting_customer"
    assert sum(one.delta for one in incident.bookings) in (0, 1)
    assert (incident.unit is not None) is (incident.kind == "premium" and not _returned(incident))
    made = row(incident, clock)
    assert made["waiting"] is (incident.state in OPEN and clock.responded_at is None)
    assert made["next_threshold_at"] is None or (made["waiting"] and made["deadline"])
    if incident.state in ENDED:
        assert incident.ended_at >= incident.submitted_at
    assert clock == clock_of(events[::-1], world.terms)


def _returned(incident) -> bool:
    return incident.state == "cancelled" or bool(incident.duplicate_of)


def _is_balanced(ledger) -> bool:
    """INV-5: nothing was given back that was not taken, and what exceeds the quota was allowed by somebody."""
    return ledger.used >= 0 and ledger.used - ledger.limit <= ledger.overrides


@settings(max_examples=150, deadline=None)
@given(
    instants,
    st.lists(st.tuples(st.integers(0, 3), deeds), max_size=25),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_no_sequence_of_commands_reaches_an_impossible_state(at, sequence, overrides):
    world = World(at)
    for override in overrides:
        world.submit(1, override=override)
    assert _is_balanced(world.ledger)
    for place, deed in sequence:
        if place < len(world.incidents):
            world.do(place, deed)
            check(world.incidents[place], world)
        assert _is_balanced(world.ledger)
        assert 0 <= world.ledger.used <= 2 + world.ledger.overrides
    assert world.ledger.used == sum(1 for events in world.incidents if fold(events).unit)


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_folding_and_clock_do_not_depend_on_the_order_of_appending(order):
    terms = terms_of("msa-enterprise", madrid)
    at = datetime(2026, 3, 16, 8, tzinfo=UTC)
    events = submitted(at, 3, terms)
    for command, args in (
        (note, ("x",)),
        (change_severity, (1, "x")),
        (answer, ("text",)),
        (request_info, (["a trace"],)),
        (receive_info, ("data",)),
        (resolve, ("done",)),
        (close, ()),
    ):
        events = then(events, terms, command, at, *args)  # all at one instant: only their numbers order them
    assert len(events) == 8
    shuffled = [events[place] for place in order]
    assert fold(shuffled) == fold(events)
    assert clock_of(shuffled, terms) == clock_of(events, terms)
    assert fold(events).state == "closed"
