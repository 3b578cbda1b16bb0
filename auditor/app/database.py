"""Use cases around the store itself: where it is, whether it is what was stored, backups, restoring, upgrades."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import UsageProblem
from auditor.store.opening import open_store

_HASH_DIGITS = set("0123456789abcdef")


def where(location: str | None) -> str:
    """The place of the store, whether or not there is one yet; never with a password."""
    from auditor.store.database import default_location, shown, url_of

    return shown(url_of(location or default_location()))


def info(location: str | None) -> list[str]:
    """What there is to know without walking through the store."""
    from auditor.store.describing import describe

    with open_store(location, create=False) as store:
        found = describe(store)
    return [
        f"place:   {found.place}",
        f"kind:    {found.kind}",
        f"size:    {found.size:,} bytes",
        f"schema:  {found.schema}",
        f"events:  {found.events:,}",
        f"head:    {found.head}",
    ]


def check(location: str | None, known_head: str = "", *, repair: bool = False) -> tuple[list[str], bool]:
    """Walk the store; the lines to print, and whether all is in order. `repair` makes the tables anew first."""
    from auditor.store.checking import MOST
    from auditor.store.checking import check as walk
    from auditor.store.checking import repair as make_tables_anew

    known_head = known_head.strip().lower()
    if known_head and (len(known_head) != 64 or not set(known_head) <= _HASH_DIGITS):
        raise UsageProblem("a head is 64 hexadecimal digits", hint="copy it from an earlier check or backup")
    lines = []
    with open_store(location, create=False) as store:
        if repair:
            make_tables_anew(store)
            lines.append("The tables were made anew from the events.")
        found = walk(store, known_head)
        lines.append(f"{store.place}: {found.events:,} events, head {found.head}")
    if found.problems:
        most = f"at least {MOST}" if len(found.problems) >= MOST else len(found.problems)
        lines += [f"Not in order, {most} found:", *(f"  {problem}" for problem in found.problems)]
        return lines, False
    if found.known_at is not None:
        lines.append(f"The known head is event {found.known_at:,}; {found.events - found.known_at:,} came after it.")
    lines.append("The chain is whole, and everything else is what its events say.")
    return lines, True


def backup(location: str | None, target: Path) -> list[str]:
    """Write a backup into a new file."""
    from auditor.store.backup import back_up

    with open_store(location, create=False) as store:
        header = back_up(store, target)
    return [f"{target}: {header.events:,} events, head {header.head}"]


def restore(location: str | None, file: Path) -> tuple[list[str], bool]:
    """Fill an empty or new store from a backup; the lines to print, and whether everything in it was in order."""
    from auditor.store.restore import restore as fill
    from auditor.store.restore import verify

    header = verify(file)  # before a new database is made
    with open_store(location) as store:
        problems = fill(store, file)
        lines = [f"{store.place}: {header.events:,} events, head {header.head}"]
    if problems:
        lines += ["This was not in order when the backup was made:", *(f"  {problem}" for problem in problems)]
    return lines, not problems


def upgrade(location: str | None) -> list[str]:
    """Bring an older store to the schema of this version."""
    from auditor.store.upgrading import upgrade as bring_up

    done = bring_up(location)
    if done.before == done.after:
        return [f"{done.place}: schema {done.after}, nothing to do"]
    copy = [f"The store as it was: {done.copy}"] if done.copy else []
    return [f"{done.place}: schema {done.before} -> {done.after}", *copy]
