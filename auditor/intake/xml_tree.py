"""XML exports: settings of Kaspersky Security for Windows Server, and any other document as a tree.

KSWS (`KAVSHELL EXPORT`): root `KAV-WSEE-Settings`. Most of its names are not publicly documented, so the tree is
taken over as it stands, one area for each element under the root's children. Format versions (`__VersionInfo`) are
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from auditor.errors import AuditorError
from auditor.intake.limits import Limits
from auditor.intake.names import visible
from auditor.intake.redaction import redact_tree
from auditor.intake.xml_nodes import Node, line_of, mapping_of, value_of
from auditor.intake.xml_parsing import Finished, parse
from auditor.model.snapshot import Part, Path, Settings, SubjectRef
from auditor.sdk.reading import Item, Note, Source

KSWS = "ksws.settings"
DOCUMENT = "xml.document"
_KSWS_ROOT = "KAV-WSEE-Settings"
_KSWS_PRODUCT = "WSEE"
_ROOT = re.compile(r"<(?:[\w.\-]{1,200}:)?([^\W\d][\w.\-]{0,200})(?=[\s/>])")
_BLANK = re.compile(r"\s*")
# what a root's name tells about the product
_PRODUCTS = (
    ("klms", "klms", "Kaspersky Security for Linux Mail Server"),
    ("kwts", "kwts", "Kaspersky Web Traffic Security"),
    ("kavhttpd", "scan-engine", "Kaspersky Scan Engine"),
    ("scanengine", "scan-engine", "Kaspersky Scan Engine"),
)


class XmlReader:
    """Reads KSWS settings, and other XML as a generic tree of an unmapped product."""

    name = "xml"
    formats = (KSWS, DOCUMENT)

    def recognise(self, source: Source) -> str:
        """By the root element; web pages are not taken."""
        if b"<" not in source.head[:512]:
            return ""
        root = root_name(source.head_text)
        if not root or root.lower() == "html":
            return ""
        return KSWS if root == _KSWS_ROOT else DOCUMENT

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """Parts as they are complete; after damage what is left of the open ones, marked incomplete."""
        limits = getattr(source, "limits", None) or Limits()
        if format_id == KSWS:
            return _read_ksws(source, limits)
        return _read_document(source, limits)


def root_name(text: str) -> str:
    """Local name of the root element in the beginning of a document; "" when it is no XML.

    "?" when the prolog is longer than the text at hand.
    """
    at = 0
    while True:
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
        for start, end in (("<?", "?>"), ("<!--", "-->"), ("<!", ">")):
            if text.startswith(start, at):
                close = text.find(_subset_end(text, at) if start == "<!" else end, at)
                if close < 0:
                    return "?" if text.startswith("<?xml") else ""
                at = text.find(">", close) + 1
                break
        else:
            match = _ROOT.match(text, at)
            return match[1] if match else ""


def _subset_end(text: str, at: int) -> str:
    """How a document type declaration ends: with its internal subset, or without one."""
    bracket, close = text.find("[", at), text.find(">", at)
    return "]" if 0 <= bracket < close else ">"


def _read_ksws(source: Source, limits: Limits) -> Iterator[Item]:
    subject = SubjectRef("ksws.settings", source.host, source.host, "ksws")
    redacted = left_out = 0
    failure: AuditorError | None = None
    for finished in parse(source, limits, area_depth=3):
        failure = finished.failure
        left_out = finished.left_out
        for area, node in finished.areas:
            part, changed = _part(source, subject, area, node, finished)
            redacted += changed
            yield part
            product = mapping_of(node).get("ProductName") if area == "ProductInfo" else None
            if product not in (None, "", _KSWS_PRODUCT):  # no set: with attributes it is a dict
                yield Note(f"the product calls itself {visible(str(product)[:100])}; it was read by the layout of KSWS")
    if left_out:
        yield Note(f"{left_out} format versions (__VersionInfo) left out")
    yield from _closing(redacted, failure)


def _read_document(source: Source, limits: Limits) -> Iterator[Item]:
    for finished in parse(source, limits, area_depth=1):
        redacted = 0
        for _, node in finished.areas:
            product, remark = _product_of(node.name)
            subject = SubjectRef("xml.document", f"{source.host}/{source.name}", source.name, product)
            part, redacted = _part(source, subject, "document", node, finished)
            yield part
            yield Note(remark)
        yield from _closing(redacted, finished.failure)


def _product_of(root: str) -> tuple[str, str]:
    for word, product, title in _PRODUCTS:
        if word in root.lower():
            return product, f"{title}: kept as a tree, no checks are mapped to it"
    return "unmapped", f"root element {root}: an unmapped product, kept as a tree"


def _part(source: Source, subject: SubjectRef, area: str, node: Node, finished: Finished) -> tuple[Part, int]:
    values = mapping_of(node) if subject.kind == "ksws.settings" else {node.name: value_of(node)}
    clean, redacted = redact_tree(values)
    locate = partial(_relative_line, node, 0 if subject.kind == "ksws.settings" else 1)
    settings = Settings(area, clean, complete=finished.failure is None, locate=locate)
    return Part(subject, settings, source.path, node.line), redacted


def _relative_line(node: Node, skip: int, path: Path) -> int:
    return line_of(node, path[skip:]) - node.line


def _closing(redacted: int, failure: AuditorError | None) -> Iterator[Item]:
    if redacted:
        yield Note(f"{redacted} secrets redacted")
    if failure is not None:
        raise failure
