"""The report as one offline HTML file.

Nothing in it makes a request. Its content security policy allows exactly the style and the script that are inlined,
by their SHA-256; customer data reaches the page only through Jinja2's autoescape.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from auditor.errors import ResultError
from auditor.reporting.document import document_of
from auditor.reporting.model import ReportDocument

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from jinja2 import Environment

    from auditor.sdk.rendering import StoredResult

_SET = "default"
_PAGE = "report.html.j2"
_STYLE = "style.css"
_SCRIPT = "report.js"
_BUFFER = 1 << 16
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .,:_-]")


class HtmlRenderer:
    """Renders `report.html` with the template set `default`.

    `templates` are folders that hold template sets; the first one that has a template gives it: the customer's folder,
    then plugins, then the built-in one. `cache` is a folder that keeps compiled templates between runs.
    """

    name = "html"
    file_name = "report.html"

    def __init__(self, templates: Sequence[Traversable], cache: Path | None = None) -> None:
        self._templates = templates
        self._cache = cache

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the page; ResultError names a template that is missing or breaks the content policy."""
        render(document_of(stored), out, self._templates, self._cache)


def render(
    document: ReportDocument, out: BinaryIO, templates: Sequence[Traversable], cache: Path | None = None
) -> None:
    """Write the page of a document; ResultError names a template that is missing or breaks the content policy."""
    environment = _environment(templates, cache)
    style = _inline(environment, _STYLE, "</style") + _running_header(document)
    script = _inline(environment, _SCRIPT, "</script")
    page = environment.get_template(_PAGE).generate(
        report=document, style=style, script=script, policy=_policy(style, script)
    )
    pending: list[str] = []
    length = 0
    for piece in page:
        pending.append(piece)
        length += len(piece)
        if length > _BUFFER:
            out.write("".join(pending).encode())
            pending, length = [], 0
    out.write("".join(pending).encode())


def _environment(templates: Sequence[Traversable], cache: Path | None) -> Environment:
    from jinja2 import ChoiceLoader, Environment, FunctionLoader, StrictUndefined

    from auditor.reporting.bytecode import TemplateCache

    loaders = [FunctionLoader(_Folder(root)) for root in templates]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=None if cache is None else TemplateCache(cache),
    )


class _Folder:
    """Looks templates up in one folder, which may lie inside a zip or a wheel; names never lead out of it."""

    def __init__(self, root: Traversable) -> None:
        self._root = root

    def __call__(self, name: str) -> str | None:
        parts = name.split("/")
        if any(part in {"", ".", ".."} or "\\" in part for part in parts):
            return None
        file = self._root.joinpath(_SET, *parts)
        return file.read_text("utf-8") if file.is_file() else None


def _inline(environment: Environment, name: str, end_tag: str) -> str:
    from jinja2 import TemplateNotFound

    loader = environment.loader
    try:
        text = loader.get_source(environment, name)[0] if loader else ""
    except TemplateNotFound as error:
        raise ResultError(f"the template set has no {name}", where=name) from error
    if end_tag in text.lower():
        raise ResultError(f"{end_tag}> inside would end the inlined block", where=name)
    return "\n" + text.strip().replace("\r\n", "\n") + "\n"


def _running_header(document: ReportDocument) -> str:
    """What stands at the top of each printed page. Only plain characters: this is CSS, not HTML."""
    text = _NOT_PLAIN.sub("?", f"{document.title} - as of {document.as_of}")
    return f'@page {{ @top-left {{ content: "{text}"; }} }}\n'


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
