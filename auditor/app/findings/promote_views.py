"""Answers of `auditor finding promote`: a proposal until a person says yes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.incidents.quota import QuotaExhausted
from auditor.accounts.people import tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act
from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.engagements.circles import load_engagement
from auditor.app.findings import promoting
from auditor.app.findings.known import SHOWN
from auditor.app.findings.promoting import Plan, Promotion, Request
from auditor.app.findings.wording import FindingWords
from auditor.app.incidents.pages import Teller
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from auditor.accounts.incidents.facts import Kind
    from auditor.app.accounts.session import Session
    from auditor.store.store import Reading

Json = dict[str, Any]
_NOBODY = "person:nobody"
"""Stands for whoever will hand a proposed request in; it is never recorded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says. `scope` is an account or an engagement; `language` "" is the account's first."""

    scope: str
    findings: tuple[str, ...] = ()
    all_open: bool = False
    kind: Kind = "standard"
    reported_by: str = ""
    contract: str = ""
    language: str = ""
    confirmed: bool = False


class _ProposalOnly(Exception):
    """Leaves a transaction of which nothing is kept, with what was to be shown."""

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__()
        self.show = show


def promote(session: Session, asked: Asked, stream: TextIO) -> None:
    """Propose requests, or open them when a person has confirmed it. A proposal leaves no trace in the store."""
    if asked.all_open == bool(asked.findings):
        raise UsageProblem("which findings are meant is not said", hint="name them with --finding, or all with --open")
    try:
        with session.writing() as (writing, act):
            wanted = _wanted(writing, asked, act)
            made = promoting.plan(writing, wanted, act)
            if not asked.confirmed:
                wanted = replace(wanted, reported_by=wanted.reported_by or _tam(writing, wanted.account, act))
            requests = _opened(session, writing, made, wanted, act)
            account = loading.load_account(writing, wanted.account)
            show = _answer(session, asked, document_of(made, wanted, requests, asked.confirmed), account.zone, stream)
            _keep_nothing_of(not asked.confirmed, show)
    except _ProposalOnly as left:
        show = left.show
    show()


def _keep_nothing_of(proposal: bool, show: Callable[[], None]) -> None:
    if proposal:
        raise _ProposalOnly(show)


def _opened(session: Session, writing: Any, made: Plan, wanted: Promotion, act: Act) -> list[Request]:
    try:
        return promoting.open_requests(writing, made, wanted, act, session.programmes)
    except QuotaExhausted as error:
        hint = "choose --kind standard, which takes no unit, or promote fewer findings with --finding"
        raise RuleBroken(error.message, hint=hint) from error


def _wanted(reading: Reading, asked: Asked, act: Act) -> Promotion:
    engagement = asked.scope if reading.document("engagement", asked.scope) is not None else ""
    account = load_engagement(reading, engagement).account if engagement else asked.scope
    known = loading.load_account(reading, account)
    acting = act.actor if act.actor.partition(":")[0] in {"person", "contact"} else ""
    return Promotion(
        account=account,
        engagement=engagement,
        findings=promoting.chosen(reading, account, asked.findings),
        kind=asked.kind,
        reported_by=asked.reported_by or acting,
        contract=asked.contract,
        language=asked.language or (known.languages[0] if known.languages else "en"),
    )


def _tam(reading: Reading, account: str, act: Act) -> str:
    found = tam_at(loading.assignments_of(reading, account), account, act.at)
    return _NOBODY if found is None else f"person:{found}"


def document_of(made: Plan, wanted: Promotion, requests: Sequence[Request], confirmed: bool) -> Json:
    """What was proposed or opened, as JSON values."""
    last = requests[-1].quota if requests else None
    return {
        "opened": confirmed,
        "account": wanted.account,
        "engagement": wanted.engagement,
        "kind": wanted.kind,
        "findings": len(made.findings),
        "requests": [_request(one, confirmed) for one in requests],
        "quota": None
        if last is None
        else {**last, "taken": sum(1 for one in requests if one.quota is not None and one.quota["held"])},
        "left_out": {
            "promoted": [{"finding": one.id, "incident": one.incident} for one in made.promoted],
            "waived": [one.id for one in made.waived],
        },
    }


