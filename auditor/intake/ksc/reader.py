"""Answers of the Kaspersky Security Center interface, in our bundle or alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from auditor.errors import BrokenExport, ExportError, UnreadableExport
from auditor.intake.ksc import envelope as envelopes
from auditor.intake.ksc import lists
from auditor.intake.ksc.call import Call, Feed
from auditor.intake.ksc.envelope import BUNDLE_VERSION, Envelope
from auditor.intake.ksc.methods import method_in_name
from auditor.intake.ksc.naming import server_of
from auditor.intake.ksc.routes import handler_of
from auditor.intake.ksc.typed import params_of
from auditor.intake.redaction import redact_text
from auditor.model.snapshot import Collected
from auditor.sdk.reading import Item, Note, Source
from auditor.sdk.values import plain

_SUBJECTS = {
    "Policy": "policies", "PolicyProfiles": "policy profiles", "SsContents": "the contents of policies",
    "Tasks": "tasks", "HostTasks": "tasks of devices", "HostGroup": "groups and devices",
    "LicenseKeys": "licence keys", "SecurityPolicy": "internal users", "HstAccessControl": "roles and access rights",
    "TotpGlobalSettings": "two-step verification settings", "TotpUserSettings": "two-step verification settings",
    "UaControl": "distribution points", "VServers": "virtual servers", "ServerHierarchy": "the server hierarchy",
    "KsnInternal": "KSN proxy settings", "DatabaseInfo": "database information", "Updates": "the update repository",
    "ReportManager": "reports", "EventProcessing": "events",
}  # fmt: skip


class KscReader:
    """Reads one answered call; see docs/areas.md for the subjects and areas it fills."""

    name = "ksc-openapi"
    formats = (envelopes.BUNDLE, envelopes.RESPONSE)

    def recognise(self, source: Source) -> str:
        """By the members of the object; the file name only where these say nothing."""
        return envelopes.recognise(source)

    def read(self, source: Source, format_id: str) -> Iterable[Item]:  # noqa: ARG002  # both are read alike
        """Parts, device rows, the time of collection and notes. A damaged file yields what stands before the damage."""
        feed, header = _opened(source)
        yield from _collected(header)
        version = header.get("format", BUNDLE_VERSION)
        if version != BUNDLE_VERSION:
            raise UnreadableExport(
                f"a bundle of format {str(version)[:60]!r}", hint=f"this version reads {BUNDLE_VERSION}"
            )
        call = _call(source, header, feed)
        error = call.answer.get("PxgError")
        if error is not None:
            yield from lists.lost(call, "was refused by the server")
            raise _refusal(call, error)
        if feed.count == 0 and not feed.done and feed.envelope.bundle and "server" not in header:
            yield Note(f"the server stands behind the rows of a file that can be read once: counted to {call.server}")
        yield from _noticed(call)
        if feed.fault is not None:
            raise feed.fault
        if feed.envelope.bundle and not call.answer and not feed.count:
            raise BrokenExport("the bundle holds no response", where="/response", hint="repeat the call")
        if feed.envelope.beside:
            names = ", ".join(sorted(feed.envelope.beside))
            yield Note(f"unknown members of the bundle left out: {names[:200]}")


def _noticed(call: Call) -> Iterator[Item]:
    """The items, and what the answer tells about the list it belongs to; a list that cannot be read is missed."""
    try:
        yield from _guarded(call)
    except Exception:  # also what nobody foresaw: the list is not whole
        yield from lists.lost(call, "cannot be read")
        raise
    if call.feed.fault is not None and call.feed.first is None:
        yield from lists.lost(call, "breaks off")
    else:
        yield from lists.close(call)


def _guarded(call: Call) -> Iterator[Item]:
    """What the handler makes of the answer; an answer that yields nothing is at least named."""
    silent = True
    for item in handler_of(call)(call):
        silent = False
        yield item
    call.feed.drain()
    if silent and call.feed.fault is None:
        yield Note(f"{call.label()}: the answer holds no values")


def _opened(source: Source) -> tuple[Feed, dict[str, Any]]:
    """The rows, and the members that name the call: read ahead when they stand behind the rows.

    A large member of an archive can be read only once; its rows are then counted to the server that the path names.
    """
    feed = Feed(Envelope(source))
    feed.peek()
    envelope = feed.envelope
    in_bundle = bool(envelope.base) or (envelope.rows_at or "").startswith("/response")
    if feed.done or envelope.headed or not in_bundle:
        return feed, envelope.header
    again: Callable[[], BinaryIO] = getattr(source, "seekable", source.open)
    try:
        ahead = Feed(Envelope(source, again()))
    except (ExportError, RuntimeError):
        return feed, envelope.header
    ahead.drain()
    feed = Feed(Envelope(source, again()))
    feed.peek()
    return feed, ahead.envelope.header


def _collected(header: dict[str, Any]) -> Iterator[Item]:
    stated = header.get("collected_at")
    if stated in (None, ""):
        return
    try:
        at = datetime.fromisoformat(str(plain(stated)))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        yield Note("collected_at is no time with a time zone and was left out")
        return
    try:
        yield Collected(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    except OverflowError:
        yield Note("collected_at lies outside of the calendar and was left out")


def _call(source: Source, header: dict[str, Any], feed: Feed) -> Call:
    server, virtual = _word(header, "server"), _word(header, "virtual_server")
    server = server or server_of(source)
    request = params_of(header.get("request"))
    return Call(
        file=source.path,
        name=source.name,
        server=f"{server}:{virtual}" if virtual else server,
        method=_word(header, "method") or method_in_name(source.name),
        request=request if isinstance(request, dict) else {},
        feed=feed,
    )


def _word(header: dict[str, Any], name: str) -> str:
    value = header.get(name)
    return redact_text(value.strip()) if isinstance(value, str) else ""


def _refusal(call: Call, error: Any) -> UnreadableExport:
    """The server refused or failed: nothing is known about what was asked."""
    said = params_of(error)
    said = said if isinstance(said, dict) else {"message": error}
    code, text = plain(said.get("code", "?")), redact_text(str(plain(said.get("message", ""))))[:200]
    method = call.method or call.name
    what = _SUBJECTS.get(method.partition(".")[0], "what it asks for")
    return UnreadableExport(
        f"{method} failed on the server: error {str(code)[:20]}{': ' + text if text else ''}",
        where=call.place("PxgError"),
        hint=f"repeat the call with an account that has the right to read {what} on this server",
    )
