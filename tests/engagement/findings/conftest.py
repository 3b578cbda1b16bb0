"""Results of real audits: a small estate of KESL hosts, a few checks of one's own, changed from run to run."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
import yaml

from auditor.app import content
from auditor.app.accounts import session
from auditor.app.audit import Request, run_audit
from auditor.app.engagements import negotiating
from auditor.app.engagements.workplace import Workplace
from auditor.app.findings import history, known
from auditor.app.findings.results import read
from auditor.reporting.reader import load_result
from auditor.store.opening import open_store
from tests.accounts.cli.scene import Commands
from tests.engagement.conftest import PROGRAMMES, act
from tests.store.world import problems

ROOT = Path(__file__).parents[3]
EXPORT = (ROOT / "examples" / "acme" / "kesl" / "web01" / "export.ini").read_text(encoding="utf-8")
DAY = "2026-12-09"
TEXTS = {
    "revision": 1,
    "confidence": "high",
    "product": "kesl",
    "subject": "kesl.host",
    "rationale": "Without it the hosts are open to attacks.",
    "recommendation": "Set it on every host.",
    "remediation": ["Set it in the settings."],
    "effort": "low",
    "change_risk": "low",
    "verify": "Export the settings again.",
    "references": [{"title": "field practice"}],
    "tags": ["own"],
    "frameworks": [],
}


def check(ident, title, severity, body, examples=(), **more):
    """A check's document."""
    return {"id": ident, "title": title, "severity": severity, **TEXTS, **body, "examples": list(examples), **more}


def switch(ident, title, severity, key, **more):
    """A check that a switch of the general settings is on."""
    examples = [
        {"outcome": "pass", "given": {"app": {key: "Yes"}}},
        {"outcome": "fail", "given": {"app": {key: "No"}}},
    ]
    return check(ident, title, severity, {"expect": {"setting": f"app.{key}", "is": True}}, examples, **more)


def question(ident, title, **more):
    """A question that only a person can answer."""
    asked = {"manual": {"question": f"Is it so that {title.lower()}?", "evidence": "A screenshot."}}
    return check(ident, title, "medium", asked, [{"outcome": "manual", "given": {}}], **more)


LIMITED = check(
    "T-GEN-003", "Few scans run at once", "medium",
    {
        "params": {"most": {"type": "integer", "default": 3, "meaning": "most scans at once"}},
        "expect": {"setting": "app.LimitNumberOfScanFileTasks", "le": "$most"},
    },
    [
        {"outcome": "pass", "given": {"app": {"LimitNumberOfScanFileTasks": "2"}}},
        {"outcome": "fail", "given": {"app": {"LimitNumberOfScanFileTasks": "9"}}},
    ],
)  # fmt: skip
CHECKS = (
    switch("T-GEN-001", "KSN is used", "high", "UseKSN"),
    switch("T-GEN-002", "Riskware is detected", "low", "DetectOtherObjects"),
    LIMITED,
    question("T-ASK-001", "Backups are tested"),
    question("T-ASK-002", "Administrators are trained"),
)


def host(ksn="No", riskware="No", scans="2"):
    """An export with these values; web01 stands in the examples with KSN and riskware off."""
    text = EXPORT.replace("UseKSN=No", f"UseKSN={ksn}", 1)
    text = text.replace("DetectOtherObjects=No", f"DetectOtherObjects={riskware}", 1)
    return text.replace("LimitNumberOfScanFileTasks=0", f"LimitNumberOfScanFileTasks={scans}", 1)


def changed(ident, **values):
    """The checks, one of them with other values."""
    return tuple({**one, **values} if one["id"] == ident else one for one in CHECKS)


