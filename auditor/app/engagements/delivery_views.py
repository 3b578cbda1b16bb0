"""Answers of `auditor engagement deliver|close|guide`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.app.accounts.saving import Act
from auditor.app.engagements import delivering, freezing, guiding
from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.delivering import Asked, Draft, Outdated
from auditor.app.engagements.workplace import Workplace
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session
    from auditor.app.evidence.signing import SigningKey

ATTEMPTS = 3
"""How often files are made before it is said that judgements keep coming."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Which key signs, and who is asked for its passphrase; None asks nobody."""

    name: str
    ask: Callable[[], str] | None = None


def deliver(session: Session, asked: Asked, signing: Signing, out: Path | None, stream: TextIO) -> None:
    """Freeze, sign and record the result; with `out` a copy of the delivered folder goes there.

    What is judged while the files are made is delivered, too: they are made anew, a few times at most.
    """
    from auditor.app.evidence.keys import load_key

    _refuse_filled(out)
    key = load_key(signing.name, signing.ask)
    place = Workplace(asked.engagement, session.db)
    for left in reversed(range(ATTEMPTS)):
        try:
            made, frozen = _delivered(session, asked, place, key)
            break
        except Outdated:
            if not left:
                raise
    folder = place.delivered(made.version.number)
    if out is not None:
        shutil.copytree(folder, out, dirs_exist_ok=True)
    version = made.version
    again = f", which corrects version {version.corrects}" if version.corrects else ""
    stream.write(f"{asked.engagement} delivered as version {version.number}{again}\n")
    stream.write(f"Manifest: {frozen.manifest}\n")
    stream.write(f"Files: {out or folder}\n")
    stream.write(f"Next: auditor verify {out or folder}\n")


def _delivered(session: Session, asked: Asked, place: Workplace, key: SigningKey) -> tuple[Draft, freezing.Frozen]:
    """One attempt; Outdated when something was recorded meanwhile that the files do not tell."""
    with session.reading() as (reading, at):
        made = delivering.draft(reading, asked, place, session.programmes, at)
    frozen = delivering.freeze(made, place, key)
    try:
        with session.writing() as (writing, act):
            delivering.keep(writing, made, frozen, place, Act(act.actor, at))
    finally:
        freezing.discard(frozen)
    return made, frozen


def close(session: Session, ident: str, reason: str, stream: TextIO) -> None:
    """End a delivered engagement."""
    with session.writing() as (writing, act):
        delivering.close(writing, ident, reason, act)
    stream.write(f"{ident} is closed\n")


def guide(session: Session, ident: str, out: Path | None, stream: TextIO) -> None:
    """The collection guide for the products in scope, into a file or onto the screen."""
    with session.reading() as (reading, _):
        found = load_engagement(reading, ident)
    text = guiding.guide_text(found)
    if out is None:
        stream.write(text)
        return
    out.write_text(text, encoding="utf-8")
    stream.write(f"Guide: {out}\n")


def _refuse_filled(out: Path | None) -> None:
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageProblem(f"{out} is not an empty folder", hint="name a new folder with --out")
