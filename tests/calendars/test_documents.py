"""Documents of calendars: whatever can be said is written and read back the same."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.calendars.snapshot import CalendarSnapshot, DayException
from auditor.calendars.spec import CalendarSpec, Override
from auditor.calendars.windows import Window

# what is tested is the law, not the time an example takes on a busy computer
UNHURRIED = settings(deadline=None)

# a fixed alphabet: describing all of Unicode takes seconds on a computer that has never done so
ALPHABET = 'abZ 09-_.éñ漢"\\/{}:🙂\u0416\u200b\n\t'
text = st.text(ALPHABET, max_size=20)


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def specs(draw: st.DrawFn) -> CalendarSpec:
    week = draw(st.lists(day_windows(), min_size=7, max_size=7).filter(lambda week: any(week[:4])))
    country, subdivision = draw(
        st.sampled_from([("", ""), ("ES", ""), ("ES", "MD"), ("RU", ""), ("SA", ""), ("BR", "SP")])
    )
    return CalendarSpec(
        id=draw(text.map(str.strip).filter(lambda name: name and name.isprintable())),
        zone=draw(st.sampled_from(["Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe"])),
        weekly=tuple(week),
        country=country,
        subdivision=subdivision,
        every_day=draw(st.booleans()),
        overrides=draw(
            st.dictionaries(
                st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.builds(Override, day_windows(), text), max_size=4
            )
        ),
        version=draw(st.integers(1, 10**6)),
        name=draw(text),
        weekend=draw(st.none() | st.sets(st.integers(4, 6)).map(lambda days: tuple(sorted(days)))),
    )


def through_json(document: object) -> object:
    return json.loads(json.dumps(document))


@UNHURRIED
@given(specs())
def test_every_spec_is_read_back_from_its_document(spec: CalendarSpec) -> None:
    assert CalendarSpec.from_document(through_json(spec.to_document())) == spec


exceptions = st.lists(
    st.builds(DayException, st.dates(), st.booleans(), text, st.booleans(), st.none() | st.integers(0, 6)),
    unique_by=lambda exception: exception.date,
    max_size=8,
).map(lambda found: tuple(sorted(found, key=lambda exception: exception.date)))


snapshots = st.builds(
    CalendarSnapshot,
    spec=specs(),
    exceptions=exceptions,
    weekend=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    first_year=st.integers(1900, 2026),
    last_year=st.integers(2026, 2200),
    decreed_until=st.none() | st.integers(1900, 2200),
    holidays_version=text,
    tzdata_version=text,
)


@UNHURRIED
@given(snapshots)
def test_every_snapshot_is_read_back_from_its_document(snapshot: CalendarSnapshot) -> None:
    read = CalendarSnapshot.from_document(through_json(snapshot.to_document()))
    assert read == snapshot
    assert read.canonical() == snapshot.canonical()
