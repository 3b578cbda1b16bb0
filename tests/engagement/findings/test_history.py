"""What deliveries mean for findings, over years: nothing is closed by a run that did not look."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.findings import history, judging, kept_runs, known, results
from auditor.app.findings.current import Target
from auditor.app.findings.judging import Accepted, Given
from auditor.app.findings.verdicts import Verdicts
from auditor.engagement.changes import compare
from auditor.engagement.comparison import Change, Run, Seen
from auditor.engagement.findings import Identity, Label, finding_document, finding_of
from auditor.engagement.findings import fold as fold_finding
from tests.engagement.conftest import act
from tests.engagement.findings.conftest import CHECKS, changed, host


def counts(observed):
    return {change.value: count for change, count in observed.counts.items() if count}


def test_the_first_delivery_writes_failures_and_no_passes(years):
    observed = years.deliver(2026, {"web01": host(), "web02": host(ksn="Yes", riskware="Yes")})
    assert counts(observed) == {"new": 2}
    found = years.findings()
    assert set(found) == {("T-GEN-001", "web01"), ("T-GEN-002", "web01")}
    one = found["T-GEN-001", "web01"]
    assert one.is_open
    assert (one.severity, one.label, one.identity.setting) == (
        "high", Label("web01", "KSN is used", "own"), "app.UseKSN",
    )  # fmt: skip
    assert one.id == Identity("madrid", "kesl", "T-GEN-001", "kesl.host", "web01", "app.UseKSN").fingerprint
    [seen] = one.observations
    assert (seen.engagement, seen.version, seen.outcome, seen.revision) == ("HC-0001", 1, "fail", 1)


def test_fixed_stays_in_the_table_and_may_come_back(years):
    years.deliver(2026, {"web01": host()})
    assert counts(years.deliver(2027, {"web01": host(ksn="Yes")})) == {"fixed": 1, "persisting": 1}
    found = years.findings()["T-GEN-001", "web01"]
    assert (found.is_open, found.since) == (False, None)
    assert counts(years.deliver(2028, {"web01": host()})) == {"regressed": 1, "persisting": 1}
    assert years.changes() == [Change.NEW, Change.FIXED, Change.REGRESSED]
    found = years.findings()["T-GEN-001", "web01"]
    assert found.since == datetime(2028, 12, 10, 12, tzinfo=UTC)
    assert years.findings()["T-GEN-002", "web01"].since == datetime(2026, 12, 10, 12, tzinfo=UTC)


def test_what_never_failed_and_fails_now_is_worse_and_not_new(years):
    years.deliver(2026, {"web01": host(ksn="Yes", riskware="Yes")})
    assert years.findings() == {}
    years.deliver(2027, {"web01": host(ksn="Yes")})
    assert years.changes("T-GEN-002") == [Change.REGRESSED]
    years.deliver(2028, {"web01": host(), "web02": host()})
    assert years.changes("T-GEN-001") == [Change.REGRESSED]
    assert years.changes("T-GEN-001", "web02") == [Change.NEW]


@pytest.mark.parametrize(
    ("hosts", "checks", "why"),
    [
        ({"web01": host().replace("UseKSN=No\n", "")}, CHECKS, "key_absent"),
        ({"web02": host(ksn="Yes", riskware="Yes")}, CHECKS, "thing_gone"),
        ({"web01": host()}, tuple(one for one in CHECKS if one["id"] != "T-GEN-001"), "check_left_out"),
    ],
)
def test_what_could_not_run_closes_nothing(years, hosts, checks, why):
    """T-49, and the year after it nothing is forgotten."""
    years.deliver(2026, {"web01": host()})
    years.deliver(2027, hosts, checks=checks)
    found = years.findings()["T-GEN-001", "web01"]
    assert found.is_open
    assert (found.last.change, found.last.why) == (Change.NOT_COMPARABLE, why)
    years.deliver(2028, {"web01": host()})
    assert years.changes() == [Change.NEW, Change.NOT_COMPARABLE, Change.PERSISTING]
    assert years.findings()["T-GEN-001", "web01"].since == datetime(2026, 12, 10, 12, tzinfo=UTC)


def test_a_correction_takes_the_place_of_what_it_corrects(years):
    years.deliver(2026, {"web01": host()})
    years.deliver(2026, {"web01": host(ksn="Yes")}, version=2)  # the wrong file had been audited
    found = years.findings()
    assert [(one.version, one.change) for one in found["T-GEN-001", "web01"].observations] == [(2, Change.SAME_GOOD)]
    assert not found["T-GEN-001", "web01"].is_open
    assert [(one.version, one.change) for one in found["T-GEN-002", "web01"].observations] == [(2, Change.NEW)]
    years.deliver(2027, {"web01": host()})
    assert years.changes() == [Change.SAME_GOOD, Change.REGRESSED]


def test_a_correction_that_could_not_look_opens_again_what_was_called_fixed(years):
    years.deliver(2026, {"web01": host()})
    years.deliver(2027, {"web01": host(ksn="Yes")})  # of another host, as it turned out
    assert not years.findings()["T-GEN-001", "web01"].is_open
    years.deliver(2027, {"web01": host().replace("UseKSN=No\n", "")}, version=2)
    assert years.changes() == [Change.NEW, Change.NOT_COMPARABLE]
    assert years.findings()["T-GEN-001", "web01"].is_open


def test_a_late_correction_keeps_its_place_and_knows_nothing_of_later_years(years):
    years.deliver(2026, {"web01": host(riskware="Yes")})
    years.deliver(2027, {"web01": host(ksn="Yes", riskware="Yes")})
    with years._store.writing() as writing:
        stored = years._result("late", {"web01": host()}, as_of="2026-12-09")
        history.observe(writing, years.ids[2026], 2, stored, act(2028, 1, 5, 9))
    found = years.findings()["T-GEN-001", "web01"]
    assert [(one.engagement, one.version) for one in found.observations] == [("HC-0001", 2), ("HC-0002", 1)]
    # in 2027 it passed: of that a correction of 2026 knows nothing, so this is no regression
    assert years.changes() == [Change.NEW, Change.FIXED]
    assert years.changes("T-GEN-002") == [Change.NEW]


def test_the_same_delivery_again_writes_nothing(years):
    years.deliver(2026, {"web01": host()})
    before = years.events()
    assert counts(years.deliver(2026, {"web01": host()})) == {"new": 2}
    assert years.events() == before


def test_a_check_that_looks_at_more_continues_the_same_finding(years):
    years.deliver(2026, {"web01": host()})
    first = years.findings()["T-GEN-001", "web01"].id
    more = changed("T-GEN-001", expect={"all": [{"setting": "app.UseKSN", "is": True},
                                                {"setting": "app.UseProxy", "is": True}]})  # fmt: skip
    years.deliver(2027, {"web01": host()}, checks=more)
    found = years.findings()["T-GEN-001", "web01"]
    assert (found.id, years.changes()) == (first, [Change.NEW, Change.PERSISTING])


def test_another_product_on_the_same_host_is_another_finding(years):
    years.deliver(2026, {"web01": host()})
    assert counts(years.deliver(2027, {"kics/web01": host()})) == {"new": 2, "not_comparable": 2}
    with years._store.reading() as reading:
        found = [one for one in known.of_account(reading, "madrid") if one.identity.check == "T-GEN-001"]
    assert {one.identity.product: one.last.change for one in found} == {
        "kesl": Change.NOT_COMPARABLE, "kics-linux": Change.NEW,
    }  # fmt: skip
    assert counts(years.deliver(2028, {"kics/web01": host()})) == {"persisting": 2, "not_comparable": 2}


def meant(finding):
    return Target(finding.identity, finding.label, finding, "fail", "high")


def test_an_acceptance_of_the_account_counts_until_it_ends(years, scene):
    years.deliver(2026, {"web01": host()})
    accepted = Accepted("Head of security", "A closed network", date(2027, 12, 31))
    with scene.writing() as writing:
        judging.waive(writing, meant(years.findings()["T-GEN-001", "web01"]), accepted, act(2027, 1, 8, 9))
    assert counts(years.deliver(2027, {"web01": host()})) == {"waived": 1, "persisting": 1}
    assert years.findings()["T-GEN-001", "web01"].is_open  # accepted is not gone
    assert counts(years.deliver(2028, {"web01": host()})) == {"waiver_expired": 1, "persisting": 1}


def test_answers_count_like_verdicts_until_they_end(years, scene):
    years.deliver(2026, {"web01": host()})
    identity = Identity("madrid", "kesl", "T-ASK-001", "estate", "estate", "")
    asked = Target(
        identity, Label("the whole installation", "Backups are tested", "own"), None, "manual", "medium", "manual"
    )
    given = Given("fail", "Head of operations", date(2026, 12, 1), "No protocol was there", date(2027, 12, 31))
    with scene.writing() as writing:
        judging.attest(writing, asked, given, act(2026, 12, 20, 9))
    assert counts(years.deliver(2027, {"web01": host()})) == {"new": 1, "persisting": 2}
    found = years.findings()["T-ASK-001", "estate"]
    assert (found.is_open, found.last.outcome, found.last.attested) == (True, "fail", True)
    # a year later nobody was asked again: the old answer has ended, and an unanswered question closes nothing
    assert counts(years.deliver(2028, {"web01": host()})) == {"not_comparable": 1, "persisting": 2}
    found = years.findings()["T-ASK-001", "estate"]
    assert (found.is_open, found.last.why) == (True, "question")
    better = Given("pass", "Head of operations", date(2029, 1, 10), "The protocol of January", date(2029, 12, 31))
    with scene.writing() as writing:
        judging.attest(writing, Target(found.identity, found.label, found, "manual", "medium", "manual"), better,
                       act(2029, 1, 10, 9))  # fmt: skip
    assert counts(years.deliver(2029, {"web01": host()})) == {"fixed": 1, "persisting": 2}


def test_a_document_is_read_back_as_it_was(years, scene):
    years.deliver(2026, {"web01": host()})
    found = years.findings()["T-GEN-001", "web01"]
    with scene.writing() as writing:
        judging.note(writing, meant(found), "Looked at it together", act(2026, 12, 20, 9))
        judging.rate(writing, meant(found), "low", "A test host", act(2026, 12, 20, 10))
        judging.waive(
            writing, meant(found), Accepted("CISO", "A closed network", date(2027, 6, 1)), act(2026, 12, 20, 11)
        )
        events = writing.events("finding", found.id)
    made = fold_finding(events)
    assert finding_of(finding_document(made)) == made
    assert years.findings()["T-GEN-001", "web01"] == made


outcomes = st.sampled_from(["pass", "fail", "unknown", "not_applicable"])
seen_runs = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["k", "l"]), st.text(max_size=4)),
    st.builds(Seen, outcomes, st.sampled_from(["high", "low"]), st.sampled_from(["", "x"]), st.booleans(),
              st.booleans(), st.sampled_from(["", "why"]), st.sampled_from(["", "2026-01-01"]), st.integers(0, 3)),
)  # fmt: skip


@given(seen_runs)
def test_a_table_of_verdicts_says_what_was_put_in(seen):
    table = Verdicts(seen.items())
    assert dict(table.items()) == seen
    assert len(table) == len(seen)
    assert set(table.things) == {key[1:] for key in seen}
    assert ("a", "k", "not there") not in table
    assert all(key[1:] in table.things for key in seen)


def read_run(seen):
    """A run whose checks mean one thing each, as in a result."""
    checks = {
        ident: results.Asked(ident, ident, "kesl", "own", "high", "expect", 1, "s", "", f"meaning of {ident}")
        for ident in "abc"
    }
    table = Verdicts((key, Seen(one.outcome, "high", f"meaning of {key[0]}", revision=1)) for key, one in seen.items())
    names = {key[1:]: f"name of {key[2]}" for key in table}
    facts = {"as_of": "2026-12-09T00:00:00Z", "questions": 0}
    return results.ReadRun(Run(table, checks.keys(), table.things), table, checks, names, {}, "sha", facts, ())


@given(seen_runs, seen_runs)
def test_a_kept_run_is_compared_like_the_run_itself(seen, later):
    old, new = read_run(seen), read_run(later)
    kept = kept_runs.unpacked(kept_runs.packed(old))
    assert compare(kept.run, new.run).counts == compare(old.run, new.run).counts
    assert compare(kept.run, new.run).score == compare(old.run, new.run).score
    assert (set(kept.run.things), kept.names, kept.checks) == (set(old.run.things), old.names, old.checks)
    assert kept_runs.packed(kept).keys() == kept_runs.packed(old).keys()
