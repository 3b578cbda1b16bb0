"""The language of a contact or person: stated, or a default that is shown as one and never recorded."""

from __future__ import annotations

import json

import pytest

from auditor.accounts.people import Contact, Person
from auditor.errors import ContentError


@pytest.fixture
def peopled(acme, auditor):
    """Commands on a store with acme (Italian), its contact C-0001 and the account manager P-0002."""
    auditor.said("account", "change", "acme", "--language", "it", "--language", "en")
    auditor.said("contact", "add", "acme", "--name", "First Contact")
    return auditor


def document(auditor, *words):
    return json.loads(auditor.said(*words, "--format", "json"))


def last_saved(store, stream, ident):
    with store.reading() as reading:
        return reading.events(stream, ident)[-1].payload


def test_a_default_is_shown_as_one_and_not_recorded(peopled, acme):
    assert "it (default)" in peopled.said("contact", "list", "acme")
    assert "it (default)" in peopled.said("contact", "show", "C-0001")
    assert "en (default)" in peopled.said("tam", "show", "P-0002")
    assert "en (default)" in peopled.said("tam", "list")
    for words in (("contact", "show", "C-0001"), ("tam", "show", "P-0002")):
        assert document(peopled, *words)["language"] is None
    assert document(peopled, "contact", "show", "C-0001")["reads"] == "it"
    assert document(peopled, "tam", "show", "P-0002")["reads"] == "en"
    assert "language" not in last_saved(acme, "contact", "C-0001")
    assert "language" not in last_saved(acme, "person", "P-0002")


def test_the_default_follows_the_account_until_one_is_stated(peopled):
    peopled.said("account", "change", "acme", "--language", "ru")
    assert document(peopled, "contact", "show", "C-0001")["reads"] == "ru"
    peopled.said("contact", "change", "C-0001", "--language", "pt_BR")
    peopled.said("account", "change", "acme", "--language", "es")
    shown = document(peopled, "contact", "show", "C-0001")
    assert (shown["language"], shown["reads"]) == ("pt-BR", "pt-BR")
    assert "default" not in peopled.said("contact", "show", "C-0001")


def test_stated_kept_by_other_changes_handed_out_and_taken_away(peopled, acme, tmp_path):
    peopled.said("contact", "change", "C-0001", "--language", "es")
    peopled.said("contact", "change", "C-0001", "--phone", "+34 1")
    assert last_saved(acme, "contact", "C-0001")["language"] == "es"
    assert json.loads(peopled.said("contact", "export", "C-0001"))["language"] == "es"
    assert "unchanged" in peopled.said("contact", "change", "C-0001", "--language", "ES")
    peopled.said("contact", "change", "C-0001", "--language", "")
    assert "language" not in last_saved(acme, "contact", "C-0001")
    assert json.loads(peopled.said("contact", "export", "C-0001"))["language"] is None


def test_a_person_goes_out_and_comes_in_with_the_language(peopled, acme, tmp_path):
    plain = peopled.said("tam", "export", "P-0002")
    assert "language" not in plain
    peopled.said("tam", "change", "P-0002", "--language", "es-419")
    file = tmp_path / "person.yaml"
    file.write_text(peopled.said("tam", "export", "P-0002").replace("P-0002", "P-0077"), encoding="utf-8")
    peopled.said("tam", "add", "--from", str(file))
    assert last_saved(acme, "person", "P-0077")["language"] == "es-419"


@pytest.mark.parametrize("language", ["de", "english", "es-", "pt-Brazil", "es-/../x", "e"])
def test_only_what_the_product_speaks(peopled, language):
    assert "no language" in peopled.refused("contact", "change", "C-0001", "--language", language).message
    assert isinstance(peopled.refused("tam", "change", "P-0002", "--language", language), ContentError)
    assert isinstance(peopled.refused("account", "change", "acme", "--language", language), ContentError)


def test_erasing_takes_the_language_from_what_is_known_now(peopled, acme):
    peopled.said("contact", "change", "C-0001", "--language", "es")
    peopled.said("tam", "change", "P-0002", "--language", "es")
    peopled.said("contact", "erase", "C-0001", "--yes")
    peopled.said("tam", "erase", "P-0002", "--yes")
    assert "language" not in last_saved(acme, "contact", "C-0001")
    assert "language" not in last_saved(acme, "person", "P-0002")


def test_what_was_recorded_before_there_were_languages_is_read():
    """Documents as versions without languages wrote them; what is unchanged is written as it was."""
    old = {"account": "acme", "role": "contact", "authorised_from": "2026-01-01T00:00:00.000000Z"}
    old |= {"authorised_to": None, "personal": "", "erased": False}
    contact = Contact.from_document("C-1", old)
    assert (contact.language, contact.to_document()) == ("", old)
    staff = {"calendar": "office", "personal": "", "erased": False}
    person = Person.from_document("P-1", staff)
    assert (person.reads, person.to_document()) == (("en", False), staff)
