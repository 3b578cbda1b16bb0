"""Pages in a language are in that language, and nothing is named as the machine names it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Valid", "in force", "1 of 36 used, 35 left from 2026-01-01 to 2026-12-31", "1 authorised, at most 4")),
        ("es", ("Vigencia", "en vigor", "1 de 36 usadas, quedan 35 de 2026-01-01 a 2026-12-31", "1 autorizados")),
        ("it", ("Validità", "in vigore", "1 di 36 usate", "1 autorizzati, al massimo 4")),
        ("ru", ("Действует", "в силе", "использовано 1 из 36, осталось 35 за 2026-01-01", "допущено 1, не более 4")),
        ("pt", ("Vigência", "em vigor", "1 de 36 usadas, restam 35 de 2026-01-01 a 2026-12-31", "1 autorizados")),
    ],
)
def test_the_page_of_a_contract(customer, language, words):
    commands = customer("msa-business")
    commands.open("slow")
    page = " ".join(commands.said("contract", "show", "K-1", "--language", language).split())
    assert not [word for word in words if word not in page]
    if language != "en":
        assert not [word for word in ("Valid ", "Now", "Terms", "used", "authorised", "Duty managers") if word in page]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("told to technical account manager", "databases: new to blocked by its databases")),
        ("es", ("comunicado a administrador técnico", "bloqueada por sus bases")),
        ("ru", ("новый → заблокирован",)),
    ],
)
def test_history_names_roles_and_states(customer, language, words):
    commands = customer("msa-business")
    asked = ("--reason", "false_positive", "--detection", "x", "--sha256", "a" * 64, "--level", 2, "--by", "C-0001")
    product = ("--product", "KES", "--product-version", "12", "--at", "2026-03-16T10:00")
    commands.said("avdb", "request", "acme", *asked, *product)
    commands.said("tick", "--at", "2026-03-16T16:00")
    page = " ".join(commands.said("history", "acme", "--language", language).split())
    assert not [word for word in words if word not in page]
    for name in ("blocked_old_databases", "duty_manager", "assignee", " tam"):
        assert name not in page


@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_reports_name_roles_in_words(customer, language, tmp_path):
    commands = customer("msa-business")
    commands.open("slow")
    commands.said("tick", "--at", "2026-03-17T10:00")
    period = ("--from", "2026-03-01", "--to", "2026-03-31", "--language", language, "--format", "html")
    commands.said("service-report", "on-demand", "--account", "acme", *period, "--out", tmp_path)
    (page,) = (file.read_text(encoding="utf-8") for file in tmp_path.glob("*.html"))
    assert "INC-000001" in page
    for name in ("duty_manager", "assignee", "response_time"):
        assert name not in page


def test_a_history_of_no_time_writes_nothing(customer, tmp_path):
    commands = customer("msa-business")
    file = tmp_path / "history.txt"
    words = ("history", "acme", "--from", "2026-05-01", "--to", "2026-04-01", "--out", file)
    assert "does not lie after" in commands.refused(*words).message
    assert not file.exists() or not file.read_bytes()


def test_times_that_the_clocks_skip_or_repeat(customer):
    commands = customer("msa-business")
    asked = ("incident", "open", "acme", "--title", "x", "--level", 3, "--by", "C-0001", "--at")
    skipped = commands.refused(*asked, "2026-03-29T02:30").hint
    assert skipped.endswith("2026-03-29T01:30+01:00 or 2026-03-29T03:30+02:00")
    twice = commands.refused(*asked, "2026-10-25T02:30").hint
    assert twice.endswith("2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00")
