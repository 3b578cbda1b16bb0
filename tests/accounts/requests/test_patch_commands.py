"""auditor patch on both databases."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import add_account

SHA = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
OTHER = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
ON_SQLITE = pytest.mark.parametrize("location", ["sqlite"], indirect=True)
"""For what does not depend on the kind of database."""
EFFORT = {
    "en": "commercially reasonable efforts",
    "es": "esfuerzos comercialmente razonables",
    "it": "in modo commercialmente ragionevole",
    "ru": "коммерчески разумные усилия",
    "pt": "esforços comercialmente razoáveis",
}


def test_from_request_to_end(customer, tmp_path):
    acme = customer()
    opened = acme.json(*acme.patch("--phase-source", "support page of the product"))
    assert (opened["state"], opened["phase"], opened["incident"]) == ("requested", "full", "INC-000001")
    assert [acme.at(n, "patch", *words, "1")["state"] for n, words in enumerate((["triage"], ["accept"]), 1)] == [
        "triage",
        "accepted",
    ]
    file = tmp_path / "pf2041.msp"
    file.write_bytes(b"patch\n" * 500_000)
    assert acme.at(3, "patch", "built", "1", "--note", "for build 12.6.0.438")["state"] == "built"
    error = acme.refused("patch", "deliver", "1", "--file", file)
    assert "nobody has accepted the terms of the licence yet" in str(error)
    assert "auditor patch accept-terms" in str(error)
    assert acme.json("patch", "list", "acme")["patches"] == []
    accepted = acme.at(4, "patch", "accept-terms", "1", "--by", "C-0001")
    assert accepted["terms"] == {"accepted_by": "contact:C-0001", "at": "2026-03-16T09:04:00.000000Z"}
    delivered = acme.at(5, "patch", "deliver", "1", "--file", file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert delivered["file"] == {"name": "pf2041.msp", "sha256": sha256}
    assert acme.at(6, "patch", "confirm", "1")["state"] == "confirmed"
    assert acme.json("incident", "list")["incidents"][0]["patch"] == "confirmed"


def delivered(acme, **file):
    """One private patch that was delivered half past ten."""
    acme.said(*acme.patch())
    for minute, words in enumerate((["triage"], ["accept"], ["built"], ["accept-terms", "--by", "C-0001"]), 1):
        acme.at(minute, "patch", words[0], "1", *words[1:])
    stated = {"name": "pf2041.msp", "sha256": SHA, **file}
    return acme.at(30, "patch", "deliver", "1", *(word for key in stated for word in (f"--{key}", stated[key])))


def test_the_list_holds_public_and_private_patches(customer, location):
    acme = customer()
    with open_store(location) as store, store.writing() as writing:
        add_account(writing, "other")
    assert acme.said("patch", "list", "acme") == "No patches are recorded for acme.\n"
    delivered(acme)
    public = ("--product", "KES for Linux", "--product-version", "12.1", "--name", "=cmd|' /C calc'!A0")
    acme.said("patch", "add-public", "acme", *public, "--sha256", OTHER.upper(), "--at", "2026-03-01T09:00")
    acme.said("patch", "add-public", "other", *public, "--sha256", OTHER, "--at", "2026-03-01T09:00")
    patches = acme.json("patch", "list", "acme")["patches"]
    assert [(one["visibility"], one["sha256"], one["incident"], one["delivered_at"]) for one in patches] == [
        ("public", OTHER, None, "2026-03-01T08:00:00.000000Z"),
        ("private", SHA, "INC-000001", "2026-03-16T09:30:00.000000Z"),
    ]
    assert patches[1] == {
        "id": "acme-INC-000001",
        "account": "acme",
        "incident": "INC-000001",
        "visibility": "private",
        "product": "KES for Windows",
        "version": "12.6",
        "name": "pf2041.msp",
        "sha256": SHA,
        "delivered_at": "2026-03-16T09:30:00.000000Z",
    }
    rows = list(csv.DictReader(io.StringIO(acme.said("patch", "list", "acme", "--format", "csv"))))
    assert [(row["visibility"], row["sha256"], row["incident"]) for row in rows] == [
        ("public", OTHER, ""),
        ("private", SHA, "INC-000001"),
    ]
    assert rows[0]["name"] == "'=cmd|' /C calc'!A0"
    text = acme.flat("patch", "list", "acme", "--language", "it")
    assert f"pubblica, per KES for Linux 12.1, 1 mar 2026, 09:00 +01:00, SHA-256 {OTHER} " in text
    assert text.endswith(f"SHA-256 {SHA}, da INC-000001")
    error = acme.refused("patch", "add-public", "acme", *public, "--sha256", OTHER)
    assert "in the list already" in str(error)
    with open_store(location) as store, store.reading() as reading:
        assert [event.type for event in reading.events("patch", "acme-INC-000001")] == ["saved"]


def test_terms_are_accepted_by_the_customer(customer, location):
    acme = customer()
    with open_store(location) as store, store.writing() as writing:
        add_account(writing, "other")
    acme.said("contact", "add", "other", "--name", "Second Contact")
    acme.said(*acme.patch())
    for who in (("--by", "C-0002"), ("--by", "C-9999"), ("--by", "person:P-0002"), (), ("--as", "person:P-0002")):
        assert "terms are accepted by the customer" in str(acme.refused("patch", "accept-terms", "1", *who)), who
    assert "there is no contact" in str(acme.refused("patch", "accept-terms", "1", "--as", "contact:C-9999"))
    before = ("--by", "C-0001", "--at", "2026-03-16T09:59")
    assert "lies before" in str(acme.refused("patch", "accept-terms", "1", *before))
    accepted = acme.at(1, "patch", "accept-terms", "1", "--as", "contact:C-0001")
    assert accepted["terms"]["accepted_by"] == "contact:C-0001"
    assert "First Contact (C-0001)" in acme.flat("patch", "show", "1")
    acme.said("contact", "erase", "C-0001", "--yes")
    acme.said(*acme.patch(by="P-0002"))
    assert "terms are accepted by the customer" in str(acme.refused("patch", "accept-terms", "2", "--by", "C-0001"))
    assert "First Contact" not in acme.flat("patch", "show", "1")
    assert "accepted by contact:C-0001" in acme.flat("patch", "show", "1")


@ON_SQLITE
def test_efforts_are_always_said(customer):
    """Whatever the state, nothing more than efforts is promised (RULE-PP-3)."""
    acme = customer()
    commands = [
        acme.patch(),
        ["patch", "triage", "1"],
        ["patch", "accept", "1"],
        ["patch", "built", "1"],
        ["patch", "accept-terms", "1", "--by", "C-0001"],
        ["patch", "deliver", "1", "--name", "p.msp", "--sha256", SHA],
        ["patch", "confirm", "1"],
    ]
    for words in commands:
        assert EFFORT["ru"] in acme.flat(*words, "--language", "ru"), words
        for language, effort in EFFORT.items():
            assert effort in acme.flat("patch", "show", "1", "--language", language), words


@ON_SQLITE
def test_phases(customer):
    acme = customer()
    limited = acme.json(*acme.patch(phase="limited"))
    assert [one["code"] for one in limited["remarks"]] == ["patch_at_discretion"]
    assert acme.flat("patch", "show", "1").count("at Kaspersky's discretion") == 1
    assert acme.flat(*acme.patch(phase="limited")).count("at Kaspersky's discretion") == 1
    error = acme.refused(*acme.patch(phase="unsupported"))
    assert error.message == "KES for Windows 12.6 is not supported any more: no private patch can be asked for."
    assert "Upgrade to a supported version" in error.hint
    error = acme.refused(*acme.patch("--language", "es", phase=None))
    assert error.message == "Nadie ha indicado la fase de soporte de KES for Windows 12.6."
    assert "--phase full, limited o unsupported" in error.hint
    acme.at(1, "patch", "triage", "1", "--phase", "unsupported")
    assert "advise an upgrade" in str(acme.refused("patch", "accept", "1"))
    assert acme.at(2, "patch", "decline", "1", "--reason", "no support any more")["state"] == "declined"
    assert [one["id"] for one in acme.json("patch", "requests", "acme")["requests"]] == ["INC-000002", "INC-000001"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("programme", "said"),
    [
        ("msa-start", "MSA Start does not include private patches. (uncertain: The sheet does not offer it"),
        ("msa-business", "MSA Business does not include private patches. (uncertain: The sheet does not offer it"),
        ("enhanced-tam", "Nobody says whether Enhanced with TAM includes private patches. (Ask Kaspersky"),
        ("", "Nobody says whether Standard support includes private patches. (Ask Kaspersky"),
    ],
)
def test_programmes(customer, programme, said):
    """What a sheet does not clearly say is refused or asked, and never without its mark."""
    acme = customer(programme)
    assert said in str(acme.refused(*acme.patch()))
    confirmed = acme.patch("--confirm-entitlement", "the TAM, by mail", "--phase-source", "support page")
    if "Nobody" in said:
        assert acme.json(*confirmed)["entitlement"] == "the TAM, by mail"
        assert "the TAM, by mail" in acme.flat("patch", "show", "1")
    else:
        assert "does not include" in str(acme.refused(*confirmed))
        assert acme.json("patch", "requests")["requests"] == []


@ON_SQLITE
def test_a_contract_can_add_it(customer):
    terms = {"overrides": {"entitlements": {"private_patch": {"value": True, "reason": "agreed by letter"}}}}
    acme = customer("msa-business", **terms)
    opened = acme.json(*acme.patch("--confirm-entitlement", "is not needed"))
    assert (opened["state"], opened["entitlement"]) == ("requested", "")


def test_out_of_order_leaves_no_trace(customer, location):
    acme = customer()
    acme.said(*acme.patch())
    for words in (("accept",), ("built",), ("confirm",), ("decline", "--reason", "x"), ("deliver", "--name", "p")):
        more = ("--sha256", SHA) if words[0] == "deliver" else ()
        acme.refused("patch", words[0], "1", *words[1:], *more)
    with open_store(location) as store, store.reading() as reading:
        assert [one.type for one in reading.events("incident", "INC-000001") if "patch" in one.type] == []
        assert reading.documents("patch") == {}
    assert "is of the type private_patch" in str(acme.refused("avdb", "step", "1", "1"))
    assert "auditor patch requests" in str(acme.refused("patch", "show", acme.open()))


def test_hostile_names_are_shown_harmless(customer):
    acme = customer()
    name = "pf\x1b]0;owned\x07.msp\nid: 1"
    delivered(acme, name=name)
    text = acme.said("patch", "show", "1") + acme.said("patch", "list", "acme")
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "Patch: pf\\x1b]0;owned\\x07.msp\\nid: 1\n" in text
    assert acme.json("patch", "list", "acme")["patches"][0]["name"] == name
    acme.refused("patch", "add-public", "acme", "--product", "KES", "--product-version", "1", "--name", "n" * 256)


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_pages_fit_80_columns(customer, language):
    """With a name, a source and a reason of more than a line, and a word that is longer than a line."""
    acme = customer()
    long = "of the letter that the account manager wrote to the customer on Monday " + "x" * 90
    asked = acme.patch("--phase-source", long, "--language", language, title=long[:200])
    pages = [acme.said(*asked)]
    acme.said("patch", "triage", "1", "--note", long, "--at", "2026-03-16T10:01")
    public = ("--product", "KES for Linux", "--product-version", "12.1", "--name", f"{'y' * 100}.zip")
    acme.said("patch", "add-public", "acme", *public, "--sha256", SHA, "--at", "2026-03-01T09:00")
    for words in (("show", "1"), ("list", "acme"), ("requests",)):
        pages.append(acme.said("patch", *words, "--language", language))
    lines = [line for page in pages for line in page.splitlines()]
    assert max(map(len, lines)) <= 80
    assert len(lines) > 20


@ON_SQLITE
def test_what_cannot_be_listed_or_added(customer):
    acme = customer()
    public = ("patch", "add-public", "acme", "--product", "KES", "--product-version", "1")
    assert "the name of the patch is missing" in str(acme.refused(*public, "--sha256", SHA))
    assert "no SHA-256" in str(acme.refused(*public, "--name", "p.msp"))
    future = (*public, "--name", "p.msp", "--sha256", SHA, "--at", "2099-01-01T10:00")
    assert "in the future" in str(acme.refused(*future))
    assert "there is no account 'nobody'" in str(acme.refused("patch", "list", "nobody"))
