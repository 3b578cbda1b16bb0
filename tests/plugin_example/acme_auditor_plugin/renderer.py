"""A report format: the checks that failed or are open, one a line, as Markdown."""

from __future__ import annotations

from typing import BinaryIO

from auditor.sdk.rendering import StoredResult


class ListRenderer:
    """`--format acme-list` writes acme-list.md."""

    name = "acme-list"
    file_name = "acme-list.md"

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Same result, same bytes: nothing but the result is written."""
        out.write(f"# Checks as of {stored.data['run']['as_of']}\n\n".encode())
        for check in stored.data["checks"]:
            if check["state"] in ("fail", "unknown", "error"):
                out.write(f"- {check['id']} {check['state']}: {check['title']}\n".encode())
