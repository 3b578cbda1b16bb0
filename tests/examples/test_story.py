"""The story of two accounts over two contract years: told once, then every station is checked.

Dates are worked out by hand from the rules (two weeks after the later agreement, business days on both sides, one
Health Check a contract year); no expected value comes from the story's own output.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from ical.calendar_stream import IcsCalendarStream

from auditor.cli.main import cli
from auditor.store.opening import open_store
from tests.store.world import problems

pytestmark = pytest.mark.xdist_group("story")
STORY = Path(__file__).resolve().parents[2] / "examples" / "story" / "story.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The folder of the story and what it printed."""
    out = tmp_path_factory.mktemp("story") / "out"
    command = [sys.executable, "-B", str(STORY), "--out", str(out)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return out, done.stdout


@pytest.fixture(scope="module")
def folder(told):
    return told[0]


@pytest.fixture
def reading(folder):
    with open_store(str(folder / "store.db"), create=False) as store, store.reading() as reading:
        yield reading


def utc(*moment):
    return datetime(*moment, tzinfo=UTC)


def events(reading, ident, kind):
    return [event for event in reading.events("engagement", ident) if event.type == kind]


def delivered(folder, name):
    return json.loads((folder / "deliveries" / name / "engagement.json").read_bytes())


def changes(folder, name):
    """Check -> change of what a delivery tells one by one."""
    return {one["check"]: one["change"] for one in delivered(folder, name)["comparison"]["groups"]}


def findings(reading, account):
    return {one["identity"]["check"]: one for one in reading.documents("finding", account=account).values()}


# --- negotiating -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ident", "later", "day"),
    [
        # Friday 20 March + 14 = Good Friday, then a weekend; Easter Monday is a working day in Madrid.
        ("HC-0001", utc(2026, 3, 20, 9), "2026-04-06"),
        # Monday 24 August, 23:30 in São Paulo + 14 = Independence Day on Monday 7 September.
        ("HC-0002", utc(2026, 8, 25, 2, 30), "2026-09-08"),
        # 25 January would keep two weeks, but the contract year of 2026 lasts until 31 January.
        ("HC-0003", utc(2027, 1, 11, 9), "2027-02-01"),
        # Wednesday 7 April + 14 = Tiradentes on Wednesday 21 April.
        ("HC-0004", utc(2027, 4, 7, 14), "2027-04-22"),
    ],
)
def test_the_day_is_the_first_one_after_two_weeks_from_the_later_agreement(reading, ident, later, day):
    held = [event for event in events(reading, ident, "agreed") if event.payload["day"] == day]
    assert {event.payload["side"] for event in held} == {"customer", "kaspersky"}
    assert max(event.at for event in held) == later
    assert reading.document("engagement", ident)["start_day"] == day


def test_nearer_days_were_refused_with_the_rule(told):
    refused = re.findall(r"Refused: (.*)", told[1])
    for day, why in (
        ("2026-03-24", "13 days after the agreement of 11 Mar 2026; at least 14 are needed"),
        ("2026-04-03", "Good Friday"),
        ("2026-09-07", "Independence Day"),
        ("2027-01-27", "used or agreed already"),
        ("2027-04-21", "Tiradentes"),
    ):
        assert any(f"cannot take place on {day}" in line and why in line for line in refused), (day, refused)
    assert sum("from 09:00 to 18:00 (Europe/Madrid) only" in line for line in refused) == 2
    assert sum("delivered already" in line for line in refused) == 1
    assert len(refused) == 8


def test_the_first_proposal_is_14_days_after_the_request(reading):
    [offered] = events(reading, "HC-0001", "proposed")
    assert offered.payload["days"] == ["2026-03-23", "2026-03-24"]
    # from the day after the request to the day before the first proposal
    assert [one["day"] for one in offered.payload["against"]] == [f"2026-03-{day}" for day in range(10, 23)]


def test_the_moved_date_calls_the_invitation_off_and_invites_anew(folder):
    sent = []
    for number in range(3):
        text = (folder / "invitations" / "madrid" / f"HC-0001-{number}.en.ics").read_text(encoding="utf-8")
        calendar = IcsCalendarStream.calendar_from_ics(text)
        [event] = calendar.events
        sent.append((calendar.method, event.sequence, event.start, event.uid))
    uid = sent[0][3]
    # Winter time ends on 29 March: 09:00 in Madrid is 08:00 UTC before and 07:00 UTC after.
    assert sent == [
        ("REQUEST", 0, utc(2026, 3, 25, 8), uid),
        ("CANCEL", 1, utc(2026, 3, 25, 8), uid),
        ("REQUEST", 2, utc(2026, 4, 6, 7), uid),
    ]


# --- receiving and holding ---------------------------------------------------------------------------------------


