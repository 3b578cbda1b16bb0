"""XML elements as values: what becomes text, a list or a dict, and on which line it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from auditor.model.snapshot import Path, Value

LIST_ITEM = "element"
"""The name of list items in exports of KSWS: `<Objects><element>..</element></Objects>`."""


@dataclass(slots=True)
class Node:
    """One element: local name, 1-based line of its start tag, attributes, children, text between them."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def is_list(self) -> bool:
        """Whether it holds nothing but list items."""
        return bool(self.children) and not self.attributes and all(child.name == LIST_ITEM for child in self.children)


def value_of(node: Node) -> Value:
    """Text for an element without children, a list for repeated `<element>`, else a dict.

    In a dict attributes are `@name`, text beside children or attributes is `#text`, a repeated name is a list. An
    empty element is empty text: whether it is an empty list cannot be seen.
    """
    text = "".join(node.text).strip()
    if not node.children and not node.attributes:
        return text
    if node.is_list and not text:
        return [value_of(child) for child in node.children]
    return mapping_of(node)


def mapping_of(node: Node) -> dict[str, Value]:
    """As `value_of`, but always a dict: list items stand under `element`."""
    values: dict[str, Value] = {f"@{name}": text for name, text in node.attributes.items()}
    times = Counter(child.name for child in node.children)
    for child in node.children:
        if times[child.name] == 1 and not node.is_list:
            values[child.name] = value_of(child)
        else:
            values.setdefault(child.name, []).append(value_of(child))
    text = "".join(node.text).strip()
    if text:
        values["#text"] = text
    return values


def line_of(node: Node, path: Path) -> int:
    """The line of the value at `path` below the node; of its nearest known ancestor when there is none."""
    here: Node | list[Node] = node
    line = node.line
    for step in path:
        below = _below(here, step)
        if below is None:
            break
        here = below
        line = here.line if isinstance(here, Node) else here[0].line
    return line


def _below(here: Node | list[Node], step: str | int) -> Node | list[Node] | None:
    if isinstance(step, int):
        items = here.children if isinstance(here, Node) else here
        return items[step] if 0 <= step < len(items) else None
    if isinstance(here, list):
        return None
    named = [child for child in here.children if child.name == step]
    if len(named) == 1 and not (here.is_list and step == LIST_ITEM):
        return named[0]
    return named or None
