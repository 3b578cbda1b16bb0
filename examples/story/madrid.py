"""Madrid: a date that moves before Easter, a waiver that ends, and what became of each finding a year later."""

from __future__ import annotations

import exports
from stage import Stage
from steps import Account, agree, circumstances, consent, deliver, finding, request

ZONE = "Europe/Madrid"
MADRID = Account("madrid", ZONE, "C-0001", "P-0002", "es")
TAM = ("--as", "person:P-0002")
FIRST, SECOND = "exports/madrid-2026", "exports/madrid-2027"


def first_year(stage: Stage) -> None:
    """Contract year 2026: requested in March, moved once, held after Easter."""
    stage.chapter("Madrid, contract year 2026")
    stage.at("2026-03-09T10:00", ZONE)
    ident = request(stage, MADRID)
    stage.run("engagement", "propose", ident, "--count", "2")
    circumstances(stage, MADRID, ident)
    stage.at("2026-03-10T12:00", ZONE)
    agree(stage, MADRID, ident, "customer", "2026-03-25")
    stage.at("2026-03-11T09:30", ZONE)
    stage.say(
        "The later of both agreements counts: from 11 March it is exactly 14 days to 25 March, 13 to the day before."
    )
    stage.refused("engagement", "agree", ident, *consent(MADRID, "kaspersky", "2026-03-24"))
    agree(stage, MADRID, ident, "kaspersky", "2026-03-25")
    _move(stage, ident)
    _hold(stage, ident)
    _judge(stage, ident)
    stage.at("2026-04-06T16:30", ZONE)
    deliver(stage, MADRID, ident, FIRST)
    stage.run("engagement", "close", ident, *TAM)
    _promote(stage, ident)


def _move(stage: Stage, ident: str) -> None:
    stage.at("2026-03-16T11:00", ZONE)
    stage.say("The data centre moves. The day is taken back, and two weeks start again.")
    out = ("--out", "invitations/madrid")
    stage.run("engagement", "reschedule", ident, "--reason", "the data centre moves that week", *out)
    stage.at("2026-03-20T10:00", ZONE)
    stage.refused("engagement", "agree", ident, *consent(MADRID, "customer", "2026-04-03"))
    agree(stage, MADRID, ident, "customer", "2026-04-06")
    agree(stage, MADRID, ident, "kaspersky", "2026-04-06")
    stage.run("engagement", "guide", ident, "--out", "guide-madrid.md")


def _hold(stage: Stage, ident: str) -> None:
    stage.at("2026-04-05T18:30", ZONE)
    exports.write(stage.out / FIRST, "2026-04-05T16:00:00Z", {})
    stage.run("engagement", "receive", ident, FIRST, "--source", "upload of the customer")
    stage.say("Sunday is too early, and so is five to nine on Monday.")
    stage.refused("engagement", "start", ident)
    stage.at("2026-04-06T08:55", ZONE)
    stage.refused("engagement", "start", ident)
    stage.at("2026-04-06T09:05", ZONE)
    stage.run("engagement", "start", ident, *TAM)
    stage.at("2026-04-06T11:00", ZONE)
    stage.run("engagement", "status", ident)


def _judge(stage: Stage, ident: str) -> None:
    stage.say("People judge beside the machine: a comment, another severity, an answer, an acceptance.")
    about = ("--engagement", ident, "--check")
    text = "A weekly scan was planned for the night to Sunday."
    stage.run("finding", "note", *about, "KESL-ODS-001", "--text", text, *TAM)
    reason = "Files are scanned on access; the host is restored from an image every night."
    stage.run("finding", "rate", *about, "KESL-ODS-001", "--severity", "medium", "--reason", reason, *TAM)
    answer = ("--answer", "fail", "--author", "contact:C-0001", "--date", "2026-04-06")
    shown = ("--evidence", "no record of a restore", "--valid-until", "2026-12-31")
    stage.run("finding", "attest", *about, "KSC-BKP-006", *answer, *shown, *TAM)
    until = ("--approver", "contact:C-0001", "--expires", "2026-12-31")
    why = "The host exports no share before the migration in autumn."
    stage.run("finding", "waive", *about, "KESL-AC-001", *until, "--reason", why, *TAM)