def test_work_was_done_in_the_window_of_the_day(reading):
    windows = {
        "HC-0001": ("2026-04-06T07:00", "2026-04-06T16:00"),
        "HC-0002": ("2026-09-08T12:00", "2026-09-08T21:00"),
        "HC-0003": ("2027-02-01T08:00", "2027-02-01T17:00"),
        "HC-0004": ("2027-04-22T12:00", "2027-04-22T21:00"),
    }
    for ident, window in windows.items():
        [started] = events(reading, ident, "started")
        told = started.payload["window"]
        assert (told["from"][:16], told["to"][:16]) == window
        assert window[0] <= started.at.isoformat()[:16] < window[1]


def test_a_self_audit_was_received_and_counts_as_none(reading, folder, told):
    assert "received the result of a self-audit" in told[1]
    assert "The scope is complete" not in told[1], "a self-audit says nothing about exports"
    kinds = {ident: [one.payload["kind"] for one in events(reading, ident, "received")] for ident in _IDENTS}
    expected = {ident: ["exports"] for ident in _IDENTS} | {"HC-0003": ["self_audit", "exports"]}
    assert kinds == expected
    assert json.loads((folder / "self-audit-2027" / "result.json").read_bytes())["run"]["self_audit"] is True
    for name in _DELIVERIES:
        run = json.loads((folder / "deliveries" / name / "result.json").read_bytes())["run"]
        assert run["self_audit"] is False


_IDENTS = ("HC-0001", "HC-0002", "HC-0003", "HC-0004")
_DELIVERIES = ("HC-0001-v1", "HC-0002-v1", "HC-0003-v1", "HC-0003-v2", "HC-0004-v1")


# --- delivering --------------------------------------------------------------------------------------------------


def test_one_engagement_uses_up_each_contract_year(reading):
    used = Counter()
    for ident, one in reading.documents("engagement").items():
        assert one["state"] == "closed", ident
        for period in {done["period"] for done in one["deliveries"]}:
            used[one["account"], period] += 1
    years = ("2026-02-01", "2027-02-01")
    assert used == {(account, year): 1 for account in ("madrid", "saopaulo") for year in years}


@pytest.mark.parametrize("name", _DELIVERIES)
def test_every_delivery_is_proven_by_the_key_of_the_story(folder, name):
    year = {"HC-0001": "madrid-2026", "HC-0002": "saopaulo-2026", "HC-0003": "madrid-2027"}.get(
        name[:7], "saopaulo-2027"
    )
    words = ["verify", folder / "deliveries" / name, "--key", folder / "story.pem", "--exports"]
    done = CliRunner().invoke(cli, [str(word) for word in (*words, folder / "exports" / year)], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0), done.output
    other = {"madrid": "saopaulo", "saopaulo": "madrid"}
    wrong = year.replace(year[:-5], other[year[:-5]])
    done = CliRunner().invoke(cli, [str(word) for word in (*words, folder / "exports" / wrong)], standalone_mode=False)
    assert done.return_value == 3, "exports of another customer must not prove it"


def test_the_correction_names_the_version_before(reading, folder):
    first, second = events(reading, "HC-0003", "delivered")
    assert [(one.payload["version"], one.payload["corrects"]) for one in (first, second)] == [(1, 0), (2, 1)]
    manifests = [
        json.loads((folder / "deliveries" / f"HC-0003-v{one}" / "manifest.json").read_bytes()) for one in (1, 2)
    ]
    assert (manifests[0]["previous"], manifests[1]["previous"]) == (None, first.payload["manifest"])
    assert first.payload["result"] == second.payload["result"]
    notes = [[note["text"] for one in delivered(folder, f"HC-0003-v{version}")["judgements"]
              for note in one["notes"]] for version in (1, 2)]  # fmt: skip
    assert notes == [[], ["Behavior Detection was switched off for a test and is back on."]]


# --- findings over the years -------------------------------------------------------------------------------------


def test_what_people_said_stands_beside_the_machine(folder):
    told = delivered(folder, "HC-0001-v1")
    said = {one["check_id"]: one for one in told["judgements"]}
    assert set(said) == {"KESL-ODS-001", "KSC-BKP-006", "KESL-AC-001"}
    assert said["KESL-ODS-001"]["rating"]["severity"] == "medium"
    assert [note["text"] for note in said["KESL-ODS-001"]["notes"]] == [
        "A weekly scan was planned for the night to Sunday."
    ]
    answer, waiver = said["KSC-BKP-006"]["attestation"], said["KESL-AC-001"]["waiver"]
    assert (answer["answer"], answer["valid_until"], answer["state"]) == ("fail", "2026-12-31", "valid")
    assert (waiver["expires"], waiver["state"]) == ("2026-12-31", "active")
    assert told["comparison"] is None
    verdicts = json.loads((folder / "deliveries" / "HC-0001-v1" / "result.json").read_bytes())["verdicts"]
    machine = {one["check_id"]: (one["outcome"], one["severity"]) for one in verdicts}
    assert [machine[check] for check in sorted(said)] == [("fail", "medium"), ("fail", "high"), ("manual", "high")]


