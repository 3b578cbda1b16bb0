"""Every pointer in the evidence about a device leads to the value in the source file (RFC 6901)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

WRONG = {
    "KLHST_WKS_STATUS_MASK": {"type": "long", "value": 32},
    "KLHST_WKS_RTP_STATE": 1,
    "KLHST_WKS_RTP_AV_BASES_TIME": {"type": "datetime", "value": "2025-01-01T00:00:00Z"},
}


def resolve(document: Any, pointer: str) -> Any:
    assert pointer.startswith("/")
    for step in pointer[1:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def evidence(result: dict[str, Any]) -> list[dict[str, Any]]:
    found = [item for verdict in result["verdicts"] for item in verdict["evidence"] if "pointer" in item]
    for verdict in result["verdicts"]:
        for device in verdict.get("rollup", {}).get("affected", []):
            found += [item for item in device["evidence"] if "pointer" in item]
    return found


def check_all(folder: Path, result: dict[str, Any]) -> list[str]:
    pointers = []
    for item in evidence(result):
        value = resolve(json.loads((folder.parent / item["file"]).read_text()), item["pointer"])
        if not isinstance(item["value"], dict | list) and not str(item["value"]).startswith("***"):
            assert value == item["value"], item
        pointers.append(item["pointer"])
    return pointers


@pytest.mark.parametrize("wrapped", [True, False])
def test_listed_devices(dump: Any, make_device: Any, wrapped: bool) -> None:
    path = dump.page(0, [make_device(0), make_device(1, **WRONG), make_device(2, **WRONG)])
    if not wrapped:
        document = json.loads(path.read_text())
        rows = document["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"]
        rows[1], rows[2] = rows[1]["value"], rows[2]["value"]
        path.write_text(json.dumps(document))
    pointers = check_all(dump.folder, dump.audit())
    row = "/response/pChunk/KLCSP_ITERATOR_ARRAY/2" + ("/value" if wrapped else "")
    assert f"{row}/KLHST_WKS_STATUS_MASK/value" in pointers
    assert f"{row}/KLHST_WKS_RTP_STATE" in pointers
    assert f"{row}/KLHST_WKS_RTP_AV_BASES_TIME/value" in pointers


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_device_looked_up_alone(dump: Any, make_device: Any, wrapped: bool) -> None:
    row = make_device(0, **WRONG)
    dump.call("host", "HostGroup.GetHostInfo", {"PxgRetVal": {"type": "params", "value": row} if wrapped else row})
    pointers = check_all(dump.folder, dump.audit())
    base = "/response/PxgRetVal" + ("/value" if wrapped else "")
    assert f"{base}/KLHST_WKS_STATUS_MASK/value" in pointers


def test_a_row_that_secrets_were_taken_out_of(dump: Any, make_device: Any) -> None:
    secret = {"KLHST_WKS_PASSWORD": "planted-7", "KLHST_ICON": {"type": "binary", "value": "AAEC"}}
    dump.page(0, [make_device(0, **WRONG, **secret)])
    result = dump.audit()
    assert check_all(dump.folder, result)
    assert "planted" not in json.dumps(result)


def test_rows_without_bundle(dump: Any, make_device: Any) -> None:
    rows = [make_device(0), make_device(1, **WRONG)]
    (dump.folder / "list.json").write_text(json.dumps(rows))
    assert "/1/KLHST_WKS_STATUS_MASK/value" in check_all(dump.folder, dump.audit())


def test_names_are_escaped() -> None:
    from auditor.engine.fleet import _found

    record = {"A/B~C": {"type": "params", "value": {"x/y": {"type": "long", "value": 5}}}}
    value, pointer = _found(record, ("A/B~C", "x/y"))
    assert (value, pointer) == (5, "/A~1B~0C/value/x~1y/value")
    assert resolve(record, pointer) == 5