def _request(one: Request, confirmed: bool) -> Json:
    return {
        "incident": one.incident["id"] if confirmed else None,
        "title": one.title,
        "level": one.bundle.level,
        "product": one.bundle.product,
        "area": one.bundle.area,
        "checks": list(one.bundle.checks),
        "findings": [found.id for found in one.bundle.findings],
        "deadline": one.incident["deadline"],
        "marks": one.incident["marks"],
        "ungiven": one.incident["ungiven"],
        "remarks": list(one.remarks) if confirmed else [],
    }


def _answer(session: Session, asked: Asked, document: Json, zone: ZoneInfo, stream: TextIO) -> Callable[[], None]:
    if session.style == "json":
        return lambda: write_json(document, stream)
    return lambda: write_plan(document, asked, zone, stream)


def write_plan(document: Mapping[str, Any], asked: Asked, zone: ZoneInfo, stream: TextIO) -> None:
    """The requests with level and response clock, what they take of the quota, and how to confirm."""
    language = asked.language or "en"
    words = FindingWords(language)
    say = words.phrases.say
    teller = Teller(language, zone, lambda one: one)
    sheet = Sheet(stream)
    counts = {"requests": words.phrases.number(len(document["requests"])), "count": document["findings"]}
    sheet.title(say("opened_title" if document["opened"] else "proposed_title", **counts))
    for one in document["requests"]:
        name = one["incident"] or f"{one['product']}, {words.area(one['area'])}"
        sheet.section(f"{name}  {teller.level(one['level'])}")
        sheet.facts(
            [
                (say("label_title"), one["title"]),
                (say("label_checks"), ", ".join(one["checks"])),
                (say("label_findings"), words.phrases.number(len(one["findings"]))),
                (say("label_clock"), _clock(one, teller, words)),
            ]
        )
        for remark in one["remarks"]:
            sheet.line(f"{remark['message']} ({remark['hint']})" if remark["hint"] else remark["message"])
    _left_out(document["left_out"], words, sheet)
    sheet.section(_quota(document, words))
    if document["requests"] and not document["opened"]:
        sheet.line(say("confirm"), "bold")
        sheet.line(f"auditor finding promote {_again(asked)} --by CONTACT --yes", "bold")
    sheet.write()


def _clock(one: Mapping[str, Any], teller: Teller, words: FindingWords) -> str:
    if one["deadline"] is not None:
        return teller.deadline(one)
    return words.phrases.say(f"clock_{one['ungiven']}")


def _left_out(left: Mapping[str, Any], words: FindingWords, sheet: Sheet) -> None:
    if left["promoted"]:
        incidents = ", ".join(sorted({one["incident"] for one in left["promoted"]}))
        sheet.section(words.phrases.say("left_promoted", count=len(left["promoted"]), incidents=incidents))
    if left["waived"]:
        sheet.section(words.phrases.say("left_waived", count=len(left["waived"])))


def _quota(document: Mapping[str, Any], words: FindingWords) -> str:
    quota, say = document["quota"], words.phrases.say
    if not document["requests"]:
        return say("nothing_to_promote")
    if quota is None:
        return say("quota_none")
    taken, used = words.phrases.number(quota["taken"]), words.phrases.number(quota["used"])
    if quota["limit"] is None:
        return say("quota_unlimited", taken=taken, used=used)
    return say("quota", taken=taken, used=used, limit=words.phrases.number(quota["limit"]))


def _again(asked: Asked) -> str:
    chosen = " ".join(f"--finding {one[:SHOWN]}" for one in asked.findings) or "--open"
    kind = "" if asked.kind == "standard" else f" --kind {asked.kind}"
    contract = f" --contract {asked.contract}" if asked.contract else ""
    language = f" --language {asked.language}" if asked.language else ""
    return f"{asked.scope} {chosen}{kind}{contract}{language}"
