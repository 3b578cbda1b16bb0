"""Every language says everything, with the same parameters and all the plural forms it needs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from auditor.errors import UsageProblem
from auditor.phrases import LANGUAGES, Phrases, catalogue

AREAS = sorted(entry.name.removesuffix(".yaml") for entry in (files("auditor.phrases") / "en").iterdir())


def parameters(words):
    return set(re.findall(r"\{(\w+)", words))


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_all_that_english_says(language, area):
    english, words = catalogue("en", area), catalogue(language, area)
    assert words.keys() == english.keys()
    for name, text in words.items():
        forms = [text] if isinstance(text, str) else list(text.values())
        reference = english[name] if isinstance(english[name], str) else english[name]["other"]
        wanted = parameters(reference)
        for form in forms:
            assert form.strip(), name
            assert parameters(form) - {"count"} == wanted - {"count"}, name
        if not isinstance(text, str):
            needed = set(Locale.parse(language).plural_form.tags) | {"other"}
            assert text.keys() >= needed - {"many"} if language != "ru" else text.keys() >= {"one", "few", "many"}


@pytest.mark.parametrize("area", AREAS)
def test_no_language_has_an_area_that_english_lacks(area):
    for language in LANGUAGES:
        names = {entry.name.removesuffix(".yaml") for entry in (files("auditor.phrases") / language).iterdir()}
        assert names == set(AREAS)


def test_dates_and_numbers_follow_the_language():
    assert Phrases("en", AREAS[0]).day(date(2026, 12, 4)) == "4 Dec 2026"
    assert Phrases("es", AREAS[0]).day(date(2026, 12, 4)) == "4 dic 2026"
    assert Phrases("it", AREAS[0]).number(1234.5) == "1.234,5"
    madrid = ZoneInfo("Europe/Madrid")
    assert Phrases("en", AREAS[0]).instant(datetime(2026, 12, 4, 12, tzinfo=UTC), madrid) == "4 Dec 2026, 13:00 +01:00"


def test_a_territory_reads_its_language():
    assert Phrases("pt-BR", AREAS[0]).language == "pt"


def test_an_unknown_language_is_named():
    with pytest.raises(UsageProblem, match="there is no language 'xx'"):
        Phrases("xx", "programmes")


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "75.6%"), ("es", "75,6 %"), ("it", "75,6%"), ("ru", "75,6 %"), ("pt", "75,6%")],
)
def test_a_percentage_has_the_space_of_the_language(language, written):
    """A space that no line is broken at; at most one decimal, and none that says nothing."""
    phrases = Phrases(language, "incidents")
    assert phrases.percent(0.756).replace("\u00a0", " ").replace("\u202f", " ") == written
    assert " " not in phrases.percent(0.756)
    whole = phrases.percent(0.5)
    assert (whole[:2], whole[-1], len(whole)) == ("50", "%", len(written) - 2)
