"""Handing over, as a TAM does it: frozen, signed, recorded once; corrected by a new version; proven offline."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from importlib.resources import files

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from auditor.app.audit import Request, run_audit
from auditor.app.engagements import delivering, freezing
from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.workplace import Workplace
from auditor.app.evidence.keys import create_key
from auditor.app.service_reports import views
from auditor.cli.main import cli
from auditor.errors import AuditorError
from auditor.store.opening import open_store
from tests.engagement.test_day import DAY, agreed, at, exports  # noqa: F401  # fixtures
from tests.engagement.test_engagement_cli import AGREE, auditor  # noqa: F401  # a fixture
from tests.store.world import problems


@pytest.fixture
def key(tmp_path, monkeypatch):
    """There is a key that signs."""
    monkeypatch.setenv("AUDITOR_KEYS", str(tmp_path / "keys"))
    create_key()


@pytest.fixture
def held(agreed, exports, clock, key):  # noqa: F811
    """HC-0001 has been held: exports received, audited from 09:00 in Madrid; it is 13:00, and there is a key."""
    agreed("receive", "HC-0001", str(exports), "--source", "upload")
    at(clock, 2026, 12, 9, 8, 0)
    agreed("start", "HC-0001")
    at(clock, 2026, 12, 9, 12, 0)
    return agreed


@pytest.fixture
def said(location, clock, monkeypatch):
    """Runs any command on the store: exit code and words."""
    monkeypatch.setenv("AUDITOR_DB", location)
    monkeypatch.setattr(views, "open_store", partial(open_store, clock=clock))

    def run(*words):
        done = CliRunner().invoke(cli, [str(word) for word in words], env={"COLUMNS": "200"}, standalone_mode=False)
        assert done.exception is None or isinstance(done.exception, AuditorError), (done.output, done.exception)
        return done.return_value or 0, done.output + str(done.exception or "")

    return run


def engagement_of(scene):
    with scene.reading() as reading:
        return load_engagement(reading, "HC-0001")


def test_delivered_proven_recorded_and_used_up(held, said, scene, exports, tmp_path):  # noqa: F811
    out = tmp_path / "delivered"
    held("override", "HC-0001", "--rule", "window", "--by", "person:P-0002", "--reason", "in case it gets late")
    assert "delivered as version 1" in held("deliver", "HC-0001", "--out", str(out))

    # proven, with the exports
    code, words = said("verify", out, "--exports", exports)
    assert code == 0, words
    assert problems(scene) == []

    # the document
    document = json.loads((out / "engagement.json").read_text(encoding="utf-8"))
    schema = json.loads((files("auditor.sdk") / "schemas" / "engagement.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    told = document["engagement"]
    assert (told["id"], told["account"], told["day"]) == ("HC-0001", {"id": "madrid", "name": "Account madrid"}, DAY)
    assert told["window"] == {"from": "2026-12-09T08:00:00.000000Z", "to": "2026-12-09T17:00:00.000000Z"}
    assert told["used_seconds"] == 4 * 3600
    assert (told["tam"]["name"], told["participants"]) == ("Manager of madrid", ["Manager of madrid"])
    assert told["overrides"] == [{"rule": "window", "by": "Manager of madrid", "reason": "in case it gets late"}]
    assert [(one["kind"], one["source"], one["files"]) for one in told["received"]] == [
        ("exports", "upload", len(list(exports.iterdir())))
    ]
    assert (told["version"], told["corrects"], document["comparison"]) == (1, None, None)

    # the report in the customer's language says the texts of the checks in it
    spanish, english = ((out / name).read_text(encoding="utf-8") for name in ("report.es.html", "report.html"))
    assert "La licencia" in spanish
    assert "The licence runs for another 30 days or longer" in english
    assert "The licence runs for another 30 days or longer" not in spanish

    # the events: ids, no names
    done = engagement_of(scene)
    assert (done.state, done.deliveries[0].period, done.deliveries[0].corrects) == ("delivered", "2026-02-01", 0)
    with scene.reading() as reading:
        events = reading.events("engagement", "HC-0001") + reading.events(
            "report", "madrid/health_check/2026-02-01_HC-0001/1"
        )
        observed = reading.documents("finding", account="madrid")
    assert "Manager of madrid" not in json.dumps([event.payload for event in events])
    failed = [one for one in json.loads((out / "result.json").read_bytes())["verdicts"] if one["outcome"] == "fail"]
    assert len(observed) == len(failed) > 0

    # not a second time, and nothing is left of the entitlement
    held("deliver", "HC-0001", error="delivered already, as version 1")
    held("request", "madrid")
    held("agree", "HC-0002", *AGREE, "--side", "customer", "--day", "2027-01-20", error="is used or agreed already")

    # histories and reports
    assert "madrid/health_check/2026-02-01_HC-0001/1" in said("service-report", "list", "--kind", "health_check")[1]
    shown = said("service-report", "show", "madrid/health_check/2026-02-01_HC-0001/1")[1]
    for language in ("es", "en"):
        for form in ("html", "checklist.csv", "findings.csv"):
            assert f"madrid-health_check-2026-02-01_HC-0001-1.{language}.{form}" in shown
    assert shown.count("as it was made") == 7
    assert "Health Check delivered, version 1" in said("history", "madrid", "--language", "en")[1]
    at(scene.clock, 2027, 1, 4, 9)
    report = said("service-report", "quarterly", "--account", "madrid", "--out", tmp_path / "reports")
    assert report[0] == 0, report[1]
    [quarterly] = (tmp_path / "reports").glob("*.json")
    wide = json.loads(quarterly.read_bytes())["account_wide"]
    states = {one["id"]: one["state"] for one in wide["health_check"]["engagements"]}
    assert states == {"HC-0001": "delivered", "HC-0002": "requested"}
    assert wide["open_findings"]["total"] == len(failed)
    assert problems(scene) == []


def test_a_correction_names_what_it_corrects(held, said, scene, location):
    held("deliver", "HC-0001", "--correct", "--reason", "x", error="nothing to correct")
    held("deliver", "HC-0001")
    held("close", "HC-0001")
    held("deliver", "HC-0001", "--correct", error="needs a reason")
    with scene.reading() as reading:
        fingerprint, about = next(iter(reading.documents("finding", account="madrid").items()))
    assert said("finding", "note", fingerprint, "--engagement", "HC-0001", "--text", "agreed with the vendor")[0] == 0
    held("deliver", "HC-0001", "--correct", "--reason", "a comment was missing")
    first, second = engagement_of(scene).deliveries
    assert (second.version, second.corrects, second.period) == (2, 1, first.period)
    place = Workplace("HC-0001", location)
    manifests = [json.loads((place.delivered(one) / "manifest.json").read_bytes()) for one in (1, 2)]
    assert manifests[1]["previous"] == first.manifest
    assert json.loads((place.delivered(1) / "engagement.json").read_bytes())["judgements"] == []
    document = json.loads((place.delivered(2) / "engagement.json").read_bytes())
    schema = json.loads((files("auditor.sdk") / "schemas" / "engagement.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    [judged] = document["judgements"]
    assert (judged["fingerprint"], judged["check_id"]) == (fingerprint, about["identity"]["check"])
    assert [note["text"] for note in judged["notes"]] == ["agreed with the vendor"]
    assert "agreed with the vendor" in (place.delivered(2) / "report.es.html").read_text(encoding="utf-8")
    told = document["engagement"]
    assert (told["version"], told["corrects"], told["reason"]) == (2, 1, "a comment was missing")
    for version in (1, 2):
        assert said("verify", place.delivered(version))[0] == 0
    with scene.reading() as reading:
        report = reading.document("report", "madrid/health_check/2026-02-01_HC-0001/2")
    assert (report["corrects"], report["why"]) == ("madrid/health_check/2026-02-01_HC-0001/1", "a comment was missing")
    assert "version 2: a comment was missing" in said("history", "madrid", "--language", "en")[1]
    assert problems(scene) == []


@pytest.mark.parametrize("moment", [(2026, 12, 9, 15, 0), (2026, 12, 9, 22, 0), (2027, 1, 11, 9, 0)])
def test_a_correction_leaves_the_time_used_as_it_was(held, clock, location, moment):
    """Delivered at 13:00 in Madrid, four hours after the window opened."""
    held("deliver", "HC-0001")
    at(clock, *moment)
    held("deliver", "HC-0001", "--correct", "--reason", "a comment was missing")
    told = [
        json.loads((Workplace("HC-0001", location).delivered(one) / "engagement.json").read_bytes()) for one in (1, 2)
    ]
    assert [one["engagement"]["used_seconds"] for one in told] == [4 * 3600, 4 * 3600]
    assert json.loads(held("status", "HC-0001", "--format", "json"))["used_seconds"] == 4 * 3600


def test_the_time_used_ends_with_the_stop_or_with_the_window(held, clock, location):
    """Stopped at 13:00, and delivered only when the day is over."""
    held("stop", "HC-0001", "--reason", "the contact fell ill")
    at(clock, 2026, 12, 10, 9, 0)
    held("deliver", "HC-0001")
    document = json.loads((Workplace("HC-0001", location).delivered(1) / "engagement.json").read_bytes())
    assert document["engagement"]["used_seconds"] == 4 * 3600


def test_delivered_after_the_window_the_whole_day_was_used(held, clock, location):
    """09:00 to 18:00 without a break."""
    at(clock, 2026, 12, 10, 9, 0)
    held("deliver", "HC-0001")
    document = json.loads((Workplace("HC-0001", location).delivered(1) / "engagement.json").read_bytes())
    assert document["engagement"]["used_seconds"] == 9 * 3600


@pytest.fixture
def meanwhile(monkeypatch):
    """Lets something happen after the files of a delivery were made and before they are recorded, each time."""
    made = []

    def happens(*steps):
        real = delivering.freeze
        left = list(steps)

        def freeze(*given):
            frozen = real(*given)
            made.append(frozen)
            if left:
                left.pop(0)()
            return frozen

        monkeypatch.setattr(delivering, "freeze", freeze)
        return made

    return happens


def note(said, place, text):
    """Speak of the first thing that failed."""
    verdicts = json.loads((place.out / "result.json").read_bytes())["verdicts"]
    failed = next(one for one in verdicts if one["outcome"] == "fail")
    words = ("--engagement", "HC-0001", "--check", failed["check_id"], "--subject", failed["subject"]["key"])
    assert said("finding", "note", *words, "--text", text)[0] == 0


def test_what_is_judged_while_files_are_made_is_delivered(held, said, location, meanwhile, scene):
    place = Workplace("HC-0001", location)
    made = meanwhile(lambda: note(said, place, "said in the last moment"))
    held("deliver", "HC-0001")
    assert len(made) == 2
    document = json.loads((place.delivered(1) / "engagement.json").read_bytes())
    assert [one["text"] for found in document["judgements"] for one in found["notes"]] == ["said in the last moment"]
    assert "said in the last moment" in (place.delivered(1) / "report.es.html").read_text(encoding="utf-8")
    delivered_once(said, scene, location)


def test_judgements_that_keep_coming_are_waited_for(held, said, location, meanwhile, scene):
    place = Workplace("HC-0001", location)
    made = meanwhile(*(lambda text=text: note(said, place, text) for text in ("one", "two", "three")))
    held("deliver", "HC-0001", error="were recorded while its files were made.*when nobody is judging")
    assert len(made) == 3
    assert engagement_of(scene).deliveries == ()
    assert [path.name for path in place.folder.glob("*deliver*")] == []
    held("deliver", "HC-0001")
    delivered_once(said, scene, location)


def test_a_name_that_changes_while_files_are_made_is_told_as_it_is(held, said, location, meanwhile):
    meanwhile(lambda: said("tam", "change", "P-0002", "--name", "Another Name"))
    held("deliver", "HC-0001")
    document = json.loads((Workplace("HC-0001", location).delivered(1) / "engagement.json").read_bytes())
    assert document["engagement"]["tam"]["name"] == "Another Name"


def test_what_concerns_nobody_here_is_not_waited_for(held, said, meanwhile):
    made = meanwhile(lambda: said("contact", "add", "saopaulo", "--name", "Somebody Else"))
    held("deliver", "HC-0001")
    assert len(made) == 1


@pytest.mark.usefixtures("key")
def test_the_report_says_what_changed_since_the_self_audit(agreed, exports, clock, tmp_path, location):  # noqa: F811
    """The same exports twice: nothing changed, and it says of itself whether it was complete."""
    run_audit(Request([exports], tmp_path / "own", jobs=1))
    own = json.loads((tmp_path / "own" / "result.json").read_bytes())
    words = agreed("receive", "HC-0001", str(tmp_path / "own"), "--source", "customer")
    assert "The report will say what changed since" in words
    assert ("The self-audit was not complete" in words) is not own["summary"]["complete"]
    agreed("receive", "HC-0001", str(exports))
    at(clock, 2026, 12, 9, 8, 0)
    agreed("start", "HC-0001")
    agreed("deliver", "HC-0001")
    place = Workplace("HC-0001", location)
    document = json.loads((place.delivered(1) / "engagement.json").read_bytes())
    assert document["comparison"] is None
    changed = {name for name, count in document["self_audit"]["counts"].items() if count}
    assert changed <= {"persisting", "same_good", "undecided"}
    assert document["self_audit"]["counts"]["persisting"] == own["summary"]["findings"]
    assert 'id="section-self_audit"' in (place.delivered(1) / "report.es.html").read_text(encoding="utf-8")


def test_one_byte_changed_anywhere_is_found(held, said, location):
    held("deliver", "HC-0001")
    folder = Workplace("HC-0001", location).delivered(1)
    for name in ("engagement.json", "report.es.html", "checklist.csv", "result.json"):
        path = folder / name
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert said("verify", folder)[0] == 3, name
        path.write_bytes(whole)
    assert said("verify", folder)[0] == 0


def test_what_cannot_be_delivered_says_why(held, exports, tmp_path, location, monkeypatch):  # noqa: F811
    place = Workplace("HC-0001", location)
    whole = (place.out / "result.json").read_bytes()
    (place.out / "result.json").write_bytes(whole + b"\n")
    held("deliver", "HC-0001", error="not the result that the engagement made")
    (place.out / "result.json").write_bytes(whole)

    # a result of other days, or of another computer
    noted = place.notes()["result"]
    place.note(result={**noted, "made_at": "2026-12-09T17:00:00.000000Z"})
    held("deliver", "HC-0001", error="from 09:00 to 18:00")
    place.note(result=None)
    held("deliver", "HC-0001", error="no result of HC-0001 on this computer")
    place.note(result=noted)

    # exports that came in anew and were not audited
    changed = sorted(exports.iterdir())[0]
    changed.write_bytes(changed.read_bytes() + b"\n")
    held("receive", "HC-0001", str(exports))
    held("deliver", "HC-0001", error=f"{changed.name} was audited with SHA-256")
    changed.rename(exports / "renamed.ini")
    held("receive", "HC-0001", str(exports))
    held("deliver", "HC-0001", error=f"{changed.name} was audited, but not received")
    held("start", "HC-0001")

    filled = tmp_path / "filled"
    filled.mkdir()
    (filled / "other.txt").write_text("x", encoding="utf-8")
    held("deliver", "HC-0001", "--out", str(filled), error="not an empty folder")
    monkeypatch.setenv("AUDITOR_KEYS", str(tmp_path / "nothing"))
    held("deliver", "HC-0001", error="no key is named default.*auditor key create")
    held("close", "HC-0001", error="it is in progress")
    assert not place.delivered(1).exists()


def test_one_health_check_a_period(held, scene, monkeypatch):
    """Even when two were agreed for one period, say by a store of before the rule, one is delivered (INV-6)."""
    used = {"period": "2026-02-01", "version": 1, "manifest": "", "corrects": 0, "at": ""}
    real = type(scene.reading().__enter__()).documents

    def with_another(reading, kind, **columns):
        found = real(reading, kind, **columns)
        return {**found, "HC-0009": {"deliveries": [used], "tam": "P-0009", "start_day": None, "state": "closed"}} \
            if kind == "engagement" and columns else found  # fmt: skip

    monkeypatch.setattr("auditor.store.store.Reading.documents", with_another)
    held("deliver", "HC-0001", error="HC-0009 was delivered in the period that begins on 2026-02-01")
    held("override", "HC-0001", "--rule", "once", "--by", "the duty manager", "--reason", "a courtesy")
    held("deliver", "HC-0001")


DEATHS = {
    "before anything is recorded": (delivering, "_report"),
    "after the events, before the folder": (freezing, "put_in_place"),
    "after everything": (freezing, "discard"),
}


@pytest.mark.parametrize("death", DEATHS)
def test_killed_and_repeated_it_is_delivered_once(held, said, scene, location, death):
    module, name = DEATHS[death]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        assert os.waitstatus_to_exitcode(forked(held)) == -signal.SIGKILL
    if death == "after everything":
        held("deliver", "HC-0001", error="delivered already, as version 1")
    else:
        held("deliver", "HC-0001")
    delivered_once(said, scene, location)


def test_killed_between_folder_and_transaction(held, said, scene, location, monkeypatch):
    real = freezing.put_in_place

    def die(*given):
        real(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(freezing, "put_in_place", die)
        assert os.waitstatus_to_exitcode(forked(held)) == -signal.SIGKILL
    assert Workplace("HC-0001", location).delivered(1).is_dir()
    assert engagement_of(scene).deliveries == ()
    held("deliver", "HC-0001")
    delivered_once(said, scene, location)


def test_of_two_processes_one_delivers(held, said, scene, location):
    children = [begun(held) for _ in range(2)]
    codes = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    assert codes == [0, 7]
    delivered_once(said, scene, location)


def begun(held):
    """A process that delivers: 0 when it did, 7 when it was refused."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        held("deliver", "HC-0001")
        code = 0
    except AssertionError as error:
        code = 7 if "delivered" in str(error) else 1
    finally:
        os._exit(code)


