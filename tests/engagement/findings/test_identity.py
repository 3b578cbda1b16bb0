"""A finding is the same one whatever changes about it but account, product, check, thing and setting."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.audit import Request
from auditor.engagement.findings import Identity, Label, about
from tests.engagement.findings.conftest import CHECKS, ROOT, changed, host, loaded, run

KSC = ROOT / "examples" / "acme" / "ksc"
POLICIES = ("Policy.GetPoliciesForGroup.json", "Policy.GetPolicyContents.1.json", "Policy.GetPolicyContents.2.json")


def failures(folder, account="acme"):
    """Fingerprints of what fails, with check and key."""
    found = loaded(folder)
    return {
        found.identity(account, key).fingerprint: key
        for key, seen in found.run.seen.items()
        if seen.outcome == "fail"
    }  # fmt: skip


@pytest.fixture(scope="module")
def policies(tmp_path_factory):
    """Audits the example's policies after a change of their list."""

    def audit(change=lambda rows: rows):
        folder = tmp_path_factory.mktemp("policies")
        (folder / "ksc").mkdir()
        for name in POLICIES:
            shutil.copy(KSC / name, folder / "ksc" / name)
        listed = folder / "ksc" / POLICIES[0]
        document = json.loads(listed.read_text(encoding="utf-8"))
        document["response"]["PxgRetVal"] = change(document["response"]["PxgRetVal"])
        listed.write_text(json.dumps(document), encoding="utf-8")
        return run(Request([folder / "ksc"], folder / "result", as_of="2026-07-31", jobs=1))

    return audit


def test_policies_may_be_renamed_and_come_in_another_order(policies):
    def renamed(rows):
        for number, row in enumerate(rows):
            row["value"]["KLPOL_DN"] = f"Renamed {number}"
        return rows

    before = failures(policies())
    assert len({key[2] for key in before.values()}) > 2  # several policies fail
    assert failures(policies(renamed)) == before
    assert failures(policies(lambda rows: rows[::-1])) == before


def test_another_value_time_or_wording_is_the_same_finding(audit):
    before = failures(audit("before", {"web01": host(scans="9")}))
    assert {key[0] for key in before.values()} == {"T-GEN-001", "T-GEN-002", "T-GEN-003"}
    words = tuple(
        {**one, "title": f"{one['title']}, said anew", "rationale": "The same reason in other words."} for one in CHECKS
    )
    assert failures(audit("after", {"web01": host(scans="7")}, checks=words, as_of="2027-12-01")) == before


def test_the_severity_of_a_check_is_no_part_of_it(audit):
    before = failures(audit("before", {"web01": host()}))
    assert failures(audit("after", {"web01": host()}, checks=changed("T-GEN-001", severity="critical"))) == before


def test_another_host_account_or_setting_is_another_finding(audit):
    before = failures(audit("before", {"web01": host()}))
    assert failures(audit("host", {"web02": host()})).keys().isdisjoint(before)
    assert failures(audit("same", {"web01": host()}), "other").keys().isdisjoint(before)
    other = changed("T-GEN-001", expect={"all": [{"setting": "app.UseKSN", "is": True},
                                                 {"setting": "app.UseProxy", "is": True}]})  # fmt: skip
    after = failures(audit("setting", {"web01": host()}, checks=other))
    assert {key[0] for ident, key in after.items() if ident not in before} == {"T-GEN-001"}


def test_two_products_that_one_check_judges_are_two_findings(audit):
    plain = loaded(audit("plain", {"web01": host()}))
    sister = loaded(audit("sister", {"kics/web01": host()}))
    for key, seen in plain.run.seen.items():
        if seen.outcome == "fail":
            assert plain.identity("acme", key).product == "kesl"
    [one] = [key for key in sister.run.seen if key[0] == "T-GEN-001"]
    found = sister.identity("acme", one)
    assert (found.product, found.kind, found.key) == ("kics-linux", "kesl.host", "web01")
    same = plain.identity("acme", ("T-GEN-001", "kesl.host", "web01"))
    assert same.fingerprint != found.fingerprint


words = st.text(max_size=12)
identities = st.builds(Identity, words, words, words, words, words, words)


@given(identities, identities)
def test_a_fingerprint_stands_for_one_identity(one, other):
    assert (one.fingerprint == other.fingerprint) == (one == other)


@given(identities, words, words)
def test_words_are_no_part_of_it(identity, name, title):
    said = about(identity, Label(name, title, "area"))
    assert Identity(account=identity.account, **said["identity"]).fingerprint == identity.fingerprint


def test_the_fingerprint_never_changes_between_versions_of_the_tool():
    """Worked out by hand: SHA-256 of the JSON list of the six parts, without spaces."""
    found = Identity("acme", "kesl", "KESL-GEN-005", "kesl.host", "web01", "app.DetectOtherObjects")
    assert found.fingerprint == "a4199f07a5ac4c8c42dda39fe73d8253600f4c7615f92debb60dd38e6d0a8de0"
