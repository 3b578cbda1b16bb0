"""The yearly Health Check of two accounts over two contract years, told with the real commands.

    python examples/story/story.py --out DIR

DIR is new or empty. Afterwards it holds the store, exports, invitations and deliveries of the story. Names and hosts
are invented; instants are given, so that the same commands always meet the same calendar.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import madrid
import sao_paulo
from stage import Stage


def tell(stage: Stage) -> None:
    """From the first request to the history of both years."""
    _set_up(stage)
    madrid.first_year(stage)
    sao_paulo.first_year(stage)
    madrid.second_year(stage)
    sao_paulo.second_year(stage)
    stage.chapter("What remains")
    for account in ("madrid", "saopaulo"):
        stage.run("history", account, "--kind", "health_check", "--kind", "report", "--language", "en", most=60)
    stage.run("engagement", "list")
    stage.run("db", "check")


def _set_up(stage: Stage) -> None:
    stage.chapter("January 2026: two accounts, three people, one key")
    stage.at("2026-01-05T10:00", "Europe/Madrid")
    places = (("madrid", "Europe/Madrid", "ES", "MD"), ("saopaulo", "America/Sao_Paulo", "BR", "SP"))
    for place, zone, country, region in places:
        where = ("--zone", zone, "--country", country, "--subdivision", region)
        stage.run("calendar", "save", place, *where, "--window", "09:00-18:00", most=1)
        language = "es" if country == "ES" else "pt"
        named = ("--name", f"Account {place}", "--calendar", place, "--language", language)
        stage.run("account", "create", place, *where, *named, most=1)
    stage.run("tam", "add", "--name", "Duty Manager", "--calendar", "madrid")
    stage.run("tam", "assign", "P-0001", "--role", "duty_manager")
    for number, (place, *_) in enumerate(places, 2):
        person = f"P-000{number}"
        mail = f"tam-{place}@example.com"
        stage.run("tam", "add", "--name", f"Manager of {place}", "--email", mail, "--calendar", place)
        stage.run("tam", "assign", person, "--role", "tam", "--account", place)
    _contracts(stage)
    stage.run("key", "create", "story")
    stage.run("key", "export", "story", "--out", "story.pem")


def _contracts(stage: Stage) -> None:
    stage.say("Enterprise includes the Health Check. Business does not, so that contract agrees on it with a reason.")
    years = ("--valid-from", "2026-02-01", "--valid-to", "2028-02-01")
    enterprise = ("--account", "madrid", "--programme", "msa-enterprise", "--support-calendar", "madrid")
    stage.run("contract", "create", "K-madrid", *enterprise, *years, most=2)
    business = ("--account", "saopaulo", "--programme", "msa-business", "--support-calendar", "saopaulo")
    agreed = ("--override", "entitlements.health_check=true", "--reason", "annex 1")
    stage.run("contract", "create", "K-saopaulo", *business, *years, *agreed, most=2)
    for account in ("madrid", "saopaulo"):
        stage.run("contact", "add", account, "--name", "First Contact", "--email", f"first-{account}@example.com")


def main() -> None:
    """Take the folder from the command line and tell the story."""
    parser = argparse.ArgumentParser(description="Two years of Health Checks, told with the real commands.")
    parser.add_argument("--out", type=Path, required=True, help="a new or an empty folder")
    stage = Stage(parser.parse_args().out)
    with stage.lit():
        tell(stage)


if __name__ == "__main__":
    main()
