"""Devices are judged once per mark: the short ways say the same as looking at every device afresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.baseline import Selection
from auditor.engine.fleet import Fleet
from auditor.engine.fleet_checks import compile_fleet
from auditor.engine.judge import compile_program
from auditor.engine.marks import Instants
from auditor.model.snapshot import Rows
from auditor.sdk.operators import compile_operator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPANS = [
    {"within": {"days": 7}}, {"within": {"hours": 1}}, {"older": {"days": 30}}, {"ahead": {"days": 60}},
    {"ahead": {"hours": 13}}, {"within": {"days": 0}}, {"older": {"hours": 0}}, {"within": {"days": -2}},
    {"older": {"days": -1}},
]  # fmt: skip
TESTS = [compile_operator(span, {"as_of": NOW}).test for span in SPANS]

near = st.integers(-100 * 86_400, 100 * 86_400).map(
    lambda seconds: (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
)
odd = st.sampled_from(
    [
        "", "Z", "2026-03-01", "2026-03-01 10:00:00", "2026-03-01T10:00:00+02:00", "2026-03-01T24:00:00Z",
        "2026-03-01T23:59:60Z", "2026-02-30T10:00:00Z", "2026-W09-7T10:00:00Z", "20260301T10:00:00Z",
        "2026-03-01T10:00:00.5Z", "2026-03-01T10:00Z", "2026-03-01t10:00:00z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "2026-03-02T12:00:00Z", "2026-03-02T12:00:01Z", "\uff12026-03-01T10:00:00Z",
    ]
)  # fmt: skip
texts = near | odd | st.text(max_size=24) | st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))
anything = texts | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.lists(st.none())
wrapped = anything.map(lambda value: {"type": "datetime", "value": value})


@given(st.lists(anything | wrapped, min_size=2, max_size=30))
@example(["2026-03-01T12:00:00Z", "2026-03-01T11:59:59Z", "2026-03-01T12:00:01Z"])
@example(["2026-02-22T12:00:00Z", "2026-02-22T11:59:59Z", "2026-02-22T00:00:00Z"])
@example(["2026-01-10T10:00:00Z", "2026-01-10T25:00:00Z", "2026-01-10T", "2026-01-10x", "2026-01-10T10:00:00+99:00"])
def test_equal_numbers_mean_equal_answers(values: list[Any]) -> None:
    """And unequal numbers unequal answers, whatever was asked before."""
    instants = Instants(TESTS)
    bare = [value["value"] if isinstance(value, dict) else value for value in values]
    for _ in range(2):
        numbers = [instants.of(value) for value in values]
        answers = [tuple(test(value) for test in TESTS) for value in bare]
        seen = dict(zip(numbers, answers, strict=True))
        assert [seen[number] for number in numbers] == answers
        assert len(set(numbers)) == len(set(answers))


@pytest.fixture(scope="module")
def shipped() -> list[Any]:
    catalogue = load_checks(load_plugins(), ())
    fleets = {name: check for name, check in catalogue.checks.items() if check.is_fleet}
    selections = {
        name: Selection(check, {key: entry["default"] for key, entry in check.raw.get("params", {}).items()},
                        check.severity)
        for name, check in fleets.items()
    }  # fmt: skip
    return [compile_program(selections, catalogue.logical, NOW)]


SCALARS = st.sampled_from([0, 1, 2, 3, 4, 16, 18, 31, 512, 65_535, True, False, 1.0, "1", "", "x", None])
DATES = st.sampled_from(
    ["2026-03-01T00:00:00Z", "2026-02-22T12:00:00Z", "2026-02-22T11:59:59Z", "2025-01-01T00:00:00Z"]
)
PRODUCTS = st.sampled_from(
    [{}, {"KES": {}}, {"WSEE": {}}, {"KES": None, "WSEE": {}}, {"kesl": {}}, ["KES"], {"": ["KES"]}]
)


def maybe_typed(values: st.SearchStrategy[Any], kind: str) -> st.SearchStrategy[Any]:
    return values | values.map(lambda value: {"type": kind, "value": value})


RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **{
            f"KLHST_WKS_{name}": maybe_typed(SCALARS, "long")
            for name in ("STATUS", "STATUS_MASK", "RTP_STATE", "CTYPE", "RBT_REQUIRED", "UNCURED_COUNT")
        },
        **{
            f"KLHST_WKS_{name}": maybe_typed(DATES | SCALARS, "datetime")
            for name in ("LAST_FULLSCAN", "RTP_AV_BASES_TIME")
        },
        "KLHST_APP_INFO": maybe_typed(PRODUCTS | SCALARS, "params"),
    },
)


@given(st.lists(RECORDS, max_size=12))
def test_all_shipped_fleet_checks_say_what_they_say_alone(shipped: list[Any], records: list[dict[str, Any]]) -> None:
    checks = compile_fleet(shipped[0])
    fleet = Fleet(checks)
    fleet.judge(Rows("ksc.host", "ksc", records, "f", "/r", 0, "ksc01"), lambda *_: None)
    fleet.settle()
    for check in checks:
        count = check.counts["ksc01"]
        alone = [check.traced(record)[0] for record in records]
        found = [count.passed, count.failed, count.undecided, count.not_selected]
        assert found == [alone.count(word) for word in ("passed", "failed", "undecided", "not_selected")]
