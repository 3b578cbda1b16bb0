"""XML parsed as a stream, with line numbers, limits, and without document types or entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.handler import ContentHandler

from auditor.errors import AuditorError, BrokenExport, UnreadableExport
from auditor.intake.limits import MIB, Limits
from auditor.intake.xml_nodes import LIST_ITEM, Node
from auditor.sdk.reading import Source

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl, Locator

_CHUNK = MIB
_LEFT_OUT = "__VersionInfo"


@dataclass(slots=True)
class Finished:
    """Areas (name, node) that ended since the last time. With a `failure` they are what was open when it struck."""

    areas: list[tuple[str, Node]] = field(default_factory=list)
    left_out: int = 0
    failure: AuditorError | None = None


def parse(source: Source, limits: Limits, area_depth: int) -> Iterator[Finished]:
    """Areas of the document as they end; the last item carries the failure, if there was one.

    `area_depth` 1 makes the root the only area. At 3 each grandchild of the root that has children is an area
    `<child>.<grandchild>`; the plain values beside them make area `<child>`.
    """
    from defusedxml.expatreader import create_parser

    parser = create_parser(forbid_dtd=True)
    builder = _Builder(limits, area_depth)
    parser.setContentHandler(builder)
    builder.setDocumentLocator(parser)
    try:
        for _ in _feed(source, parser, limits):
            yield builder.take()
    except AuditorError as error:
        finished = builder.take()
        if finished.areas:
            yield finished
        yield builder.rest(error)
    else:
        yield builder.take()


def _feed(source: Source, parser: Any, limits: Limits) -> Iterator[None]:
    from xml.sax import SAXException

    from defusedxml.common import DefusedXmlException

    size = 0
    try:
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limits.max_file_bytes:
                    raise limits.exceeded("max_file_bytes", "the XML document goes on", where=_line(parser))
                parser.feed(chunk)
                yield
            parser.close()
    except DefusedXmlException as error:
        raise UnreadableExport(
            "it declares a document type or entities, which are refused",
            where=_line(parser),
            hint="remove the declaration, or export again without it",
        ) from error
    except (SAXException, LookupError, ValueError) as error:
        message = error.getMessage() if isinstance(error, SAXException) else str(error)
        raise BrokenExport(
            f"the XML is cut off or damaged ({message})", where=_line(parser), hint="export the file again"
        ) from error


def _line(parser: Any) -> str:
    return f"line {parser.getLineNumber() or 1}"


class _Builder(ContentHandler):
    """Builds nodes and hands over those that are areas."""

    def __init__(self, limits: Limits, area_depth: int) -> None:
        super().__init__()
        self._limits = limits
        self._area_depth = area_depth
        self._open: list[Node] = []
        self._unwanted = 0  # depth inside an element that is left out
        self._nodes = 0
        self._finished = Finished()
        self._left_out = 0
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the name SAX calls
        """Keeps who knows the line."""
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name SAX calls
        """Opens a node."""
        line = self._locator.getLineNumber() if self._locator is not None else 0
        where = f"line {line}"
        self._nodes += 1 + len(attrs)
        if self._nodes > self._limits.max_values:
            raise self._limits.exceeded("max_values", "the XML document has more values", where=where)
        if len(self._open) + self._unwanted >= self._limits.max_nesting:
            raise self._limits.exceeded("max_nesting", "XML elements are nested deeper", where=where)
        local = _local(name)
        if self._unwanted or (local == _LEFT_OUT and self._open):
            self._unwanted += 1
            return
        attributes = {
            _local(key): text for key, text in attrs.items() if key != "xmlns" and not key.startswith("xmlns:")
        }
        self._open.append(Node(local, line or 0, attributes))

    def characters(self, content: str) -> None:
        """Text of the open element."""
        if self._open and not self._unwanted:
            self._open[-1].text.append(content)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - the name and signature SAX calls
        """Closes a node: it becomes an area, or a child of its parent."""
        if self._unwanted:
            self._unwanted -= 1
            self._left_out += not self._unwanted
            return
        node = self._open.pop()
        self._close(node, len(self._open) + 1)

    def take(self) -> Finished:
        """The areas that ended since the last time."""
        finished, self._finished = self._finished, Finished()
        finished.left_out = self._left_out
        return finished

    def rest(self, failure: AuditorError) -> Finished:
        """What was open when the failure struck, but for elements in which nothing had ended: they would look empty."""
        self._unwanted = 0
        while self._open and not self._open[-1].children:
            self._open.pop()
        while self._open:
            node = self._open.pop()
            self._close(node, len(self._open) + 1)
        finished = self.take()
        finished.failure = failure
        return finished

    def _close(self, node: Node, depth: int) -> None:
        if depth == self._area_depth and depth > 1 and node.children and node.name != LIST_ITEM:
            self._area(f"{self._open[-1].name}.{node.name}", node)
        elif depth == self._area_depth - 1 and depth > 1 and node.children:
            self._area(node.name, node)
        elif depth == 1:
            if node.children or self._area_depth == 1:
                self._area(node.name, node)
        elif depth != self._area_depth - 1 or "".join(node.text).strip() or node.attributes:
            self._open[-1].children.append(node)

    def _area(self, name: str, node: Node) -> None:
        self._finished.areas.append((name, node))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
