"""English sentences of a result in another language: found, filled with the same values, or honestly left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ContentError, UsageProblem
from auditor.model.snapshot import Lock
from auditor.phrases import LANGUAGES, catalogue
from auditor.phrases.texts import AREA, Texts, load_texts
from auditor.sdk import operators
from auditor.sdk.views import lock_words

OTHERS = tuple(language for language in LANGUAGES if language != "en")
AS_OF = {"as_of": datetime(2026, 3, 1, tzinfo=UTC), "known": ["A", "B"]}
ARGUMENTS = {
    "is": True, "eq": "SCServer", "in": ["A", "B"], "not_in": ["A"], "ge": 60, "gt": "1.5", "le": 3, "lt": 90,
    "between": [1, 10], "matches": "^https://a b", "not_matches": "(?i)@|[*]{3}", "empty": True, "count": {"le": 3},
    "bits_clear": 5, "bits_set": [1, 2], "contains": "*", "not_contains": "X", "within": {"days": 7},
    "older": {"hours": 1}, "ahead": {"days": 30},
}  # fmt: skip
"""An argument for every operator that there is."""

OWN_WORDS = {"Yes", "SCServer"}


def said(name, argument):
    return operators.compile_operator({name: argument}, AS_OF).words


@pytest.mark.parametrize("language", OTHERS)
def test_what_any_operator_expects_is_said_in_the_language(language):
    assert set(ARGUMENTS) == operators.NAMES
    texts = Texts(language)
    for name, argument in ARGUMENTS.items():
        english = said(name, argument)
        told = texts.words(english)
        assert told is not None, english
        assert (told == english) is (english in OWN_WORDS), english
    assert texts.words(said("empty", False)) not in {None, "not empty"}
    assert texts.words(said("within", {"hours": 24})) is not None
    assert texts.words(said("older", {"days": 2})) is not None
    assert texts.words(said("ahead", {"hours": 2})) is not None


@pytest.mark.parametrize(
    ("language", "english", "told"),
    [
        ("ru", "at least 60", "не менее 60"),
        ("ru", "not older than 1 days", "не старше 1 дня"),
        ("ru", "not older than 22 days", "не старше 22 дней"),
        ("ru", "31 days or more ahead", "не ранее чем через 31 день"),
        ("es", "not older than 1 days", "de hace 1 día como máximo"),
        ("es", "number of entries: at most 5", "número de entradas: 5 como máximo"),
        ("it", "from 1 to 10", "da 1 a 10"),
        ("pt-BR", "one of TCP, UDP", "um de: TCP, UDP"),
        ("pt", "A or B or C", "A ou B ou C"),
        ("es", "at most 10% of devices", "10 % de los dispositivos como máximo"),
        ("ru", "3 of 60 judged devices fail, 2 could not be judged",
         "не соответствуют: 3 из 60 оценённых устройств, не удалось оценить: 2"),
        ("es", "read as X, by inference; shortened from 3000 characters",
         "se lee como «X», por deducción; recortado; en total 3000 caracteres"),
        ("es", "a; b/list.json breaks off", "a; b/list.json está cortado"),
        ("it", "locked by an upper policy (Top / Sites; all)", "bloccato da un criterio superiore (Top / Sites; all)"),
        ("es", "SS_GetNames {..}  for each SCServer", "SS_GetNames {..}  para cada SCServer"),
        ("ru", "2 inputs could be read only in part or not at all",
         "входных файлов, прочитанных лишь частично или не прочитанных вовсе: 2"),
    ],
)  # fmt: skip
def test_words_of_evidence(language, english, told):
    assert " ".join((Texts(language).words(english) or "").split()) == " ".join(told.split())


@pytest.mark.parametrize("language", OTHERS)
def test_who_holds_a_lock_is_said(language):
    locks = [
        Lock(own, above, inherited, policy, group)
        for own in (False, True)
        for above in (False, True)
        for inherited in (False, True)
        for policy, group in (("", ""), ("Top", ""), ("Top", "Sites and more"))
    ]
    for english in {lock_words(lock) for lock in locks}:
        assert Texts(language).words(english) not in {None, english}


@pytest.mark.parametrize("text", ["Recommended", "Backup", "SCServer", "010", "", "C:\\x", "Yes", "Prompt,Block"])
def test_a_value_is_never_translated(text):
    """Not even where the same word is a heading or the title of a baseline."""
    texts = Texts("ru", {"Recommended": "Рекомендуемый", "Backup": "Резервное хранилище"})
    assert texts.words(text) == text
    assert texts.words(f"one of {text or 'A'}, Z") == f"одно из: {text or 'A'}, Z"


def test_a_word_of_the_checks_own_vocabulary_is():
    texts = Texts("ru", {"running": "работает"})
    assert texts.words("read as running") == "прочитано как «работает»"
    assert texts.words("one of running, Stopped") == "одно из: работает, Stopped"


@pytest.mark.parametrize(
    "english",
    [
        "not a shared folder", "with great care", "one of the first", "at least something", "a word or two more",
        "number of entries: quite a few", "from here to there", "read as is well known", "closed; and then something",
    ],
)  # fmt: skip
def test_prose_that_nobody_translated_stays_as_it_is(english):
    """A sentence of a third party must not be translated by half because it begins like one of the tool's."""
    assert Texts("es").words(english) is None


