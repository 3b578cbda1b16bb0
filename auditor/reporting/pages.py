"""What every HTML page needs: templates from folders that may override one another, inlined style, a content policy.

A page makes no request. Its policy allows exactly the style and the script that are inlined, by their SHA-256; customer
data reaches it only through Jinja2's autoescape.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor.errors import ResultError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from jinja2 import Environment


def environment(templates: Sequence[Traversable], template_set: str, cache: Path | None = None) -> Environment:
    """Finds templates of a set: the first folder that has one gives it. `cache` keeps compiled ones between runs."""
    from jinja2 import ChoiceLoader, Environment, FunctionLoader, StrictUndefined

    from auditor.reporting.bytecode import TemplateCache

    loaders = [FunctionLoader(_Folder(root, template_set)) for root in templates]
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

    def __init__(self, root: Traversable, template_set: str) -> None:
        self._root = root
        self._set = template_set

    def __call__(self, name: str) -> str | None:
        parts = name.split("/")
        if any(part in {"", ".", ".."} or "\\" in part for part in parts):
            return None
        file = self._root.joinpath(self._set, *parts)
        return file.read_text("utf-8") if file.is_file() else None


@contextmanager
def template_mistakes() -> Iterator[None]:
    """ResultError for a mistake in a template, with its place where that is known: templates may be the customer's."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        yield
    except TemplateNotFound as error:
        raise ResultError(f"the template set has no {error.name}") from error
    except TemplateSyntaxError as error:
        raise ResultError(
            f"a template is wrong: {error.message}", where=f"{error.name}, line {error.lineno}"
        ) from error
    except TemplateError as error:
        raise ResultError(f"a template cannot be filled in: {error.message}") from error


def inline(found: Environment, name: str, end_tag: str) -> str:
    """A file of the template set for a style or script element; ResultError when it is missing or would end it."""
    from jinja2 import TemplateNotFound

    loader = found.loader
    try:
        text = loader.get_source(found, name)[0] if loader else ""
    except TemplateNotFound as error:
        raise ResultError(f"the template set has no {name}", where=name) from error
    if end_tag in text.lower():
        raise ResultError(f"{end_tag}> inside would end the inlined block", where=name)
    return "\n" + text.strip().replace("\r\n", "\n") + "\n"


def content_policy(style: str, script: str = "") -> str:
    """The content security policy that allows these texts and nothing else; without a script none may run."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return f"default-src 'none'; style-src '{_hash(style)}'; {scripts}base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
