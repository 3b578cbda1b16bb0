"""Whatever a file holds: no crash but ExportError, no hang, no silence; and nothing well-formed is lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.ksc import ConsoleTableReader, KlscflagReader, KscReader, join
from auditor.intake.ksc.methods import CLASSES
from auditor.intake.ksc.routes import _METHODS

METHODS = sorted(_METHODS)
NAMES = st.sampled_from(
    [
        "KLPOL_ID", "KLPOL_DN", "KLHST_WKS_DN", "KLHST_APP_INFO", "TASK_UNIQUE_ID", "TASK_INFO_PARAMS", "KLLIC_SERIAL",
        "KLSPL_USER_ID", "id", "name", "parentId", "groups", "UaHostId", "KLPRSS_Val", "KLPRSS_Mnd", "KLPRSS_ValLck",
        "KLSSPOL_PRF_ENABLED", "type", "value", "PxgRetVal", "status", "KLSRVH_SRV_ID", "hostdn", "state_descr", "x",
    ]
) | st.text(max_size=4)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8) | st.floats(allow_nan=False)
WORDS = st.sampled_from(["long", "datetime", "date", "binary", "float", "double", "params", "other"])


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.builds(lambda kind, value: {"type": kind, "value": value}, WORDS, inner)
    )


TREES = st.recursive(LEAVES, grown, max_leaves=15)
MEMBERS = st.sampled_from(
    [
        "PxgRetVal",
        "PxgError",
        "pChunk",
        "pRecords",
        "pData",
        "pTaskData",
        "pSettings",
        "pUasArr",
        "pParHostStatus",
        "bEOF",
    ]
) | st.text(max_size=3)
HOLDER = st.builds(lambda rows: {"KLCSP_ITERATOR_ARRAY": rows}, st.lists(TREES, max_size=4))
RESPONSES = st.dictionaries(MEMBERS, TREES | HOLDER, max_size=3)
REQUESTS = st.dictionaries(
    st.sampled_from(["nPolicy", "nGroupId", "strTask", "wstrID", "wstrSection", "szwName", "strHostName", "param"]),
    LEAVES,
    max_size=3,
)


def never_silent(read: Any) -> None:
    assert read.parts or read.rows or read.notes or read.error is not None
    for part in join(read.parts):
        json.dumps(part.settings.values, ensure_ascii=False).encode()
        assert part.subject.kind.startswith("ksc.")
        for path in part.settings.locks or ():
            assert isinstance(path, tuple)


@given(st.sampled_from(METHODS), RESPONSES, REQUESTS)
@settings(max_examples=400, deadline=None)
def test_any_answer_to_any_call(kit: Any, method: str, response: Any, request: Any) -> None:
    never_silent(kit.call(method, response, request))


@given(RESPONSES | TREES)
@settings(max_examples=300, deadline=None)
def test_any_naked_document(kit: Any, document: Any) -> None:
    source = kit.Memory(json.dumps(document).encode())
    for reader in (KscReader(), ConsoleTableReader()):
        if reader.recognise(source):
            never_silent(kit.read_all(reader, source))


@given(st.sampled_from(METHODS), RESPONSES, st.integers(0, 400), st.binary(max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_damage(kit: Any, method: str, response: Any, cut: int, noise: bytes) -> None:
    data = json.dumps(kit.bundle(method, response)).encode()
    for damaged in (data[:cut], data[:cut] + noise + data[cut:], data + noise):
        source = kit.Memory(damaged)
        if KscReader().recognise(source):
            read = kit.read_all(KscReader(), source)
            assert read.parts or read.rows or read.notes or read.error is not None or read.collected


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes(kit: Any, data: bytes) -> None:
    source = kit.Memory(data, "x/Policy.GetPolicyData.json")
    for reader in (KscReader(), ConsoleTableReader()):
        if reader.recognise(source):
            never_silent(kit.read_all(reader, source))


@given(st.text(alphabet="ABZ_ =()INT_OL0123456789\n\t", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_flag_text(kit: Any, text: str) -> None:
    source = kit.Memory(text.encode())
    if KlscflagReader().recognise(source):
        never_silent(kit.read_all(KlscflagReader(), source))


# plain names and values only, so that nothing is secret and nothing is a lock
SAFE_NAMES = st.text(alphabet="abcdefgh", min_size=1, max_size=5)
SAFE = st.booleans() | st.integers(-(2**40), 2**40) | st.text(alphabet="abcdef ", max_size=6)


def wrapped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(SAFE_NAMES, inner, min_size=1, max_size=3)
    return st.lists(inner, min_size=1, max_size=3) | objects.map(lambda value: {"type": "params", "value": value})


TYPED = st.recursive(
    SAFE | st.integers(0, 2**50).map(lambda value: {"type": "long", "value": value}), wrapped, max_leaves=10
)


def unwrapped(tree: Any) -> Any:
    if isinstance(tree, dict):
        if tree.keys() == {"type", "value"}:
            return unwrapped(tree["value"])
        return {name: unwrapped(item) for name, item in tree.items()}
    return [unwrapped(item) for item in tree] if isinstance(tree, list) else tree


@given(
    st.sampled_from(
        ["HostGroup.GetStaticInfo", "Tasks.GetTaskData", "Policy.GetPolicyData", "SsContents.Ss_Read", "Unheard.Of"]
    ),
    st.dictionaries(SAFE_NAMES, TYPED, min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_every_scalar_of_an_object_arrives(kit: Any, method: str, values: Any) -> None:
    request = {"strTask": "1", "nPolicy": 2, "wstrID": "s", "wstrSection": "S"}
    read = kit.call(method, {"PxgRetVal": values}, request)
    assert read.error is None
    expected = Counter(map(repr, kit.scalars(unwrapped(values))))
    arrived = Counter(repr(item) for part in read.parts for item in kit.scalars(part.settings.values))
    assert not expected - arrived


@given(
    st.sampled_from(
        ["KLPOL_ID", "KLSPL_USER_ID", "TASK_UNIQUE_ID", "UaHostId", "id", "KLSRVH_SRV_ID", "KLHST_WKS_X", "zz"]
    ),
    st.lists(st.dictionaries(SAFE_NAMES, TYPED, max_size=3), min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_every_scalar_of_rows_arrives(kit: Any, mark: str, rows: Any) -> None:
    marked = [{mark: number, "name": "n", **row} for number, row in enumerate(rows, start=1)]
    answer = {"pChunk": {"KLCSP_ITERATOR_ARRAY": [kit.params(row) for row in marked]}, "PxgRetVal": len(rows)}
    read = kit.call("ChunkAccessor.GetItemsChunk", answer)
    assert read.error is None
    expected = Counter(map(repr, kit.scalars(unwrapped(marked))))
    arrived = Counter(repr(item) for part in read.parts for item in kit.scalars(part.settings.values))
    arrived += Counter(repr(item) for device in read.devices() for item in kit.scalars(unwrapped(device)))
    assert not expected - arrived


def test_every_method_of_the_table_is_of_a_known_class() -> None:
    assert {method.partition(".")[0] for method in METHODS} <= set(CLASSES)
