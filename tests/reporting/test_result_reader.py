from __future__ import annotations

import json

import pytest

from auditor.errors import ResultError
from auditor.reporting.reader import StoredResult, load_result


def test_inline_result_gives_its_arrays(acme_result, valid, store_result):
    stored = load_result(store_result(valid(acme_result)))
    assert list(stored.verdicts()) == acme_result["verdicts"]
    assert [row["path"] for row in stored.inputs()] == [row["path"] for row in acme_result["inputs"]]
    devices = list(stored.affected())
    assert len(devices) == 1811 + 240
    assert {device["check_id"] for device in devices} == {"KSC-HST-001"}


def test_a_folder_stands_for_the_result_in_it(acme_result, store_result):
    path = store_result(acme_result)
    assert load_result(path.parent).data["schema"] == "auditor-result/1"


def test_streams_are_read_from_beside_the_result(acme_result, valid, store_result, stream_to):
    verdicts, acme_result["verdicts"] = acme_result["verdicts"], []
    stream_to(acme_result, "verdicts", verdicts)
    stream_to(acme_result, "affected", [{"check_id": "KSC-HST-001", "key": "k", "name": "n", "outcome": "fail"}])
    stored = load_result(store_result(valid(acme_result)))
    assert list(stored.verdicts()) == verdicts
    assert [device["key"] for device in stored.affected()] == ["k"]
    stored.verify()


def test_a_changed_stream_is_refused_before_the_first_line(acme_result, store_result, stream_to, tmp_path):
    stream_to(acme_result, "inputs", [{"path": "a"}, {"path": "b"}])
    stored = load_result(store_result(acme_result))
    file = tmp_path / "inputs.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"b"', b'"c"'))
    with pytest.raises(ResultError, match=r"inputs\.ndjson: its SHA-256"):
        next(stored.inputs())


def test_a_stream_of_the_wrong_length_is_refused(acme_result, store_result, stream_to):
    stream_to(acme_result, "inputs", [{"path": "a"}])
    acme_result["streams"]["inputs"]["lines"] = 2
    with pytest.raises(ResultError, match="1 lines, not as many"):
        list(load_result(store_result(acme_result)).inputs())


def test_a_line_that_is_not_json_is_named(acme_result, store_result, stream_to, tmp_path):
    import hashlib

    stream_to(acme_result, "inputs", [{"path": "a"}])
    data = b'{"path": "a"}\n{"path": \n'
    (tmp_path / "inputs.ndjson").write_bytes(data)
    acme_result["streams"]["inputs"] |= {"sha256": hashlib.sha256(data).hexdigest(), "lines": 2}
    with pytest.raises(ResultError, match=r"inputs\.ndjson, line 2"):
        list(load_result(store_result(acme_result)).inputs())


def test_a_missing_stream_says_where_it_belongs(acme_result, store_result, stream_to, tmp_path):
    stream_to(acme_result, "inputs", [{"path": "a"}])
    path = store_result(acme_result)
    (tmp_path / "inputs.ndjson").unlink()
    with pytest.raises(ResultError, match=r"folder of result\.json"):
        list(load_result(path).inputs())


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "a\\b", "c:x", "", "..", "a\0b"])
def test_a_stream_never_leads_out_of_the_folder(acme_result, store_result, stream_to, name):
    stream_to(acme_result, "inputs", [])
    acme_result["streams"]["inputs"]["file"] = name
    with pytest.raises(ResultError, match="not a plain file name"):
        list(load_result(store_result(acme_result)).inputs())


def test_streams_without_a_folder_are_refused(acme_result, stream_to):
    stream_to(acme_result, "inputs", [])
    with pytest.raises(ResultError, match="folder is not known"):
        list(StoredResult(acme_result).inputs())


@pytest.mark.parametrize("member", ["run", "checks", "summary", "streams", "verdicts", "tool"])
def test_a_result_without_its_essentials_is_refused(acme_result, member):
    del acme_result[member]
    with pytest.raises(ResultError, match=member):
        StoredResult(acme_result)


@pytest.mark.parametrize(("part", "member"), [("run", "as_of"), ("summary", "decided")])
def test_members_of_the_essentials_are_looked_for(acme_result, part, member):
    del acme_result[part][member]
    with pytest.raises(ResultError, match=f"{part}.{member}"):
        StoredResult(acme_result)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"schema": "auditor-result/2"}', "{", "\x00"])
def test_what_is_no_result_is_named_with_its_file(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(ResultError) as caught:
        load_result(path)
    assert "result.json" in caught.value.where


def test_a_missing_result_is_named(tmp_path):
    with pytest.raises(ResultError, match="cannot be opened"):
        load_result(tmp_path / "none.json")


def test_the_fixture_is_what_the_schema_publishes(acme_result, valid, builder):
    valid(acme_result)
    valid(builder.build())
    assert json.dumps(acme_result)
