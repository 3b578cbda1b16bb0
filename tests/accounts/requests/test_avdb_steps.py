"""Steps of a database release are taken in their order, whatever is tried (RULE-AVDB-3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from auditor.accounts import avdb
from auditor.accounts.avdb_facts import Databases, Facts, Promise, Sample
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event

BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DIAGRAM = {
    ("new", "blocked_old_databases"),
    ("new", "step1_processing"),
    ("blocked_old_databases", "new"),
    ("blocked_old_databases", "blocked_old_databases"),
    ("blocked_old_databases", "closed"),
    ("step1_processing", "step2_released"),
    ("step1_processing", "rejected"),
    ("step2_released", "step2_released"),
    ("step2_released", "verified"),
    ("verified", "closed"),
}
"""What may follow what, written from the specification; equal states stand for what is only recorded."""
COMMANDS = {
    "step 1": lambda request: avdb.step(request, 1),
    "step 2": lambda request: avdb.step(request, 2),
    "step 3": lambda request: avdb.step(request, 3),
    "reject": lambda request: avdb.reject(request, "judged rightly"),
    "verify": avdb.verify,
    "close": avdb.close,
    "retest, latest": lambda request: avdb.retest(request, Databases(BEGIN, BEGIN), BEGIN),
    "retest, older": lambda request: avdb.retest(request, Databases(BEGIN - timedelta(days=1), BEGIN), BEGIN),
}


def submitted(informed_by="kaspersky", age=timedelta(0)):
    facts = Facts(
        reason="false_negative",
        sample=Sample("a" * 64, "not detected"),
        product="Kaspersky Endpoint Security for Linux",
        product_version="12.1",
        databases=Databases(BEGIN - age, BEGIN),
        promise=Promise("a programme", informed_by, ()),
    )
    payload = {"type": "avdb_release", "request": facts.to_document()}
    return Event("incident", "INC-000001", "submitted", BEGIN, "contact:C-0001", payload, "acme", 1)


class Life(RuleBasedStateMachine):
    """Any commands in any order, as an adversary or a hurried person would type them."""

    def __init__(self):
        super().__init__()
        self.events = []

    @precondition(lambda self: not self.events)
    @rule(informed_by=st.sampled_from(["tam", "kaspersky", None]), old=st.booleans())
    def submit(self, informed_by, old):
        self.events = [submitted(informed_by, timedelta(minutes=old))]
        blocked = avdb.block(avdb.fold(self.events))
        assert (blocked is not None) == old
        if blocked:
            self._record(blocked)

    @precondition(lambda self: self.events)
    @rule(name=st.sampled_from(sorted(COMMANDS)))
    def command(self, name):
        before = avdb.fold(self.events)
        at = BEGIN + timedelta(minutes=len(self.events))
        try:
            payload = COMMANDS[name](before)
        except RuleBroken:
            assert avdb.fold(self.events) == before
            return
        assert payload["from"] == before.state
        assert (payload["from"], payload["to"]) in DIAGRAM
        self._record(payload, at)

    def _record(self, payload, at=BEGIN):
        event = Event("incident", "INC-000001", "avdb_changed", at, "user:test", payload, "acme", len(self.events) + 1)
        self.events.append(event)

    @invariant()
    def steps_come_in_order(self):
        if not self.events:
            return
        request = avdb.fold(self.events)
        taken = [change.payload["step"] for change in request.changes if change.payload.get("step")]
        assert taken == [1, 2, 3][: len(taken)]
        if request.state in {"step2_released", "verified"}:
            assert taken[:2] == [1, 2]
        if request.state in {"step1_processing", "rejected"}:
            assert taken == [1]
        if request.facts.promise.informed_by is None:
            assert 3 not in taken

    @invariant()
    def nothing_is_released_for_old_databases(self):
        if self.events and avdb.fold(self.events).state in {"step1_processing", "step2_released", "verified"}:
            assert avdb.fold(self.events).judgement == "latest"


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)


def life(*names, informed_by="kaspersky"):
    """The request after commands, one minute apart."""
    events = [submitted(informed_by)]
    for count, name in enumerate(names, 1):
        at = BEGIN + timedelta(minutes=count)
        payload = COMMANDS[name](avdb.fold(events))
        events.append(Event("incident", "INC-000001", "avdb_changed", at, "user:test", payload, "acme", count + 1))
    return avdb.fold(events)


def test_every_state_can_be_reached():
    """The machine above proves nothing if it never gets anywhere."""
    assert life().state == "new"
    assert life("step 1", "step 2", "step 3", "verify", "close").state == "closed"
    assert life("step 1", "step 2", "verify").state == "verified"
    assert life("step 1", "reject").state == "rejected"


@pytest.mark.parametrize(
    ("names", "refused", "hint"),
    [
        ((), "step 2", "order 1, 2, 3"),
        ((), "step 3", "released update"),
        (("step 1",), "step 1", "step 1 was taken already"),
        (("step 1",), "step 3", "released update"),
        (("step 1", "step 2"), "step 1", "step 1 was taken already"),
        (("step 1", "step 2", "step 3"), "step 3", "auditor avdb verify"),
        ((), "verify", "after step 2"),
        ((), "reject", "after step 1"),
        (("step 1", "step 2"), "reject", "after step 1"),
        (("step 1", "step 2"), "close", "once it is verified"),
        ((), "retest, latest", "blocked by its databases"),
        (("step 1", "reject"), "step 2", "final state"),
    ],
)
def test_what_is_refused_says_what_would_do(names, refused, hint):
    with pytest.raises(RuleBroken) as error:
        COMMANDS[refused](life(*names))
    assert hint in str(error.value)


def test_without_promise_there_is_no_third_step():
    request = life("step 1", "step 2", informed_by=None)
    with pytest.raises(RuleBroken, match="a programme promises no information"):
        avdb.step(request, 3)
    assert avdb.verify(request)["to"] == "verified"


def test_steps_are_numbered_one_to_three():
    for number in (0, 4, -1):
        with pytest.raises(UsageProblem, match="there is no step"):
            avdb.step(life(), number)


def test_a_rejection_needs_a_reason_that_can_be_kept():
    request = life("step 1")
    with pytest.raises(UsageProblem, match="the reason is missing"):
        avdb.reject(request, " \n")
    with pytest.raises(UsageProblem, match="4001 characters"):
        avdb.reject(request, "x" * 4001)
    assert avdb.reject(request, "x" * 4000)["reason"] == "x" * 4000
