from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import BrokenExport
from auditor.intake.ksc import window as module
from auditor.intake.ksc.window import JsonWindow

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def items_of(text: str | bytes, size: int = 500) -> list[Any]:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    window = JsonWindow(io.BytesIO(data), data[:64])
    found: list[Any] = []
    for first, batch in window.batches(size):
        assert first == len(found)
        found += batch
    window.finish()
    return found


@pytest.fixture(params=[7, 64, 1 << 22])
def small_reads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(module, "READ", request.param)
    return int(request.param)


def test_items_cross_every_window_edge(small_reads: int) -> None:
    rows = [{"type": "params", "value": {"A": n, "Б": f"текст {n} }},{{", "C": [1.5, None, True]}} for n in range(300)]
    for indent in (None, 1):
        for ascii_only in (True, False):
            assert items_of(json.dumps(rows, indent=indent, ensure_ascii=ascii_only)) == rows


def test_runs_are_used_and_agree_with_the_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": n, "b": {"c": '},{"a":1'}} for n in range(2000)]
    calls = []
    real = module.orjson.loads
    monkeypatch.setattr(module.orjson, "loads", lambda text: calls.append(1) or real(text))
    assert items_of(json.dumps(rows, separators=(",", ":"))) == rows
    assert calls


def test_a_separator_inside_items_only_costs_speed() -> None:
    rows = [{"a": [{"a": 1}, {"a": 2}], "n": n} for n in range(3000)]
    assert items_of(json.dumps(rows)) == rows


@given(st.lists(JSON, max_size=12), st.sampled_from([3, 17, 1 << 20]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_array_comes_through(rows: list[Any], read: int, ascii_only: bool) -> None:
    before, module.READ = module.READ, read
    try:
        text = json.dumps(rows, ensure_ascii=ascii_only)
        assert items_of(text) == json.loads(text)
    finally:
        module.READ = before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    rows = [{"name": "сервер"}, {"name": "web01"}]
    assert items_of(json.dumps(rows, ensure_ascii=False).encode(encoding)) == rows


def test_truncated_keeps_what_stands_before(small_reads: int) -> None:
    data = json.dumps([{"n": n} for n in range(50)]).encode()[:-7]
    window = JsonWindow(io.BytesIO(data), data)
    found: list[Any] = []

    def take() -> None:
        for _, batch in window.batches():
            found.extend(batch)

    with pytest.raises(BrokenExport, match="ends too early") as caught:
        take()
    assert found == [{"n": n} for n in range(49)]
    assert caught.value.where.startswith("byte ")
    assert len(data) - 12 <= int(caught.value.where.split()[1]) <= len(data)


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b'[{"a": 1}, {"a": \x00}]', "Expecting value", 17),
        (b'[{"a": "\x00"}]', "Invalid control character", 8),
        ('[{"д": 1} 5]'.encode(), "expected , or ]", 11),
        (b'[{"a": 1},]', "comma before the end", 10),
        (b'[{"a": NaN}]', "NaN", 1),
        (b'[{"a": 1e999}]', "too large", 1),
        (b'[{"a": 1}] trailing', "after the end", 11),
        (b'[{"a": "\xff"}]', "UTF-8", 8),
        (b"[" * 200_000, "nested too deeply", 1),
        (b'[{"a":' * 100_000, "nested too deeply", 1),
        (b"[", "ends too early", 1),
    ],
)
def test_damage_is_named_with_its_byte(data: bytes, message: str, place: int) -> None:
    with pytest.raises(BrokenExport, match=message) as caught:
        items_of(data)
    assert caught.value.where == f"byte {place}"


def test_a_record_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ", 64)
    monkeypatch.setattr(module, "VALUE_LIMIT", 4096)
    with pytest.raises(BrokenExport, match="larger than"):
        items_of(json.dumps([{"a": "x"}, {"a": "y" * 10_000}]))


def test_lone_surrogates_become_replacement_characters() -> None:
    assert items_of('[{"a": "x\\ud800y", "\\udfff": 1}]') == [{"a": "x�y", "�": 1}]
    assert items_of('[{"a": "\\ud83d\\ude00"}]') == [{"a": "\U0001f600"}]


def test_a_number_at_the_edge_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[" + ",".join(str(n * 1234567.25) for n in range(200)) + "]"
    for read in range(1, 12):
        monkeypatch.setattr(module, "READ", read)
        assert items_of(text) == json.loads(text)


@pytest.mark.parametrize(("text", "objects"), [
    ("[{}]", True), ("[ null ,\n null, {}]", True), ("[null, 1]", False), ("[null]", False), ("[]", False),
    ("[nul", False), ("[null, nulls]", False), ("[" + "null," * 40 + '{"a":1}]', True), ("{}", False), ("[", False),
])  # fmt: skip
@pytest.mark.usefixtures("small_reads")
def test_nulls_hide_no_objects(text: str, objects: bool) -> None:
    assert JsonWindow(io.BytesIO(text.encode()), b"").starts_array_of_objects() is objects
