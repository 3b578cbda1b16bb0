"""São Paulo: two weeks by the date there, national holidays, all findings promoted, an export that was forgotten."""

from __future__ import annotations

import exports
from stage import Stage
from steps import Account, agree, circumstances, consent, deliver, request

ZONE = "America/Sao_Paulo"
SAO_PAULO = Account("saopaulo", ZONE, "C-0002", "P-0003", "pt")
TAM = ("--as", "person:P-0003")
FIRST, SECOND = "exports/saopaulo-2026", "exports/saopaulo-2027"


def first_year(stage: Stage) -> None:
    """Contract year 2026: agreed late at night, held after Independence Day."""
    stage.chapter("São Paulo, contract year 2026")
    stage.at("2026-08-20T09:30", ZONE)
    ident = request(stage, SAO_PAULO)
    circumstances(stage, SAO_PAULO, ident)
    stage.at("2026-08-21T15:00", ZONE)
    agree(stage, SAO_PAULO, ident, "customer", "2026-09-08")
    stage.at("2026-08-24T23:30", ZONE)
    stage.say("It is 25 August in UTC already; what counts is the date that is written in São Paulo.")
    stage.refused("engagement", "agree", ident, *consent(SAO_PAULO, "kaspersky", "2026-09-07"))
    agree(stage, SAO_PAULO, ident, "kaspersky", "2026-09-08")
    stage.at("2026-09-04T16:00", ZONE)
    exports.write(stage.out / FIRST, "2026-09-04T18:00:00Z", {})
    stage.run("engagement", "receive", ident, FIRST, "--source", "upload of the customer", most=1)
    stage.at("2026-09-08T09:00", ZONE)
    stage.run("engagement", "start", ident, *TAM)
    stage.at("2026-09-08T17:30", ZONE)
    deliver(stage, SAO_PAULO, ident, FIRST)
    _promote(stage, ident)


def _promote(stage: Stage, ident: str) -> None:
    stage.at("2026-09-09T10:00", ZONE)
    stage.say("All open findings become standard requests, one for each theme: no premium unit is taken.")
    stage.run("finding", "promote", ident, "--open", "--language", "en", "--by", "C-0002", "--yes", *TAM, most=12)
    stage.run("contract", "show", "K-saopaulo", most=12)
    stage.run("engagement", "close", ident, *TAM)


def second_year(stage: Stage) -> None:
    """Contract year 2027: Tiradentes is a holiday, and nobody asked the server about two-step verification."""
    stage.chapter("São Paulo, contract year 2027")
    stage.at("2027-04-07T11:00", ZONE)
    ident = request(stage, SAO_PAULO)
    circumstances(stage, SAO_PAULO, ident)
    stage.refused("engagement", "agree", ident, *consent(SAO_PAULO, "customer", "2027-04-21"))
    for side in ("customer", "kaspersky"):
        agree(stage, SAO_PAULO, ident, side, "2027-04-22")
    stage.at("2027-04-20T15:00", ZONE)
    changed = {"Anti_Cryptor": True, "Web_Threat_Protection": False}
    exports.write(stage.out / SECOND, "2027-04-20T17:00:00Z", changed, leave_out=(exports.TWO_STEPS,))
    stage.run("engagement", "receive", ident, SECOND, "--source", "upload of the customer", most=1)
    stage.at("2027-04-22T10:00", ZONE)
    stage.run("engagement", "start", ident, *TAM)
    stage.at("2027-04-22T16:00", ZONE)
    deliver(stage, SAO_PAULO, ident, SECOND)
    stage.say("What was not exported is not fixed: its finding stays open.")
    stage.run("compare", "deliveries/HC-0002-v1", f"deliveries/{ident}-v1", "--account", "saopaulo", most=60)
    stage.run("engagement", "close", ident, *TAM)