def forked(held):
    return os.waitpid(begun(held), 0)[1]


def delivered_once(said, scene, location):
    """One version, its folder is the one that is recorded, and nothing else is left of the attempts."""
    [done] = engagement_of(scene).deliveries
    place = Workplace("HC-0001", location)
    code, words = said("verify", place.delivered(1))
    assert code == 0, words
    assert done.manifest in words
    with scene.reading() as reading:
        assert len([one for one in reading.documents("report") if "health_check" in one]) == 1
    assert [path.name for path in place.folder.glob("delivered-*")] == ["delivered-v1"]
    assert problems(scene) == []


def test_the_guide_is_about_the_products_in_scope(agreed, tmp_path):  # noqa: F811
    """Written with the invitation; ksc and kesl were agreed on, in Spanish."""
    written = (tmp_path / "HC-0001-guide.es.md").read_text(encoding="utf-8")
    assert written == agreed("guide", "HC-0001")
    heads = [line for line in written.splitlines() if line.startswith("#")]
    assert "Qué exportar para el Health Check HC-0001" in heads[0]
    assert "9 dic 2026" in written
    assert "kesl-control" in written
    assert "Mail" not in "".join(heads)
    agreed("guide", "HC-0001", "--out", str(tmp_path / "guide.md"))
    assert (tmp_path / "guide.md").read_text(encoding="utf-8") == written
