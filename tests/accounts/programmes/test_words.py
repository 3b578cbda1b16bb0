"""T-57 and the words of programmes in five languages."""

from __future__ import annotations

import pytest

from auditor.accounts.programme_saying import Sayings, badge, with_badge
from auditor.accounts.programme_words import words
from auditor.accounts.programmes import Cell, Target, level_meaning, level_name, load_programmes
from auditor.phrases import LANGUAGES, catalogue

NAMES = {
    "en": ("Critical", "High", "Medium", "Low"),
    "es": ("Crítica", "Alto", "Medio", "Bajo"),
    "it": ("Critico", "Alto", "Medio", "Basso"),
    "ru": ("Критичный", "Высокий", "Средний", "Низкий"),
    "pt": ("Crítica", "Alta", "Média", "Baixa"),
}
TIMES = {
    "en": ("6 business hours", "2 hours", "30 minutes", "not guaranteed"),
    "es": ("6 horas laborables", "2 horas", "30 minutos", "sin garantía"),
    "it": ("6 ore lavorative", "2 ore", "30 minuti", "non garantito"),
    "ru": ("6 рабочих часов", "2 часа", "30 минут", "не гарантируется"),
    "pt": ("6 horas úteis", "2 horas", "30 minutos", "sem garantia"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_level_names(language):
    assert tuple(level_name(level, language) for level in (1, 2, 3, 4)) == NAMES[language]


@pytest.mark.parametrize(("territory", "name"), [("pt-BR", "Média"), ("pt-PT", "Média"), ("es_MX", "Medio")])
def test_level_names_of_a_territory_are_those_of_its_language(territory, name):
    assert level_name(3, territory) == name


def test_a_level_that_does_not_exist_has_no_name():
    with pytest.raises(KeyError):
        level_name(5, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_has_a_meaning_of_its_own(language):
    assert len({level_meaning(level, language) for level in (1, 2, 3, 4)}) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_in_every_language(language):
    sayings, found = Sayings(language), load_programmes()
    targets = [
        found["msa-start"].targets[1],
        found["msa-business"].targets[1],
        found["enhanced-tam"].targets[1],
        found["msa-start"].targets[2],
    ]
    assert tuple(sayings.target(target) for target in targets) == TIMES[language]


def test_one_hour_is_singular():
    one = Target(1, "guaranteed", 1, "business_hour", source="somewhere")
    assert [Sayings(language).target(one) for language in ("en", "es", "it", "ru", "pt")] == [
        "1 business hour", "1 hora laborable", "1 ora lavorativa", "1 рабочий час", "1 hora útil",
    ]  # fmt: skip


def test_marked_target_is_said_with_its_badge():
    target = load_programmes()["enhanced-tam"].targets[2]
    assert Sayings("en").target(target) == "4 hours [?]"
    assert Sayings("en").target_note(target).endswith("Other reading: business hours.")
    assert Sayings("it").target_note(target).endswith("Altra lettura: ore lavorative.")


def test_unknown_is_said_and_never_blank():
    cells = load_programmes()["enhanced-tam"].entitlements
    assert Sayings("en").cell("private_patch", cells["private_patch"]) == "unknown [*]"
    assert Sayings("en").cell("health_check", cells["health_check"]) == "unknown, taken as no [*]"
    unitless = Target(3, "guaranteed", 9, source="somewhere", uncertain=True, note="no unit is printed")
    assert Sayings("en").target(unitless) == "9, unit unknown [?]"


def test_badges():
    assert badge(()) == ""
    assert badge((), 4) == "[4]"
    assert badge(("unknown", "reconciled"), 7) == "[*~7]"
    assert with_badge("yes", ()) == "yes"
    assert with_badge("yes", ("uncertain",)) == "yes [?]"


def test_plain_words_of_a_programme_of_ones_own_stay_as_they_are():
    cell = Cell(value=None, source="somewhere", note="Nobody asked.")
    assert cell.note_in("ru") == "Nobody asked."
    assert words("Somebody looks at it.", "ru") == "Somebody looks at it."


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_programmes(language):
    found = [programme.name_in(language) for programme in load_programmes().values()]
    assert found[1:4] == ["MSA Start", "MSA Business", "MSA Enterprise"]
    assert "TAM" in found[4]
    assert (found[0] == "Standard support") == (language == "en")


def test_no_phrase_is_left_unused():
    """Every step, statement, question and note of the catalogue is used by a shipped programme."""
    used = set()
    for programme in load_programmes().values():
        used |= {step.text for step in programme.avdb_steps} | {term.text for term in programme.terms}
        held = [
            *dict(programme.cells()).values(),
            *programme.targets.values(),
            *(term.cell for term in programme.terms),
        ]
        used |= {cell.note_phrase for cell in held}
    offered = {name for name in catalogue("en", "programmes") if name.split("_")[0] in {"step", "term", "open", "note"}}
    assert offered - used == {"note_source", "open_question"}
