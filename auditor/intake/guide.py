"""The collection guide: which command, click or call produces which area, for people and for the intake report."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from auditor.errors import ContentError, UsageProblem
from auditor.intake.guide_texts import Texts, translatable, translated

if TYPE_CHECKING:
    from auditor.phrases import Phrases

WIDTH = 100
_WORD = re.compile(r"\{([a-z]+)\}")
_TOKEN = re.compile(r"""(?:'[^']*'|"[^"]*"|\S)+""")


@dataclass(frozen=True, slots=True)
class Call:
    """One OpenAPI call: `Class.Method`, its JSON body with <placeholders>, what it is repeated for, a remark."""

    method: str
    request: str
    each: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, with all words filled in for one product. `provides` holds `kind:area` globs.

    `format` is that of files which hold all that the step brings: what is not in such a file does not exist there.
    """

    id: str
    product: str
    title: str
    how: str
    provides: tuple[str, ...]
    commands: tuple[str, ...]
    calls: tuple[Call, ...]
    save_as: str
    rights: str
    notes: str
    needed_for: str
    format: str = ""

    def gives(self, area: str, kind: str = "") -> bool:
        """True when the step brings this area, of this kind of subject where one is named."""
        for pattern in self.provides:
            owner, _, glob = pattern.partition(":")
            if (not kind or owner == kind) and fnmatchcase(area.lower(), glob.lower()):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a person reads for one product; `partly_english` where a translation lacks some of its texts."""

    product: str
    name: str
    intro: str
    rights: str
    steps: tuple[Step, ...]
    partly_english: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """All chapters, in the order of the files."""

    chapters: tuple[Chapter, ...]

    @property
    def products(self) -> tuple[str, ...]:
        """Codes of the products that the guide knows."""
        return tuple(chapter.product for chapter in self.chapters)

    def chapter(self, product: str) -> Chapter:
        """The chapter of a product; UsageProblem naming the known codes when there is none."""
        for chapter in self.chapters:
            if chapter.product == product:
                return chapter
        raise UsageProblem(f"no collection guide for product {product!r}", hint=f"one of {', '.join(self.products)}")

    def steps_for(self, product: str, area: str, kind: str = "") -> list[Step]:
        """The steps that bring an area (`task.Update`, `static`) of a product, the best first; none when unknown.

        `kind` is the kind of subject (`kesl.host`, `ksc.policy`); without it every kind counts.
        """
        if product not in self.products:
            return []
        return [step for step in self.chapter(product).steps if step.gives(area, kind)]

    @staticmethod
    def left(steps: Sequence[Step], area: str, whole: Collection[str]) -> list[Step]:
        """Of the steps that bring an area those that are worth taking where files of these formats were read whole.

        None where such a file would hold it. `state.*` is no area but all that a check found nothing of: other steps
        may still bring some of it.
        """
        others = [step for step in steps if step.format not in whole]
        return [] if len(others) < len(steps) and not area.endswith("*") else others


def chapter_of(product: str, kind: str) -> str:
    """The chapter for a kind of subject of a product: what Security Center knows of others is collected from it."""
    family = kind.partition(".")[0]
    return family if family in ("ksc", "ksws") else product


def guide_of(documents: Mapping[str, Any], texts: Texts | None = None) -> Guide:
    """The guide made of documents that were validated, by file name; ContentError when two describe one product.

    `texts` are translations of its English texts (None: the guide is wanted in English).
    """
    chapters: list[Chapter] = []
    for where, english in documents.items():
        data = english if texts is None else translated(english, texts)
        partly = texts is not None and any(text not in texts for text in translatable(english))
        chapters.extend(_chapter(data, product, where, partly) for product in data["products"])
    codes = [chapter.product for chapter in chapters]
    for code in codes:
        if codes.count(code) > 1:
            raise ContentError(f"product {code!r} has two chapters", where=", ".join(documents))
    return Guide(tuple(chapters))


