"""Secrets planted where no setting stands: in names of files, subjects, areas, calls, and in what messages quote."""

from __future__ import annotations

import json
import zipfile
from itertools import count

import pytest
from click.testing import CliRunner

from auditor.cli.main import cli
from auditor.intake.limits import Limits
from auditor.intake.names import without_secrets
from auditor.intake.opening import listing

INI = "Version=11.1.0.3013\n[AppSettings]\nUseKSN=No\n"


class Garden:
    """Plants secrets and remembers where."""

    def __init__(self, folder):
        self.folder = folder
        self.planted = {}
        self._number = count()

    def secret(self, place):
        word = f"Zq{next(self._number):03}SeCrEt"
        self.planted[word] = place
        return word

    def url(self, place):
        return f"http://svc:{self.secret(place)}@proxy.example:3128"

    def put(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def call(self, name, method, request, answer, **more):
        bundle = {"format": "ksc-openapi-call/1", "server": "ksc01", "method": method, "request": request}
        self.put(f"ksc/{name}.json", {**bundle, "response": answer, **more})

    def leaks(self, text):
        return sorted(place for word, place in self.planted.items() if word in text)


def params(**values):
    return {"type": "params", "value": values}


@pytest.fixture
def garden(tmp_path):
    found = Garden(tmp_path / "acme")
    plant_kesl(found)
    plant_ksc(found)
    return found


def plant_kesl(garden):
    url = garden.url
    garden.put("web01/export.ini", f"{INI}[Foo.{url('section')}]\nx=1\n{url('key')}=1\n[BackupTask]\nTaskName=B\n")
    garden.put("web02/export.ini", f"{INI}ProxyServer {url('damaged line')}\n[BackupTask]\nTaskName=B\n")
    garden.put("web03/export.ini", f"{INI}[{url('unclosed head')}\n[BackupTask]\nTaskName=B\n")
    twice = url("member that stands twice")
    garden.put("web04/settings.json", f'{{"AppSettings":{{"UseKSN":"No","{twice}":1,"{twice}":2}}}}')
    garden.put(f"svc:{garden.secret('folder')}@proxy/export.ini", f"{INI}[BackupTask]\nTaskName=B\n")
    garden.put(f"web01/password={garden.secret('file')}", "nothing")
    serial = garden.secret("serial")
    garden.put(
        "web01/app-info.txt", f"Name: Kaspersky Endpoint Security\nVersion: 11.1.0.1\nLicense serial: {serial}\n"
    )
    with zipfile.ZipFile(garden.folder / "more.zip", "w") as archive:
        archive.writestr(f"svc:{garden.secret('member')}@host/export.ini", INI)
        archive.writestr(f"/token={garden.secret('refused member')}", INI)


def plant_ksc(garden):
    url, call = garden.url, garden.call
    device = params(KLHST_WKS_HOSTNAME=url("device id"), KLHST_WKS_DN=url("device name"), KLHST_WKS_STATUS=1)
    comment = params(KLHST_WKS_HOSTNAME="h2", KLHST_WKS_DN="d2", KLHST_WKS_STATUS=1, KLHST_WKS_OS_NAME=url("os"))
    rows = {"PxgRetVal": 2, "pChunk": {"KLCSP_ITERATOR_ARRAY": [device, comment]}}
    call("hosts", "ChunkAccessor.GetItemsChunk", {"strAccessor": url("handle"), "nStart": 0}, rows)
    policy = params(KLPOL_ID=1, KLPOL_DN=url("policy"), KLPOL_PRODUCT="KES", KLPOL_VERSION="12.0", KLPOL_ACTIVE=True)
    call("policies", "Policy.GetPoliciesForGroup", {"nGroupId": 0}, {"PxgRetVal": [policy]})
    group = params(id=7, name=url("group"), groups=[])
    call("groups", "HostGroup.GetSubgroups", {"nGroupId": 0}, {"PxgRetVal": [group]})
    call("server", "HostGroup.GetStaticInfo", {}, {"PxgRetVal": {"a": 1}}, server=f"https://{url('server')}")
    call("unknown", f"Foo.{url('method')}", {}, {"PxgRetVal": {"a": 1}})
    asked = {"strProduct": "1093", "strSection": url("section asked for")}
    call("section", "HostGroup.SS_Read", asked, {"PxgRetVal": {"a": 1}})
    call("format", "HostGroup.GetStaticInfo", {}, {}, format=f"ksc-openapi-call/{url('format')}")
    call("beside", "HostGroup.GetStaticInfo", {}, {"PxgRetVal": {"a": 1}}, **{url("member beside"): 1})
    table = {"KLPOL_ID": 3, "KLPOL_DN": url("policy of the table"), "status": "ok"}
    garden.put("ksc/table.json", [table])


def test_no_output_of_intake_holds_a_planted_secret(garden, tmp_path):
    snapshot = tmp_path / "snapshot.jsonl"
    for options in ([], ["--format", "json"], ["--snapshot", str(snapshot)]):
        told = CliRunner().invoke(cli, ["intake", str(garden.folder), *options], catch_exceptions=False)
        assert garden.leaks(told.output) == []
    assert garden.leaks(snapshot.read_text(encoding="utf-8")) == []


def test_no_output_of_an_audit_holds_a_planted_secret(garden, tmp_path):
    out = tmp_path / "out"
    told = CliRunner().invoke(cli, ["audit", str(garden.folder), "--out", str(out)], catch_exceptions=False)
    assert garden.leaks(told.output) == []
    files = sorted(out.iterdir())
    assert len(files) == 4
    assert {file.name: garden.leaks(file.read_text(encoding="utf-8")) for file in files} == {
        file.name: [] for file in files
    }


def test_names_that_look_alike_without_their_secrets_stay_two(tmp_path):
    for name in ("token=a", "token=b", "token=***", "web01.ini"):
        (tmp_path / "x" / name).mkdir(parents=True)
        (tmp_path / "x" / name / "a.ini").write_text("A=1\n", encoding="utf-8")
    shown = [candidate.source.path for candidate in listing([tmp_path / "x"], Limits())]
    assert shown == ["x/token=***/a.ini", "x/token=*** (2)/a.ini", "x/token=*** (3)/a.ini", "x/web01.ini/a.ini"]


def test_names_without_secrets_are_shown_as_they_are():
    assert without_secrets(["root@web01.example", "password_policy.ini", "bypass", "a\x1b"]) == {}
