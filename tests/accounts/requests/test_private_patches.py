"""Private patches: who may ask in which phase (T-47), what comes after what, and no day promised anywhere."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from auditor.accounts import private_patches as patches
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event

BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FILE = patches.PatchFile("pf2041.msp", "b" * 64)


@pytest.mark.parametrize(
    ("phase", "entitled", "confirmed", "answer", "reasons"),
    [
        ("full", True, "", "allow", ()),
        ("full", False, "", "refuse", ("patch_not_entitled",)),
        ("full", None, "", "ask", ("patch_entitlement_unknown",)),
        ("full", None, "the TAM said so", "allow", ()),
        ("full", None, "  ", "ask", ("patch_entitlement_unknown",)),
        ("full", False, "the TAM said so", "refuse", ("patch_not_entitled",)),
        ("limited", True, "", "warn", ("patch_at_discretion",)),
        ("limited", False, "", "refuse", ("patch_not_entitled", "patch_at_discretion")),
        ("limited", None, "", "ask", ("patch_entitlement_unknown", "patch_at_discretion")),
        ("limited", None, "the TAM said so", "warn", ("patch_at_discretion",)),
        ("unsupported", True, "", "refuse", ("patch_unsupported",)),
        ("unsupported", False, "", "refuse", ("patch_unsupported", "patch_not_entitled")),
        ("unsupported", None, "", "refuse", ("patch_unsupported", "patch_entitlement_unknown")),
        ("unsupported", None, "the TAM said so", "refuse", ("patch_unsupported",)),
        ("unknown", True, "", "ask", ("patch_phase_unknown",)),
        ("unknown", False, "", "refuse", ("patch_not_entitled", "patch_phase_unknown")),
        ("unknown", None, "", "ask", ("patch_phase_unknown", "patch_entitlement_unknown")),
        ("unknown", None, "the TAM said so", "ask", ("patch_phase_unknown",)),
    ],
)
def test_phase_and_entitlement(phase, entitled, confirmed, answer, reasons):
    assert patches.decide(phase, entitled, confirmed) == patches.Decision(answer, reasons)


DIAGRAM = {
    ("requested", "triage"),
    ("triage", "accepted"),
    ("triage", "declined"),
    ("accepted", "built"),
    ("built", "delivered"),
    ("delivered", "confirmed"),
}
COMMANDS = {
    "triage": patches.triage,
    "triage, unsupported": lambda request: patches.triage(request, "unsupported"),
    "accept": patches.accept,
    "decline": lambda request: patches.decline(request, "not reproducible"),
    "built": patches.built,
    "accept-terms": lambda request: patches.accept_terms(request, "contact:C-0001"),
    "deliver": lambda request: patches.deliver(request, FILE),
    "confirm": patches.confirm,
}


def submitted(phase="full"):
    facts = patches.Facts("Kaspersky Endpoint Security for Windows", "12.6", phase, "support page")
    payload = {"type": "private_patch", "request": facts.to_document()}
    return Event("incident", "INC-000001", "submitted", BEGIN, "contact:C-0001", payload, "acme", 1)


def recorded(payload, events):
    at = BEGIN + timedelta(minutes=len(events))
    return Event("incident", "INC-000001", "patch_changed", at, "user:test", payload, "acme", len(events) + 1)


class Life(RuleBasedStateMachine):
    """Any commands in any order."""

    def __init__(self):
        super().__init__()
        self.events = [submitted()]

    @rule(name=st.sampled_from(sorted(COMMANDS)))
    def command(self, name):
        before = patches.fold(self.events)
        try:
            payload = COMMANDS[name](before)
        except RuleBroken:
            return
        if name == "accept-terms":
            assert payload["from"] == payload["to"] == before.state
        else:
            assert (before.state, payload["to"]) in DIAGRAM
        self.events.append(recorded(payload, self.events))

    @invariant()
    def nothing_is_delivered_without_terms(self):
        request = patches.fold(self.events)
        delivered = request.state in {"delivered", "confirmed"}
        assert (request.file is not None) == delivered
        if delivered:
            assert request.terms is not None
            at = next(change.at for change in request.changes if change.after == "delivered")
            assert request.terms.at < at

    @invariant()
    def nothing_is_made_for_a_product_without_support(self):
        request = patches.fold(self.events)
        if request.phase == "unsupported":
            assert request.state in {"requested", "triage", "declined"}

    @invariant()
    def terms_are_accepted_once(self):
        accepted = [event for event in self.events if "accepted_by" in event.payload]
        assert len(accepted) <= 1


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)


def life(*names, phase="full"):
    events = [submitted(phase)]
    for name in names:
        events.append(recorded(COMMANDS[name](patches.fold(events)), events))
    return patches.fold(events)


def test_every_state_can_be_reached():
    whole = life("triage", "accept", "accept-terms", "built", "deliver", "confirm")
    assert whole.state == "confirmed"
    assert whole.file == FILE
    assert whole.terms == patches.Terms("contact:C-0001", BEGIN + timedelta(minutes=3))
    assert life("triage", "decline").state == "declined"
    assert life("accept-terms", "triage", "accept", "built", "deliver").state == "delivered"


@pytest.mark.parametrize(
    ("names", "refused", "said"),
    [
        (("triage", "accept", "built"), "deliver", "nobody has accepted the terms of the licence yet"),
        (("triage", "accept", "accept-terms"), "deliver", "once it is built"),
        (("accept-terms",), "accept-terms", "already accepted by contact:C-0001"),
        (("triage", "decline"), "accept-terms", "declined needs no acceptance"),
        ((), "accept", "in triage"),
        ((), "decline", "in triage"),
        (("triage", "accept"), "decline", "in triage"),
        (("triage", "accept", "built"), "confirm", "once it is delivered"),
        (("triage", "decline"), "built", "final state"),
        (("triage, unsupported",), "accept", "advise an upgrade"),
    ],
)
def test_what_is_refused_says_what_would_do(names, refused, said):
    with pytest.raises(RuleBroken) as error:
        COMMANDS[refused](life(*names))
    assert said in str(error.value)


def test_the_phase_stated_last_counts():
    assert life("triage, unsupported").phase == "unsupported"
    assert life("triage", phase="limited").phase == "limited"
    assert patches.accept(life("triage", phase="limited"))["to"] == "accepted"


def test_facts_survive_being_stored():
    facts = patches.Facts("a product", "1.0", "limited", "somebody said so", "agreed by mail")
    assert patches.Facts.from_document(facts.to_document()) == facts


def test_what_cannot_be_stated():
    with pytest.raises(UsageProblem, match="there is no phase"):
        patches.Facts("a product", "1.0", "eternal")
    with pytest.raises(UsageProblem, match="version is missing"):
        patches.Facts("a product", "", "full")
    with pytest.raises(UsageProblem, match="name of the patch is missing"):
        patches.PatchFile("", "b" * 64)
    with pytest.raises(UsageProblem, match="64 hexadecimal digits"):
        patches.PatchFile("p.msp", "b" * 63)
    with pytest.raises(UsageProblem, match="reason is missing"):
        patches.decline(life("triage"), "")
    with pytest.raises(UsageProblem, match="who accepts the terms is missing"):
        patches.accept_terms(life(), "")


def test_nothing_holds_a_promised_day():
    """The only instants are those of what has happened."""
    instants = {
        (kind.__name__, field.name)
        for kind in (patches.Facts, patches.Request, patches.Terms, patches.PatchFile, patches.Decision)
        for field in dataclasses.fields(kind)
        if "date" in str(field.type)
    }
    assert instants == {("Request", "submitted_at"), ("Terms", "at")}