def audited(folder, hosts, *, checks=CHECKS, params=None, waivers=(), as_of="2026-12-09"):
    """Audit hosts (name -> export, or folder/name -> export) with the checks; the folder of the stored result."""
    shutil.rmtree(folder, ignore_errors=True)
    exports, own = folder / "exports", folder / "content"
    exports.mkdir(parents=True)
    for name, text in hosts.items():
        (exports / name).mkdir(parents=True)
        (exports / name / "export.ini").write_text(text, encoding="utf-8")
    for one in checks:
        path = own / "checks" / "kesl" / "own" / f"{one['id']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(one, sort_keys=False), encoding="utf-8")
    baseline = {"id": "own", "title": "Own", "revision": 1, "description": "Own.", "include": ["T-*"],
                "references": [{"title": "field practice"}],
                "checks": {name: {"params": one} for name, one in (params or {}).items()}}  # fmt: skip
    (own / "baselines").mkdir()
    (own / "baselines" / "own.yaml").write_text(yaml.safe_dump(baseline), encoding="utf-8")
    file = None
    if waivers:
        file = folder / "waivers.yaml"
        file.write_text(yaml.safe_dump({"waivers": list(waivers)}), encoding="utf-8")
    return run(Request([exports], folder / "result", "own", waivers=file, as_of=as_of, content=[own], jobs=1))


def loaded(folder):
    """A stored result as a run."""
    return read(load_result(folder))


def run(request):
    """Run an audit in this process. With own content the shipped checks stay out: reading them anew for each content
    takes longer than everything else."""
    with pytest.MonkeyPatch.context() as patched:
        if request.content:
            patched.setattr(content, "check_roots", lambda _, folders: content._roots((), folders, "checks"))
        run_audit(request)
    return request.out


@pytest.fixture
def audit(tmp_path):
    """Audits an estate; each name is a run of its own."""
    return lambda name, hosts, **more: audited(tmp_path / "runs" / name, hosts, **more)


@pytest.fixture
def result(audit):
    """Like `audit`, but gives the stored result."""
    return lambda name, hosts, **more: load_result(audit(name, hosts, **more))


class Findings(Commands):
    """Commands as a TAM types them, on the scene's store; the scene's clock is theirs."""


@pytest.fixture
def auditor(scene, location, clock, tmp_path, monkeypatch):
    """Runs commands; engagements of madrid are HC-0001 and on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDITOR_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(session, "open_store", partial(open_store, clock=clock))
    return Findings(location)


@pytest.fixture
def engagement(scene):
    """Opens an engagement of madrid and gives its id."""

    def opened(account="madrid", *moment):
        with scene.writing() as writing:
            return negotiating.request(writing, account, {}, PROGRAMMES, act(*(moment or (2026, 11, 2, 9)))).id

    return opened


@pytest.fixture
def in_work(location, tmp_path, audit, monkeypatch):
    """Puts a result into the place where an engagement's result lies."""
    monkeypatch.setenv("AUDITOR_WORK", str(tmp_path / "work"))

    def put(ident, hosts, **more):
        place = Workplace(ident, location)
        shutil.rmtree(place.out, ignore_errors=True)
        shutil.copytree(audit(f"{ident}-work", hosts, **more), place.out)
        return place.out

    return put


class Years:
    """Deliveries of madrid: each year an engagement; a second one in the same year corrects it."""

    def __init__(self, store, engagement, result):
        self._store, self._engagement, self._result = store, engagement, result
        self.ids = {}

    def deliver(self, year, hosts, version=1, **more):
        if year not in self.ids:
            self.ids[year] = self._engagement("madrid", year, 11, 2, 9)
            with self._store.writing() as writing:  # so that the next one may be asked for
                negotiating.cancel(writing, self.ids[year], "for this test", act(year, 11, 3, 9))
        stored = self._result(f"{year}-{version}", hosts, **{"as_of": f"{year}-12-09", **more})
        with self._store.writing() as writing:
            return history.observe(writing, self.ids[year], version, stored, act(year, 12, 9 + version, 12))

    def findings(self):
        """(check, thing) -> finding."""
        with self._store.reading() as reading:
            found = known.of_account(reading, "madrid")
        return {(one.identity.check, one.identity.key): one for one in found}

    def changes(self, check="T-GEN-001", thing="web01"):
        return [one.change for one in self.findings()[check, thing].observations]

    def events(self):
        with self._store.reading() as reading:
            return reading.head()[0]


@pytest.fixture
def years(scene, engagement, result):
    yield Years(scene, engagement, result)
    assert problems(scene) == []
