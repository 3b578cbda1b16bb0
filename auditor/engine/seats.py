"""What a group of checks says about content of a known layout, remembered by the texts that the group looks at.

Files of one version of a product write the same keys on the same lines; only the values differ. So where a group's
settings stand is worked out once for each layout, and a new file costs one lookup by the texts on those lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from auditor.engine.groups import Group, Sight, names_files
from auditor.model.content import Content, Layout
from auditor.model.snapshot import Part
from auditor.sdk.views import SubjectView

_KNOWN_LIMIT = 32


@dataclass(slots=True, eq=False)
class Inside:
    """The groups that one content answers alone, each with the items that it numbers as its parts."""

    groups: tuple[tuple[Group, tuple[int, ...]], ...]
    spots: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.spots = tuple([items for _, items in self.groups])


Pick = Callable[[Sequence[str]], Any]
"""From the texts on the lines of some content to those that count."""


@dataclass(slots=True, eq=False)
class Laid:
    """What a group says about its items in content of one layout. `text` and `lines` are notes of the writer."""

    sight: Sight
    text: bytes = b""
    lines: Any = None


class Seat:
    """One group at one layout."""

    __slots__ = ("_known", "_pick", "group", "items")

    def __init__(self, group: Group, items: tuple[int, ...], layout: Layout) -> None:
        self.group = group
        self.items = items
        self._pick = picker([line for item in items for line in _lines_read(group, layout, item)])
        self._known: dict[Any, Laid] = {}

    def laid(self, content: Content, view: SubjectView) -> Laid:
        """The group's judgements; product and version are those that this seat was made for."""
        key = self._pick(content.texts)
        known = self._known.get(key)
        if known is None:
            found = map(content.item, self.items)
            parts = [Part(view.ref, settings, "", offset) for settings, offset in found]
            known = Laid(Sight(self.group.fresh(view, parts)))
            if not names_files(known.sight.judged):
                if len(self._known) >= _KNOWN_LIMIT:
                    self._known.clear()
                self._known[key] = known
        return known


def _lines_read(group: Group, layout: Layout, item: int) -> list[int]:
    """The lines of an item on which something stands that the group may look at."""
    form, offset = layout.forms[item]
    if group.reads_whole(form.area):
        return [offset + line for _, line in form.lines]
    wanted = {name for area, name in group.keys if area == form.area}
    return [offset + line for path, line in form.lines if path[0] in wanted]


def picker(lines: Sequence[int]) -> Pick:
    """The texts on some lines: one text, a tuple of several, or () for none."""
    return itemgetter(*lines) if lines else _no_text


def _no_text(_: Sequence[str]) -> Any:
    return ()


def form_key(content: Content, item: int) -> tuple[Any, Any]:
    """(form, texts) of one item of content with a layout: equal for equal settings, wherever they stand."""
    layout = content.layout
    assert layout is not None  # noqa: S101  # asked only of content with a layout
    picks = layout.judged.get(form_key)
    if picks is None:
        picks = layout.judged[form_key] = [
            (form, picker([offset + line for _, line in form.lines])) for form, offset in layout.forms
        ]
    form, pick = picks[item]
    return form, pick(content.texts)