def render_text(guide: Guide, products: Sequence[str] = (), language: str = "en") -> str:
    """The guide as plain text of 100 columns that is good Markdown as well; all products when none is named.

    `language` is that of the words around the texts of the guide.
    """
    from auditor.phrases import Phrases

    phrases = Phrases(language, "guide")
    chapters = [guide.chapter(product) for product in products] if products else list(guide.chapters)
    return "\n".join(line for chapter in chapters for line in _chapter_lines(chapter, phrases)).rstrip() + "\n"


def render_step(step: Step, phrases: Phrases) -> list[str]:
    """The lines of one step without its heading: what to run, where to save it, rights and remarks."""
    lines: list[str] = []
    for command in step.commands:
        lines += _command(command) if step.how == "command" else _prose(command)
    for call in step.calls:
        lines += _call(call, phrases)
    lines.append("")
    if step.save_as:
        lines += _bullet(phrases.say("save_as", file=step.save_as))
    if step.rights:
        lines += _bullet(phrases.say("rights", text=step.rights))
    if step.notes:
        lines += _bullet(phrases.say("note", text=step.notes))
    return lines


def _chapter(data: Mapping[str, Any], product: Mapping[str, Any], where: str, partly: bool) -> Chapter:
    code = product["code"]
    steps = tuple(
        _step(step, product, where, data.get("rights", ""))
        for step in data["steps"]
        if code in step.get("only", [code])
    )
    return Chapter(code, product["name"], data["intro"].strip(), data.get("rights", "").strip(), steps, partly)


def _step(step: Mapping[str, Any], product: Mapping[str, Any], where: str, rights: str) -> Step:
    def fill(text: str) -> str:
        def word(match: re.Match[str]) -> str:
            if match[1] not in product["words"]:
                raise ContentError(f"step {step['id']!r} uses the unknown word {match[0]}", where=where)
            return str(product["words"][match[1]])

        return _WORD.sub(word, text.strip())

    return Step(
        id=step["id"],
        product=product["code"],
        title=step["title"],
        how=step["how"],
        provides=tuple(step["provides"]),
        commands=tuple(fill(command) for command in step.get("commands", [])),
        calls=tuple(
            Call(call["method"], call["request"], call.get("each", ""), call.get("note", ""))
            for call in step.get("calls", [])
        ),
        save_as=fill(step["save_as"]),
        rights="" if step.get("rights", rights) == rights else fill(step["rights"]),
        notes=fill(step.get("notes", "")),
        needed_for=step["needed_for"],
        format=step.get("format", ""),
    )


def _chapter_lines(chapter: Chapter, phrases: Phrases) -> Iterator[str]:
    yield f"# {phrases.say('heading', product=chapter.name)}"
    yield ""
    if chapter.partly_english:
        yield from _prose(phrases.say("in_english"))
        yield ""
    yield from _prose(chapter.intro)
    yield ""
    if chapter.rights:
        yield from _prose(phrases.say("rights", text=chapter.rights))
        yield ""
    for number, step in enumerate(chapter.steps, 1):
        yield f"## {number}. {step.title}"
        yield ""
        yield from _prose(f"{phrases.say(f'need_{step.needed_for}')} {_answers(step, phrases)}")
        yield ""
        yield from render_step(step, phrases)
        yield ""


def _answers(step: Step, phrases: Phrases) -> str:
    return phrases.say("brings", areas=", ".join(step.provides)) if step.provides else phrases.say("not_read")


def _prose(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _bullet(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _command(command: str) -> list[str]:
    """A shell command as a Markdown code block, continued with backslashes outside quotes where it is long."""
    lines, line = [], "   "
    for token in _TOKEN.findall(command):
        if len(line) + 1 + len(token) > WIDTH - 2 and line.strip():
            lines.append(f"{line} \\")
            line = "       "
        line = f"{line} {token}"
    return [*lines, line]


def _call(call: Call, phrases: Phrases) -> list[str]:
    lines = [f"    {call.method}"]
    lines += textwrap.wrap(
        call.request,
        WIDTH,
        initial_indent=" " * 6,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for remark in (phrases.say("for_each", what=call.each) if call.each else "", call.note):
        if remark:
            lines += textwrap.wrap(remark, WIDTH, initial_indent="      # ", subsequent_indent="      # ")
    return lines
