"""Steps that both accounts go through."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stage import Stage


@dataclass(frozen=True)
class Account:
    """An account of the story: who speaks for whom, and in which language it is told."""

    id: str
    zone: str
    contact: str
    tam: str
    language: str


def request(stage: Stage, account: Account) -> str:
    """Ask for a Health Check; returns its id."""
    said = stage.run("engagement", "request", account.id, "--by", f"contact:{account.contact}")
    found = re.search(r"HC-\d+", said)
    if found is None:
        raise SystemExit(f"no engagement was named: {said}")
    return found.group()


def circumstances(stage: Stage, account: Account, ident: str) -> None:
    """Agree on scope, exports, way of transfer, participants and language."""
    people = ("--participants", account.contact, "--participants", account.tam)
    scope = ("--products", "kesl", "--products", "ksc", "--sources", "kesl-control and API exports")
    stage.run("engagement", "agree", ident, *scope, "--access", "upload", *people, "--language", account.language)


def agree(stage: Stage, account: Account, ident: str, side: str, day: str) -> None:
    """One side agrees to a day."""
    stage.run("engagement", "agree", ident, *consent(account, side, day), "--out", f"invitations/{account.id}")


def consent(account: Account, side: str, day: str) -> tuple[str, ...]:
    """The options that say which side agrees to which day, and who speaks for it."""
    by = f"contact:{account.contact}" if side == "customer" else f"person:{account.tam}"
    return "--side", side, "--by", by, "--day", day


def deliver(stage: Stage, account: Account, ident: str, exports: str, *more: str) -> str:
    """Deliver, and prove the copy with the key and the exports; returns the copy's folder."""
    version = 2 if "--correct" in more else 1
    out = f"deliveries/{ident}-v{version}"
    acting = ("--as", f"person:{account.tam}")
    stage.run("engagement", "deliver", ident, "--key", "story", "--out", out, *more, *acting)
    stage.run("verify", out, "--key", "story.pem", "--exports", exports)
    return out


def finding(stage: Stage, scope: tuple[str, ...], check: str) -> str:
    """The beginning of the fingerprint of the account's one finding of a check."""
    found = stage.ask("finding", "list", *scope, "--check", check, "--state", "all")
    return str(found["findings"][0]["id"])[:16]