def _promote(stage: Stage, ident: str) -> None:
    stage.at("2026-04-07T09:30", ZONE)
    stage.say("Two findings become requests. Without --yes they are only shown.")
    chosen = []
    for check in ("KESL-NTP-001", "KESL-ODS-001"):
        chosen += ["--finding", finding(stage, ("madrid",), check)]
    stage.run("finding", "promote", ident, *chosen, "--language", "en")
    stage.run("finding", "promote", ident, *chosen, "--language", "en", "--by", "C-0001", "--yes", *TAM)
    analysis = "The component is switched on in the policy of the web servers."
    stage.run("incident", "answer", "1", "--analysis", analysis, *TAM, most=3)


def second_year(stage: Stage) -> None:
    """Contract year 2027: not before it begins; compared with 2026; delivered, then corrected."""
    stage.chapter("Madrid, contract year 2027")
    stage.at("2027-01-11T10:00", ZONE)
    stage.run("engagement", "plan", "--from", "2027-01-25", "--to", "2027-04-30")
    ident = request(stage, MADRID)
    circumstances(stage, MADRID, ident)
    stage.say("Two weeks are kept on 27 January, but the period until 31 January is used up.")
    stage.refused("engagement", "agree", ident, *consent(MADRID, "customer", "2027-01-27"))
    stage.run("engagement", "propose", ident, "--count", "1", most=6)
    agree(stage, MADRID, ident, "customer", "2027-02-01")
    agree(stage, MADRID, ident, "kaspersky", "2027-02-01")
    _prepare(stage, ident)
    stage.at("2027-02-01T09:00", ZONE)
    stage.run("engagement", "start", ident, *TAM)
    _compare(stage, ident)
    stage.at("2027-02-01T17:00", ZONE)
    deliver(stage, MADRID, ident, SECOND)
    _afterwards(stage, ident)


def _prepare(stage: Stage, ident: str) -> None:
    exports.write(
        stage.out / SECOND, "2027-01-29T15:00:00Z", {"Network_Threat_Protection": True, "Behavior_Detection": False}
    )
    stage.at("2027-01-29T16:30", ZONE)
    stage.say("The customer looks at the exports first. A self-audit is unlimited and uses nothing up.")
    stage.run("audit", SECOND, "--out", "self-audit-2027", most=2)
    stage.run("engagement", "receive", ident, "self-audit-2027", "--source", "self-audit of the customer")
    stage.run("engagement", "receive", ident, SECOND, "--source", "upload of the customer", most=1)


def _compare(stage: Stage, ident: str) -> None:
    stage.at("2027-02-01T11:00", ZONE)
    answer = ("--answer", "pass", "--author", "contact:C-0001", "--date", "2027-02-01")
    shown = ("--evidence", "record of the restore of 12 January", "--valid-until", "2028-01-31")
    about = ("--engagement", ident, "--check", "KSC-BKP-006")
    stage.run("finding", "attest", *about, *answer, *shown, *TAM)


def _afterwards(stage: Stage, ident: str) -> None:
    stage.say("What became of the findings of 2026:")
    stage.run("compare", "deliveries/HC-0001-v1", f"deliveries/{ident}-v1", "--account", "madrid", most=60)
    stage.run("finding", "show", finding(stage, ("madrid",), "KESL-AC-001"))
    stage.at("2027-02-02T10:00", ZONE)
    stage.say("Every finding of the first request is gone. The tool proposes, a person resolves.")
    stage.run("finding", "list", "madrid", "--check", "KESL-NTP-001", "--state", "all")
    summary = "Network Threat Protection runs since autumn"
    stage.run("incident", "resolve", "1", "--summary", summary, *TAM, most=3)
    stage.say("A comment was forgotten: a correction is a new version that names the one before.")
    text = "Behavior Detection was switched off for a test and is back on."
    stage.run("finding", "note", "--engagement", ident, "--check", "KESL-BHV-001", "--text", text, *TAM)
    stage.refused("engagement", "deliver", ident, "--key", "story")
    deliver(stage, MADRID, ident, SECOND, "--correct", "--reason", "a comment was missing")
    stage.run("engagement", "close", ident, *TAM)
