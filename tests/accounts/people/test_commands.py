"""The commands around accounts, contracts, contacts, people and calendars, on both databases."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from auditor.cli.main import cli
from auditor.errors import ContentError, RuleBroken, StoreError, UsageProblem
from tests.accounts.people.samples import submit

ACCOUNT = ("--name", "Acme", "--zone", "Europe/Madrid", "--country", "ES", "--calendar", "office")
VALID = ("--valid-from", "2026-03-01", "--valid-to", "2027-03-01", "--support-calendar", "office")


@pytest.fixture
def office(auditor):
    """A store with the calendar office, made by commands."""
    auditor.said("calendar", "save", "office", "--zone", "Europe/Madrid", "--country", "ES", "--window", "09:00-18:00")
    return auditor


@pytest.fixture
def peopled(acme, auditor):
    """Commands on a store with acme, the duty manager P-0001 and the account manager P-0002."""
    return auditor


def document(auditor, *words):
    return json.loads(auditor.said(*words, "--format", "json"))


def narrow(text):
    assert max(len(line) for line in text.splitlines()) <= 80, text
    return text


def test_from_calendar_to_contract_by_commands(office):
    peopled = office
    peopled.said("account", "create", "acme", *ACCOUNT)
    for name in ("Second Manager", "First Manager"):
        peopled.said("tam", "add", "--name", name, "--calendar", "office", "--email", "x@example.com")
    peopled.said("tam", "assign", "P-0001", "--role", "duty_manager", "--from", "2026-01-01")
    peopled.said("tam", "assign", "P-0002", "--role", "tam", "--account", "acme", "--from", "2026-01-01")
    said = peopled.said("contract", "create", "K-1", "--account", "acme", "--programme", "msa-enterprise", *VALID)
    assert said == "contract K-1 saved\n"
    assert "Enterprise" in narrow(peopled.said("contract", "show", "K-1"))
    shown = document(peopled, "account", "show", "acme")
    assert (shown["tam"], shown["duty_managers"]) == ("P-0002", ["P-0001"])
    assert [one["programme"] for one in shown["contracts"]] == ["msa-enterprise"]
    assert "First Manager" in narrow(peopled.said("account", "show", "acme"))


PAGES = (
    "account list",
    "account show acme",
    "contract list",
    "contract list acme",
    "contract show K-1",
    "contract show K-1 --language ru",
    "contact list acme --all",
    "tam list",
    "tam show P-0001",
    "tam board",
    "calendar list",
)


def test_every_page_fits_80_columns_and_has_a_document(business, auditor):
    auditor.said("contact", "add", "acme", "--name", "First Contact", "--email", "first.contact@example.com")
    for page in PAGES:
        narrow(auditor.said(*page.split()))
        assert document(auditor, *page.split()), page


def test_the_page_of_a_contract_never_prints_a_marked_value_bare(peopled):
    said = peopled.said(
        "contract", "create", "K-1", "--account", "acme", "--programme", "enhanced-tam", "--plus-licence", *VALID,
        "--override", "targets.2.unit=business_hour", "--reason", "mail of 3 March",
    )  # fmt: skip
    assert "uncertain for level 3, 4" in said
    page = peopled.said("contract", "show", "K-1")
    assert re.search(r"Level 3 Medium +6 hours \[\?\d+\]\n", page)
    number = re.search(r"Level 2 High +4 business hours \[(\d+)\]\n", page)[1]
    assert f"[{number}] agreed in the contract: mail of 3 March." in page
    shown = document(peopled, "contract", "show", "K-1")
    assert [shown["targets"][level]["marks"] for level in "1234"] == [[], [], ["uncertain"], ["uncertain"]]
    assert shown["contacts"]["limit"]["value"] == 8


def test_the_page_of_a_contract_counts_what_is_used(business, auditor):
    from datetime import UTC, datetime

    with business.writing() as writing:
        submit(writing, datetime(2026, 5, 4, 8, tzinfo=UTC), "C-1")
        submit(writing, datetime(2026, 5, 4, 9, tzinfo=UTC), "C-1")
    quota = document(auditor, "contract", "show", "K-1")["quota"]
    assert (quota["used"], quota["left"], quota["limit"]["value"]) == (2, 34, 36)
    assert quota["period"] == {"from": "2026-03-01", "to": "2027-03-01"}
    assert quota["period_marks"] == ["uncertain"]
    assert re.search(
        r"2 of 36 used, 34 left from 2026-03-01 to\s+2027-02-28 \[\?\d+\]", auditor.said("contract", "show", "K-1")
    )


def test_what_export_writes_from_takes_back(peopled, tmp_path):
    peopled.said(
        "contract", "create", "K-1", "--account", "acme", "--programme", "msa-business", *VALID, "--licence", "yes",
        "--override", "thresholds=0.5,0.8,1", "--override", "rank=1", "--certificate", "0012", "--reason", "on: paper",
    )  # fmt: skip
    file = tmp_path / "exported.yaml"
    for kind, ident, called in (
        ("account", "acme", "account"),
        ("contract", "K-1", "contract"),
        ("tam", "P-0001", "person"),
    ):
        file.write_text(peopled.said(kind, "export", ident), encoding="utf-8")
        before = document(peopled, kind, "export", ident)
        assert peopled.said(kind, "change", ident, "--from", str(file)).startswith(f"{called} {ident} unchanged")
        assert document(peopled, kind, "export", ident) == before


def test_a_contract_is_made_from_the_export_of_another(peopled, tmp_path):
    peopled.said("contract", "create", "K-1", "--account", "acme", "--programme", "msa-business", *VALID)
    file = tmp_path / "exported.yaml"
    file.write_text(peopled.said("contract", "export", "K-1"), encoding="utf-8")
    peopled.said(
        "contract", "create", "K-2", "--from", str(file), "--valid-from", "2027-03-01", "--valid-to", "2028-03-01"
    )
    assert document(peopled, "contract", "export", "K-2")["valid_to"] == "2028-03-01"


def test_calendars_come_back_from_their_export(office, tmp_path):
    file = tmp_path / "office.yaml"
    file.write_text(office.said("calendar", "export", "office").replace("id: office", "id: copy"), encoding="utf-8")
    assert office.said("calendar", "import", str(file)) == "calendar copy is version 1\n"
    assert office.said("calendar", "import", str(file)) == "calendar copy is version 1\n"
    first, second = document(office, "calendar", "list")["calendars"]
    assert {**first, "id": "", "used_by": 0} == {**second, "id": "", "used_by": 0}
    assert "Mon-Fri 09:00-18:00" in office.said("calendar", "list")


def test_an_option_with_nothing_takes_a_value_away(peopled):
    peopled.said("account", "change", "acme", "--subdivision", "MD")
    assert document(peopled, "account", "show", "acme")["subdivision"] == "MD"
    peopled.said("account", "change", "acme", "--subdivision", "")
    assert document(peopled, "account", "show", "acme")["subdivision"] == ""


def test_overrides_come_and_go_by_options(peopled):
    peopled.said("contract", "create", "K-1", "--account", "acme", "--programme", "msa-business", *VALID)
    change = ("contract", "change", "K-1")
    peopled.said(
        *change, "--override", "entitlements.health_check=true", "--override", "max_contacts=3", "--reason", "r"
    )
    overrides = document(peopled, "contract", "show", "K-1")["overrides"]
    assert overrides == {
        "entitlements": {"health_check": {"value": True, "reason": "r"}},
        "max_contacts": {"value": 3, "reason": "r"},
    }
    peopled.said(*change, "--no-override", "max_contacts")
    assert list(document(peopled, "contract", "show", "K-1")["overrides"]) == ["entitlements"]
    assert "state --reason" in peopled.refused(*change, "--override", "rank=1").hint
    assert "write NAME=VALUE" in peopled.refused(*change, "--override", "rank").hint


def test_as_says_in_whose_name(peopled, store):
    peopled.said("account", "change", "acme", "--name", "New", "--as", "person:P-0002")
    with store.reading() as reading:
        assert reading.events("account", "acme")[-1].actor == "person:P-0002"
    assert "says not who acts" in str(peopled.refused("account", "change", "acme", "--name", "X", "--as", "P-0002"))
    assert "there is no person 'P-7'" in str(
        peopled.refused("account", "change", "acme", "--as", "person:P-7", "--name", "X")
    )


NEW = ("contract", "create", "K-9", "--programme", "msa-start", *VALID)
AWAY = ("tam", "absence", "add", "P-0001", "--to", "2026-10-26", "--from")
SAVE = ("calendar", "save", "x", "--window", "09:00-18:00", "--zone")
REFUSED = (
    (("account", "show", "nobody"), UsageProblem, "there is no account 'nobody'"),
    (("account", "create", "other"), ContentError, "name, time_zone, country, customer_calendar are missing"),
    (("account", "create", "acme", *ACCOUNT), RuleBroken, "the account acme is already there"),
    (("account", "change", "acme", "--from", "missing.yaml"), UsageProblem, "there is no such file"),
    (("contract", "show", "K-9"), UsageProblem, "there is no contract 'K-9'"),
    ((*NEW, "--account", "nobody"), UsageProblem, "there is no account 'nobody'"),
    (("contact", "add", "acme"), ContentError, "name is missing"),
    (("contact", "add", "nobody", "--name", "A B"), UsageProblem, "there is no account 'nobody'"),
    (("contact", "add", "acme", "--name", "A B", "--authorised-from", "soon"), ContentError, "authorised_from"),
    (("contact", "show", "C-9"), UsageProblem, "there is no contact 'C-9'"),
    (("tam", "assign", "P-9", "--role", "duty_manager"), UsageProblem, "there is no person 'P-9'"),
    (("tam", "add", "--name", "A B", "--calendar", "none"), UsageProblem, "there is no calendar 'none'"),
    ((*AWAY, "2026-10-25T02:30"), UsageProblem, "is not one instant in Europe/Madrid"),
    (("tam", "absence", "remove", "L-9"), UsageProblem, "there is no absence 'L-9'"),
    (("calendar", "export", "none"), UsageProblem, "there is no calendar 'none'"),
    ((*SAVE, "Europe/Madri"), ContentError, "there is no time zone 'Europe/Madri'"),
)


def test_errors_say_what_is_wrong_and_what_to_do(peopled):
    for words, kind, message in REFUSED:
        error = peopled.refused(*words)
        assert type(error) is kind, words
        assert message in str(error)
        assert error.hint, words


def test_absences_and_the_board(peopled):
    said = peopled.said(
        "tam", "absence", "add", "P-0002", "--from", "2020-01-01", "--to", "2100-01-01T12:00", "--reason", "sea"
    )
    assert said == "absence L-0001: P-0002 is away from 2020-01-01 00:00 +01:00 to 2100-01-01 12:00 +01:00\n"
    (card,) = document(peopled, "tam", "board")["accounts"]
    assert (card["account"], card["tam"]["state"], card["tam"]["name"]) == ("acme", "away", "First Manager")
    assert [one["person"] for one in card["duty_managers"]] == ["P-0001"]
    board = narrow(peopled.said("tam", "board", "--account", "acme"))
    assert "First Manager: away until 2100-01-01 12:00 +01:00" in board
    assert document(peopled, "tam", "board", "--person", "P-0009")["accounts"] == []
    peopled.said("tam", "absence", "remove", "L-0001")
    assert document(peopled, "tam", "board")["accounts"][0]["tam"]["state"] in {"available", "off_hours"}


def test_the_board_lists_open_requests_in_the_order_of_the_queue(business, auditor):
    from datetime import UTC, datetime

    with business.writing() as writing:
        for hour, level in ((8, 4), (9, 2), (10, 3)):
            submit(writing, datetime(2026, 5, 4, hour, tzinfo=UTC), "C-1", level)
    (card,) = document(auditor, "tam", "board")["accounts"]
    # level 2: 6 business hours from 11:00 in Madrid; level 4: 10 from 10:00, so the next day at 11:00
    assert [(one["id"], one["level"], one["deadline"]) for one in card["open"]] == [
        ("INC-000002", 2, "2026-05-04T15:00:00.000000Z"),
        ("INC-000003", 3, "2026-05-05T09:00:00.000000Z"),
        ("INC-000001", 4, "2026-05-05T09:00:00.000000Z"),
    ]
    assert "INC-000002  2      premium  submitted" in auditor.said("tam", "board")


def test_a_change_of_account_manager_by_command(peopled):
    words = ("tam", "assign", "P-0001", "--role", "tam", "--account", "acme", "--from", "2026-06-01")
    assert "--replace" in peopled.refused(*words).hint
    peopled.said(*words, "--replace")
    ended, begun = (
        next(one for one in document(peopled, "tam", "show", person)["assignments"] if one["role"] == "tam")
        for person in ("P-0002", "P-0001")
    )
    assert ended["valid_to"] == begun["valid_from"] == "2026-05-31T22:00:00.000000Z"


def test_contacts_by_commands(peopled):
    assert peopled.said("contact", "add", "acme", "--name", "First Contact") == "contact C-0001 saved\n"
    peopled.said("contact", "change", "C-0001", "--phone", "+34 1", "--role", "administrator")
    shown = document(peopled, "contact", "show", "C-0001")
    assert shown["personal"] == {"name": "First Contact", "email": "", "phone": "+34 1"}
    assert (shown["role"], shown["authorised_now"]) == ("administrator", True)
    peopled.said("contact", "remove", "C-0001")
    assert document(peopled, "contact", "list", "acme")["contacts"] == []
    assert "no longer" in peopled.said("contact", "list", "acme", "--all")


def test_reading_makes_no_store(tmp_path):
    done = CliRunner().invoke(cli, ["account", "list"], env={"AUDITOR_DB": str(tmp_path / "none.db")})
    assert isinstance(done.exception, StoreError)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("ident", ["bad id", "b\u00f1", "../x", "x" * 65, "-x"])
def test_a_calendar_has_an_id_that_needs_no_quoting(auditor, tmp_path, ident):
    words = ("--zone", "Europe/Madrid", "--window", "09:00-18:00")
    assert "cannot be the id of a calendar" in auditor.refused("calendar", "save", *words, "--", ident).message
    auditor.said("calendar", "save", "office", *words)
    file = tmp_path / "calendar.yaml"
    file.write_text(auditor.said("calendar", "export", "office").replace("office", f"'{ident}'", 1), encoding="utf-8")
    assert "cannot be the id of a calendar" in auditor.refused("calendar", "import", str(file)).message


def test_categories_are_those_of_a_country(auditor):
    words = ("--zone", "Europe/Madrid", "--window", "09:00-18:00", "--category", "nonsense")
    assert "without a country" in auditor.refused("calendar", "save", "office", *words).message
    assert "has no category" in auditor.refused("calendar", "save", "office", *words, "--country", "ES").message
    plain = ("--zone", "Europe/Madrid", "--window", "09:00-18:00", "--category", "public")
    assert "version 1" in auditor.said("calendar", "save", "office", *plain)


def test_bytes_that_are_no_text_are_refused_in_words(acme, auditor):
    """As a terminal hands them on that speaks another encoding."""
    said = ("contact", "add", "acme", "--name", "x\udcffy")
    assert "bytes that are no characters" in auditor.refused(*said).message
