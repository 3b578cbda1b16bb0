"""The commands about database releases and private patches: each works on a session's store and writes an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

from auditor.app import avdb, avdb_words, patch_words, private_patches
from auditor.app.accounts.loading import load_account
from auditor.app.incidents.acting import By
from auditor.app.incidents.console import quota_choices
from auditor.app.lines import write_lines
from auditor.app.request_changes import Told
from auditor.app.request_words import Speaker, as_csv, as_json, shown

if TYPE_CHECKING:
    from auditor.accounts.private_patches import PatchFile
    from auditor.app.accounts.session import Session
    from auditor.app.incidents.asking import Asked
    from auditor.store.store import Reading, Writing

When = tuple[str, bool]
"""The instant as written ("" is now), and whether it is recorded afterwards."""

Work = Callable[["Writing", By], Told]


def ask_for_release(session: Session, asked: Asked, wish: avdb.Wish, when: When, stream: TextIO) -> None:
    """Open a request for a database release."""

    def work(writing: Writing, by: By) -> Told:
        return avdb.request(writing, asked, wish, by, session.programmes)

    _do(session, when, work, (wish.language, stream))


def change_release(session: Session, incident: str, when: When, make: avdb.Change, answer: tuple[str, TextIO]) -> None:
    """Record a change of a database release. `answer` is the language and where to write."""
    _do(session, when, lambda writing, by: avdb.change(writing, incident, by, make), answer)


def ask_for_patch(session: Session, asked: Asked, wish: private_patches.Wish, when: When, stream: TextIO) -> None:
    """Open a request for a private patch."""

    def work(writing: Writing, by: By) -> Told:
        return private_patches.request(writing, asked, wish, by, session.programmes)

    _do(session, when, work, (wish.language, stream))


def change_patch(session: Session, when: When, work: Work, answer: tuple[str, TextIO]) -> None:
    """Record a change of a request for a private patch."""
    _do(session, when, work, answer)


def show(session: Session, incident: str, kind: str, answer: tuple[str, TextIO]) -> None:
    """One request. `kind` is avdb or patch."""
    with session.reading() as (reading, _):
        view = avdb.view_of(reading, incident) if kind == "avdb" else private_patches.view_of(reading, incident)
    _write(session, Told(view), answer)


def listing(session: Session, account: str, kind: str, ended: bool, answer: tuple[str, TextIO]) -> None:
    """Requests of an account, or of all. `kind` is avdb or patch."""
    language, stream = answer
    with session.reading() as (reading, _):
        _check_account(reading, account)
        requests = (avdb.listed if kind == "avdb" else private_patches.listed)(reading, account, ended=ended)
    if session.style == "json":
        stream.write(as_json({"requests": requests}) + "\n")
        return
    speaker = Speaker(language, ZoneInfo("UTC"))
    row = avdb_words.row if kind == "avdb" else patch_words.row
    write_lines([row(one, speaker) for one in requests] or [speaker.say(f"none_{kind}")], stream)


def patches(session: Session, account: str, answer: tuple[str, TextIO]) -> None:
    """Every patch that an account received."""
    language, stream = answer
    with session.reading() as (reading, _):
        zone = load_account(reading, account).zone
        found = private_patches.patch_list(reading, account)
    if session.style == "json":
        stream.write(as_json({"account": account, "patches": found}) + "\n")
    elif session.style == "csv":
        stream.write(as_csv(patch_words.COLUMNS, [patch_words.patch_row(one) for one in found]) + "\n")
    else:
        speaker = Speaker(language, zone)
        none = [speaker.say("none_patches", account=shown(account))]
        write_lines([patch_words.patch_line(one, speaker) for one in found] or none, stream)


def add_public(
    session: Session, account: str, patch: tuple[str, str, PatchFile], when: When, answer: tuple[str, TextIO]
) -> None:
    """Note a public patch (product, version, file) that an account received."""
    language, stream = answer
    with session.writing() as (writing, act):
        stated = private_patches.PublicPatch(*patch)
        found = private_patches.add_public(writing, account, stated, By(act.actor, act.at, *when))
        zone = load_account(writing, account).zone
    if session.style == "json":
        stream.write(as_json(found) + "\n")
    else:
        write_lines([patch_words.patch_line(found, Speaker(language, zone))], stream)


def _do(session: Session, when: When, work: Work, answer: tuple[str, TextIO]) -> None:
    with session.writing() as (writing, act), quota_choices():
        told = work(writing, By(act.actor, act.at, *when))
    _write(session, told, answer)


def _write(session: Session, told: Told, answer: tuple[str, TextIO]) -> None:
    language, stream = answer
    words: Any = avdb_words if isinstance(told.view, avdb_words.AvdbView) else patch_words
    if session.style == "json":
        call = None if told.call is None else told.call.to_document()
        remarks = [{"code": one.code, "message": one.message, "hint": one.hint} for one in told.remarks]
        stream.write(as_json({**words.document(told.view), "remarks": remarks, "call_needed": call}) + "\n")
        return
    said = list(words.lines(told.view, language))
    write_lines(said, stream)
    for remark in told.remarks:
        if remark.message in said:
            continue
        hint = f" ({shown(remark.hint)})" if remark.hint else ""
        write_lines([f"note: {shown(remark.message)}{hint}"], stream)
    if told.call is not None:
        from auditor.accounts.incidents.said import in_words

        write_lines(in_words([told.call], language, told.view.zone), stream)


def _check_account(reading: Reading, account: str) -> None:
    if account:
        load_account(reading, account)
