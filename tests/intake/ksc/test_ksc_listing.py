"""What is known about lists: which records were read, which twice, which never."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auditor.intake.ksc import listing as module
from auditor.intake.ksc.listing import Listing
from auditor.model.snapshot import Page, Rows


def rows(*numbers: int, page: Page | None = None) -> Rows:
    records = [{"KLHST_WKS_HOSTNAME": f"id-{number}"} for number in numbers]
    return Rows("ksc.host", "ksc", records, "f", "/r", 0, "ksc01", page=page)


pages = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), min_size=1, max_size=12)


@given(pages, st.booleans(), st.integers(0, 60))
def test_pages_of_one_list(asked: list[tuple[int, int]], named: bool, stated: int) -> None:
    """Whatever the order and the overlaps: each position once, and the gaps are those of the positions."""
    listing = Listing()
    listing.add(Rows("ksc.host", "ksc", (), "f", "", 0, "ksc01", page=Page("A", stated=stated)))
    seen: set[int] = set()
    for start, number in asked:
        wanted = range(start, start + number)
        batch = rows(*wanted, page=Page("A", start))
        if not named:
            batch.records = [{"KLHST_WKS_STATUS": 1} for _ in wanted]
        skip = listing.add(batch)
        assert {start + index for index in skip} == seen & set(wanted)
        seen |= set(wanted)
    missing = stated - len(seen)
    hole = max(seen) + 1 - len(seen)
    expected = [missing] if missing > 0 else [hole] if hole else []
    assert [gap.missing for gap in listing.gaps()] == expected


@given(st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=8))
def test_devices_of_several_lists_count_once(lists: list[list[int]]) -> None:
    listing = Listing()
    kept: list[int] = []
    for ident, numbers in enumerate(lists):
        skip = listing.add(rows(*numbers, page=Page(str(ident))))
        kept += [number for index, number in enumerate(numbers) if index not in skip]
    assert sorted(set(kept)) == sorted({number for numbers in lists for number in numbers})
    assert len(kept) == len(set(kept))


def test_devices_beyond_what_is_remembered(monkeypatch: Any) -> None:
    """Then places tell, and several lists can no longer be told apart."""
    monkeypatch.setattr(module, "KNOWN", 4)
    listing = Listing()
    listing.add(rows(*range(4), page=Page("A", 0, stated=9)))
    assert not listing.add(rows(*range(4, 8), page=Page("A", 4)))
    assert listing.add(rows(6, 7, 8, page=Page("A", 6))) == {0, 1}
    assert listing.gaps() == []
    listing.add(rows(20, page=Page("B", 0)))
    assert ["may be counted twice" in gap.words for gap in listing.gaps()] == [True]


def test_identifiers_may_be_wrapped_or_absent() -> None:
    listing = Listing()
    batch = rows(1, 2)
    batch.records = [*batch.records, {"KLHST_WKS_HOSTNAME": {"type": "datetime", "value": "id-1"}}, {}, {},
                     {"KLHST_WKS_HOSTNAME": None}, {"KLHST_WKS_HOSTNAME": None}]  # fmt: skip
    assert listing.add(batch) == {2}


identifiers = st.one_of(
    st.integers(0, 9).map(lambda number: f"id-{number}"),
    st.integers(0, 9).map(lambda number: {"type": "string", "value": f"id-{number}"}),
    st.sampled_from([7, None, "", [1], {"type": "long", "value": 3}]),
)


@given(st.lists(st.tuples(st.lists(identifiers, max_size=5), st.booleans(), st.integers(0, 8)), max_size=10))
def test_a_listing_goes_on_elsewhere_by_its_names(batches: list[tuple[list[Any], bool, int]]) -> None:
    """Written down after any batch and taken up with nothing but its names, it answers as if that had not been."""
    known, module.KNOWN = module.KNOWN, 6
    try:
        one, other, names = Listing(), Listing(), list[Any]()
        for raw, placed, start in batches:
            batch = Rows("ksc.host", "ksc", [{"KLHST_WKS_HOSTNAME": item} for item in raw], "f", "/r", 0, "ksc01")
            batch.page = Page("A", start) if placed else Page("B")
            growing = not other.full
            assert one.add(batch) == other.add(batch)
            names += other.recognised(batch) if growing else []
            other = other.without_names()
            other.recall(names)
        assert one == other
        assert one.gaps() == other.gaps()
    finally:
        module.KNOWN = known
