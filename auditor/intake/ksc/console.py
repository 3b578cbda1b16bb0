"""Policy tables saved from the web console: the view model of the page, not the interface's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from auditor.errors import ExportError
from auditor.intake.ksc.call import PRODUCT, key_of, text_of
from auditor.intake.ksc.envelope import console_rows
from auditor.intake.ksc.naming import server_of
from auditor.intake.ksc.typed import settings_of
from auditor.intake.ksc.window import JsonWindow
from auditor.intake.redaction import redact_text
from auditor.model.snapshot import Part, Rows, SubjectRef
from auditor.sdk.reading import Item, Note, Source

FORMAT = "ksc.console-table"


class ConsoleTableReader:
    """Policies as the console's table shows them. Its dates are localised text and are kept as that."""

    name = "ksc-console-table"
    formats = (FORMAT,)

    def recognise(self, source: Source) -> str:
        """An array whose first object has KLPOL_* members and a `status`."""
        text = source.head_text.lstrip("\ufeff \t\r\n")
        if not console_rows(text):
            return ""
        try:
            for _, rows in JsonWindow(BytesIO(text.encode("utf-8", "replace")), b"").batches(1):
                return FORMAT if isinstance(rows[0], dict) and "status" in rows[0] and _is_policy(rows[0]) else ""
        except ExportError:  # the head ends inside the first row
            return FORMAT
        return ""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:  # noqa: ARG002  # there is one format
        """One policy a row, by KLPOL_ID or the table's own id. Whether the page showed all of them is not told."""
        dated = odd = 0
        server = server_of(source)
        yield Rows("ksc.policy", PRODUCT, (), source.path, "", 0, server, listing=False)
        with source.open() as stream:
            window = JsonWindow(stream, source.head)
            for first, rows in window.batches():
                for index, row in enumerate(rows, start=first):
                    ident = key_of(row, "KLPOL_ID", "id", "key") if isinstance(row, dict) else ""
                    if not ident:
                        odd += 1
                        continue
                    dated += any(isinstance(row.get(name), str) for name in ("KLPOL_CREATED", "KLPOL_MODIFIED"))
                    yield _policy(source, server, ident, row, index)
            try:
                window.finish()
            finally:
                if odd:
                    yield Note(f"{odd} rows name no policy and were left out")
                if dated:
                    yield Note(f"low confidence: {dated} rows show their dates as localised text, kept as it stands")


def _is_policy(row: dict[str, Any]) -> bool:
    return any(name.startswith("KLPOL_") for name in row)


def _policy(source: Source, server: str, ident: str, row: dict[str, Any], index: int) -> Part:
    name = text_of(row, "KLPOL_DN") or text_of(row, "name") or ident
    subject = SubjectRef("ksc.policy", f"{server}/policy/{redact_text(ident)}", redact_text(name), PRODUCT)
    return Part(subject, settings_of("policy", row, f"/{index}"), source.path)
