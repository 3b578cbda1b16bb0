"""Private patches come with commercially reasonable efforts; nothing says when (RULE-PP-3)."""

from __future__ import annotations

import re

import click
import pytest

from auditor.cli.patch import patch
from auditor.phrases import LANGUAGES, catalogue

PAST = {"patch_terms_accepted": {"at"}, "patch_line": {"delivered"}}
"""Phrases that say when something has happened."""
TIMES = {"at", "delivered", "date", "due", "deadline", "by", "until", "when", "day", "days"}
WORDS = {
    "en": r"deadline|until|within|soon|tomorrow|hours?|days?|weeks?|months?|expected|estimated|eta|schedule[ds]?",
    "es": r"plazo|hasta|dentro de|pronto|mañana|horas?|días?|semanas?|mes(?:es)?|previst[oa]|estimad[oa]|cuanto antes",
    "it": r"scadenza|entro|presto|domani|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|previst[oa]|stimat[oa]",
    "ru": r"срок\w*|скоро|завтра|часа|час(?:ов|ы)?|дн(?:ей|я|и)|день|недел\w*|месяц\w*|ожида\w*|планиру\w*|в течение",
    "pt": r"prazo|até|dentro de|em breve|amanhã|horas?|dias?|semanas?|m[eê]s(?:es)?|previst[oa]|estimad[oa]",
}
DENIED = {
    "en": "neither a result nor a date is promised",
    "es": "no se promete ni un resultado ni una fecha",
    "it": "non promette né un risultato né una data",
    "ru": "ни результат, ни дата не обещаются",
    "pt": "não promete nem um resultado nem uma data",
}


def said(language):
    return {name: text for name, text in catalogue(language, "requests").items() if name.startswith("patch_")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_promises_a_day(language):
    for name, text in said(language).items():
        assert set(re.findall(r"{(\w+)}", text)) & TIMES <= PAST.get(name, set()), name
        assert not re.search(rf"\b(?:{WORDS[language]})\b", text, re.IGNORECASE), (name, text)
        assert not re.search(r"[0-9]", re.sub(r"{\w+}|SHA-256", "", text)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_efforts_are_named_and_promises_denied(language):
    phrases = said(language)
    assert DENIED[language] in phrases["patch_effort"]
    promising = [name for name, text in phrases.items() if re.search(r"promis|promet|обеща", text)]
    assert promising == ["patch_effort"]


def test_the_check_above_would_notice():
    promises = {
        "en": "The patch comes within two weeks.",
        "es": "El parche llega dentro de dos semanas.",
        "it": "La patch arriva entro due settimane.",
        "ru": "Исправление придёт в течение недели.",
        "pt": "O patch chega dentro de duas semanas.",
    }
    for language, text in promises.items():
        assert re.search(rf"\b(?:{WORDS[language]})\b", text, re.IGNORECASE)


def test_no_command_takes_a_promised_day():
    stated = {
        option.name
        for command in patch.commands.values()
        for option in command.params
        if isinstance(option, click.Option)
    }
    assert "at" in stated  # when something has happened
    assert not {name for name in stated if re.search("date|due|eta|promise|expect|deadline|until|when", name)}
