"""The report as one offline HTML file.

Nothing in it makes a request. Its content security policy allows exactly the style and the script that are inlined,
by their SHA-256; customer data reaches the page only through Jinja2's autoescape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from auditor.reporting.document import document_of
from auditor.reporting.model import ReportDocument
from auditor.reporting.pages import content_policy, environment, inline, template_mistakes
from auditor.reporting.text import English
from auditor.reporting.words import Words, file_name, words_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from auditor.phrases.texts import Texts
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
    then plugins, then the built-in one. `cache` is a folder that keeps compiled templates between runs. The file is
    named after its language where that is not English: `report.es.html`; `texts` are those of the content in it.
    """

    name = "html"

    def __init__(
        self,
        templates: Sequence[Traversable],
        cache: Path | None = None,
        language: str = "en",
        texts: Texts | None = None,
    ) -> None:
        self._templates = templates
        self._cache = cache
        self._texts = texts
        self._words = words_of(language)
        self.file_name = file_name("report", "html", self._words)

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the page; ResultError for a template that is missing, has a mistake or breaks the content policy."""
        document = document_of(stored, self._words.language, self._texts)
        render(document, out, self._templates, self._cache)


@template_mistakes()
def render(
    document: ReportDocument, out: BinaryIO, templates: Sequence[Traversable], cache: Path | None = None
) -> None:
    """Write the page of a document; ResultError as `HtmlRenderer.render` says."""
    templating = environment(templates, _SET, cache)
    words = words_of(document.language)
    templating.globals.update(_spoken(words))
    style = inline(templating, _STYLE, "</style") + _on_paper(document, words)
    script = inline(templating, _SCRIPT, "</script")
    page = templating.get_template(_PAGE).generate(
        report=document, style=style, script=script, policy=content_policy(style, script)
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


def _spoken(words: Words) -> dict[str, Any]:
    """What templates say: `say` a phrase, `rich` one with markup in its parameters.

    `lang` is the attribute of an element whose text has no translation; `told` a text inside a sentence, marked alike.
    """
    from markupsafe import Markup, escape

    in_english = Markup(' lang="en"')  # a constant

    def rich(name: str, **parameters: Any) -> Markup:
        places = {key: value if key == "count" else f"{{{key}}}" for key, value in parameters.items()}
        return Markup(escape(words.say(name, **places))).format(**parameters)  # noqa: S704  # escaped, then formatted

    def told(text: str) -> str:
        return Markup("<span{}>{}</span>").format(in_english, text) if isinstance(text, English) else text

    return {
        "say": words.say,
        "rich": rich,
        "told": told,
        "number": words.number,
        "file": lambda stem, ending: file_name(stem, ending, words),
        "lang": lambda text: in_english if isinstance(text, English) else "",
        "script_words": "" if words.is_english else json.dumps(_script_words(words), ensure_ascii=False),
    }


def _script_words(words: Words) -> dict[str, str]:
    """What the script says; the places of numbers stay in braces."""
    places = {name: f"{{{name}}}" for name in ("left", "all", "number", "text", "filters")}
    names = ("or", "search", "of", "no_match", "matches", "checks", "chosen", "filtered")
    said = {name: words.say(f"js_{name}", **places) for name in names}
    own = {name: words.say(f"col_{name}").lower() for name in ("severity", "state", "product")}
    return said | own | {"open": words.say("open_all"), "close": words.say("close_all")}


def _on_paper(document: ReportDocument, words: Words) -> str:
    """What stands on each printed page: at the top, and the number at the bottom where it is not that of the style."""
    text = words.say("printed", title=document.title, as_of=document.as_of)
    if words.is_english:  # only plain characters: this is CSS, not HTML
        return f'@page {{ @top-left {{ content: "{_NOT_PLAIN.sub("?", text)}"; }} }}\n'
    before, between, after = words.say("page", page="\0", pages="\0").split("\0")
    number = f'"{_css(before)}" counter(page) "{_css(between)}" counter(pages) "{_css(after)}"'
    return f'@page {{ @top-left {{ content: "{_css(text)}"; }} @bottom-right {{ content: {number}; }} }}\n'


def _css(text: str) -> str:
    """Text for a CSS string. All but plain letters and digits is spelt by its number: nothing can end the string."""
    return "".join(char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}" for char in text[:200])
