"""What a renderer is, and those that come with the tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Protocol

from auditor.reporting.csv_files import ChecklistRenderer, FindingsRenderer
from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Renderer(Protocol):
    """Turns a stored result into one file.

    `name` is what `--format` takes; `file_name` is the name of the file in the output folder. `render` writes to a
    binary stream that the caller opens and closes. The same result gives the same bytes: no clock, no random order.
    `templates` are the folders of template sets, the one that overrides first; a renderer without templates ignores
    them. ResultError says what in the stored result (or a template) stands in the way.
    """

    name: str
    file_name: str

    def render(self, stored: StoredResult, out: BinaryIO, templates: Sequence[Traversable]) -> None:
        """Write the file."""


BUILT_IN: tuple[Renderer, ...] = (HtmlRenderer(), ChecklistRenderer(), FindingsRenderer())