@pytest.mark.parametrize("name", ["HC-0003-v1", "HC-0003-v2"])
def test_what_became_of_madrids_findings(folder, name):
    became = changes(folder, name)
    named = {check: change for check, change in became.items() if change != "persisting"}
    assert named == {
        "KESL-NTP-001": "fixed",
        "KSC-BKP-006": "fixed",
        "KESL-BHV-001": "regressed",
        "KESL-AC-001": "waiver_expired",
    }
    assert became["KESL-ODS-001"] == "persisting"
    assert delivered(folder, name)["comparison"]["counts"]["new"] == 0


def test_what_became_of_sao_paulos_findings(folder):
    became = changes(folder, "HC-0004-v1")
    assert {check: change for check, change in became.items() if change != "persisting"} == {
        "KESL-AC-001": "fixed",
        "KESL-WTP-001": "regressed",
        "KSC-ACC-001": "not_comparable",
        # settings of a component that does not run any more
        **dict.fromkeys(("KESL-WTP-002", "KESL-WTP-005", "KESL-WTP-006"), "no_longer_applicable"),
    }


def test_the_years_of_single_findings(reading):
    madrid, sao_paulo = findings(reading, "madrid"), findings(reading, "saopaulo")
    years = {check: [one["change"] for one in madrid[check]["observations"]] for check in madrid}
    assert years["KESL-NTP-001"] == ["new", "fixed"]
    assert years["KESL-ODS-001"] == ["new", "persisting"]
    assert years["KESL-BHV-001"] == ["regressed"]
    assert years["KESL-AC-001"] == ["waived", "waiver_expired"]
    open_now = {check: madrid[check]["open"] for check in ("KESL-NTP-001", "KESL-ODS-001", "KESL-BHV-001")}
    assert open_now == {"KESL-NTP-001": False, "KESL-ODS-001": True, "KESL-BHV-001": True}
    assert sao_paulo["KSC-ACC-001"]["open"] is True, "what was not exported is not fixed"
    assert sao_paulo["KESL-AC-001"]["open"] is False


# --- requests ----------------------------------------------------------------------------------------------------


def test_two_findings_of_madrid_became_standard_requests(reading):
    known = findings(reading, "madrid")
    first, second = (reading.document("incident", f"INC-00000{number}") for number in (1, 2))
    # high is level 3; the scan was rated medium by a person, which is level 4
    assert (first["kind"], first["level"], first["state"]) == ("standard", 3, "resolved")
    assert (second["kind"], second["level"], second["state"]) == ("standard", 4, "submitted")
    for request, check in ((first, "KESL-NTP-001"), (second, "KESL-ODS-001")):
        assert [link["other"] for link in request["links"]] == [known[check]["id"]]
        assert known[check]["incident"] == request["id"]
    assert known["KESL-NTP-001"]["settled"] == "HC-0003"


def test_promoting_everything_takes_no_premium_unit(reading, told):
    assert re.search(r"Premium requests  0 of 36 used, 36 left from 2026-02-01 to 2027-01-31", told[1])
    own = list(reading.documents("incident", account="saopaulo").values())
    assert {(one["kind"], one["level"] in {3, 4}) for one in own} == {("standard", True)}
    failed = {one["id"]: one for one in findings(reading, "saopaulo").values() if one["incident"]}
    assert Counter(link["other"] for one in own for link in one["links"]) == dict.fromkeys(failed, 1)
    themes = {(one["identity"]["product"], one["area"]) for one in failed.values()}
    assert len(own) == len(themes) < len(failed)
    events = [event for ident in reading.documents("incident") for event in reading.events("incident", ident)]
    assert [event.payload["quota"] for event in events if event.payload.get("quota")] == []


# --- the whole ---------------------------------------------------------------------------------------------------


def test_the_store_is_sound_and_the_history_tells_both_years(told):
    out, printed = told
    with open_store(str(out / "store.db"), create=False) as store:
        assert problems(store) == []
    history = printed[printed.index("What remains") :]
    assert history.count("Health Check delivered, version 1") == 4
    assert history.count("Health Check delivered again, version 2: a comment was missing") == 1
    stations = [history.index(words) for words in ("16 Mar 2026", "6 Apr 2026", "1 Feb 2027", "2 Feb 2027")]
    assert stations == sorted(stations)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "kept").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-B", str(STORY), "--out", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (1, ["kept"])
    assert "not empty" in done.stderr
