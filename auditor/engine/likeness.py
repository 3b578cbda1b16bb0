"""Texts that are alike to checks: they answer every question alike, so that what is said about one holds for all.

A check depends on the texts of an export only through the questions that it asks of them (`auditor.sdk.looks`); apart
from that it shows them. So content of a known layout is recognised by the answers, and each text that a verdict shows
is put in when the verdict is written. Texts that cannot be put in as they are, and those of which a check may ask
anything, are only alike to themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import getitem, itemgetter

from auditor.engine.encode import LONGEST_VALUE, dumps, is_plain
from auditor.engine.groups import Group
from auditor.model.content import Form, Layout
from auditor.model.snapshot import Path
from auditor.sdk.looks import Question, itself
from auditor.sdk.views import descend

_KINDS_KEPT = 1_024
_ANSWERS_KEPT = 256

Questions = Mapping[int, Sequence[Question]]
"""What is asked of the texts of some content, by line; of lines that are not named nothing is asked."""


class _Kinds(dict[str, Hashable]):
    """Text -> what it answers, or the text itself where answers are not enough."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__()
        self._questions = questions

    def __missing__(self, text: str) -> Hashable:
        kind = self._answers(text) if is_plain(text) else text
        if len(self) >= _ANSWERS_KEPT:
            self.clear()
        self[text] = kind
        return kind

    def _answers(self, text: str) -> Hashable:
        try:
            return tuple([question(text) for question in self._questions])
        except Exception:  # noqa: BLE001  # too long; or a check that crashes on a text says so, of that text alone
            return text


_kinds: dict[tuple[Question, ...], _Kinds] = {}


def _kinds_for(questions: Sequence[Question]) -> _Kinds:
    key = tuple(questions)
    known = _kinds.get(key)
    if known is None:
        if len(_kinds) >= _KINDS_KEPT:
            _kinds.clear()
        known = _kinds[key] = _Kinds([itself] if itself in key else key)
    return known


class Likeness:
    """Tells content of one layout apart by what is asked of its texts."""

    __slots__ = ("_kinds", "_pick")

    def __init__(self, questions: Questions) -> None:
        self._pick = _picker(list(questions))
        self._kinds = [_kinds_for(asked) for asked in questions.values()]

    def of(self, texts: Sequence[str]) -> tuple[Hashable, ...]:
        """Equal for texts that are alike, in the order of the questions.

        One text that is only alike to itself makes the others so, too: all together decide whether a list is too long.
        """
        looked_at = self._pick(texts)
        kinds = tuple(map(getitem, self._kinds, looked_at))
        return tuple(looked_at) if str in map(type, kinds) else kinds


def _picker(lines: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    if len(lines) > 1:
        return itemgetter(*lines)
    return lambda texts: [texts[line] for line in lines]


@dataclass(frozen=True, slots=True)
class Interest:
    """What a group wants to know of some items of a layout, and all that stands there that it could notice.

    Interests of one `structure` ask the same in the same order, and where the answers are equal, too, the group says
    the same. `certain`: nothing is done with texts but asking; else each text is alike to itself alone.
    """

    questions: Questions
    structure: Hashable
    certain: bool


def interest_of(group: Group, layout: Layout, items: Sequence[int]) -> Interest:
    """What a group wants to know of some items of a layout."""
    found: dict[int, Sequence[Question]] = {}
    structure: list[Hashable] = []
    places: Counter[tuple[str, Path]] = Counter()
    for form, offset in [layout.forms[item] for item in items]:
        branches = [form.under[name] for name in group.names_in(form)]
        structure.append((form.area, form.facet, *(path for branch in branches for path in branch.paths)))
        rooms = _Rooms(form)
        for path, line in [stated for branch in branches for stated in branch.lines]:
            places[form.area, path] += 1
            asked = group.asked(form.area, path)
            if asked is not None:
                room = {rooms[path[:depth]] for depth in asked.shown}
                found[offset + line] = [*asked.questions, *(_within(size) for size in room if size is not None)]
    certain = not any(itself in asked for asked in found.values())
    if not certain or any(number > 1 for number in places.values()):  # of what is stated twice, the texts are compared
        return Interest({line: [itself] for line in found}, (), certain=False)
    return Interest(found, tuple(structure), certain=True)


class _Rooms(dict[Path, int | None]):
    """Lists and groups of a form -> how long the texts in them may be."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, holder: Path) -> int | None:
        room = self[holder] = _room(self._form, holder)
        return room


def _room(form: Form, holder: Path) -> int | None:
    """How many bytes each text of a list or group may have so that all of it is shown; None where it never is."""
    held = [path for path, _ in form.lines if path[: len(holder)] == holder]
    empty = form.settings([""] * (1 + max(line for _, line in form.lines)), 0)
    size = len(dumps(descend(empty.values, holder)))
    return None if size > LONGEST_VALUE else (LONGEST_VALUE - size) // len(held)


@cache
def _within(room: int) -> Question:
    """Asks nothing, of a text that is short enough; ValueError for a longer one."""

    def short(text: str) -> None:
        if len(text.encode()) > room:
            raise ValueError(text)

    return short


def all_questions(several: Iterable[Questions]) -> Questions:
    """The questions of several groups about the same content."""
    found: dict[int, dict[Question, None]] = {}
    for questions in several:
        for line, asked in questions.items():
            found.setdefault(line, {}).update(dict.fromkeys(asked))
    return {line: list(asked) for line, asked in found.items()}