def test_half_a_translation_is_none():
    texts = Texts("es", {"locked door": "puerta cerrada"})
    assert texts.words("locked door; absent") == "puerta cerrada; ausente"
    assert texts.words("locked door; open window") is None


MESSAGES = {
    "It is {current}, expected {expected}.": "Se esperaba {expected}, pero es {current}.",
    "{setting} is {current}.": "{setting} es {current}.",
    "The key ended.": "La clave terminó.",
    "Devices: {failed} of {judged}.": "Dispositivos: {failed} de {judged}.",
}


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("The key ended.", "La clave terminó."),
        ("It is 5, expected at least 60.", "Se esperaba 60 como mínimo, pero es 5."),
        ("It is 5, expected SCServer.", "Se esperaba SCServer, pero es 5."),
        ("It is at least 60, expected No.", "Se esperaba No, pero es at least 60."),
        ("It is absent, expected No.", "Se esperaba No, pero es absent."),
        ("It is 5, expected a quiet room.", None),
        ("app.Proxy is <b>{x}\n</b>.", "app.Proxy es <b>{x}\n</b>."),
        ("The door is open.", None),
        ("Something else.", None),
        ("Devices: 3 of 60.", "Dispositivos: 3 de 60."),
    ],
)
def test_messages(english, told):
    assert Texts("es", MESSAGES).message(english, {"app.Proxy"}) == told


def test_no_value_is_said_in_the_language_where_there_was_none():
    texts = Texts("es", MESSAGES)
    assert texts.message("It is absent, expected No.", absent=True) == "Se esperaba No, pero es ausente."


def test_what_a_schema_finds_stands_for_the_value():
    texts = Texts("ru", {"Too high: {current}.": "Слишком много: {current}."})
    found = texts.message("Too high: 15 is greater than the maximum of 14.")
    assert found == "Слишком много: 15 больше максимума 14."


@given(st.text(), st.text())
def test_values_of_a_message_come_through_as_they_are(current, setting):
    """Braces, tags, line ends, nothing at all: whatever an export holds."""
    texts = Texts("es", {"On {setting} it is {current}!": "¡Es {current} en {setting}!"})
    english = f"On {setting} it is {current}!"
    if " it is " not in setting + current:
        assert texts.message(english, {setting}) == f"¡Es {current} en {setting}!"
    assert texts.message(english, {f"{setting}?"}) is None


def test_a_whole_text_is_found_by_all_of_it():
    texts = Texts("es", {"A title": "Un título"})
    assert texts.text("A title\n") == "Un título"
    assert texts.text("A title!") is None
    assert texts.text("at least 60") is None


@pytest.mark.parametrize(
    "source",
    [
        '{"a {x}": "b"}',
        '{"a {x}": "b {y}"}',
        "a {x}: b {y}",
        '{"a": "b", "a": "c"}',
        '{"a": 1}',
        '{"a": " "}',
        "{",
        "[]",
    ],
)
def test_translations_that_cannot_be_right_are_refused(source):
    with pytest.raises(ContentError):
        load_texts(source, "es.yaml")


def test_json_and_yaml_say_the_same():
    assert load_texts('{"a {x}": "{x} b"}', "es") == load_texts("a {x}: '{x} b'", "es") == {"a {x}": "{x} b"}


def test_an_unknown_language_is_named():
    with pytest.raises(UsageProblem, match="no language 'xx'"):
        Texts("xx")


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_of_the_tool_differs_from_english(language):
    own, english = catalogue(language, AREA), catalogue("en", AREA)
    assert [name for name in english if own[name] == english[name]] == []
