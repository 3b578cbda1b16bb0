"""The subjects that are judged once all inputs were read, as Python bodies look at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from auditor.model.snapshot import SubjectRef
from auditor.sdk.views import SubjectView

if TYPE_CHECKING:
    from auditor.sdk.context import Context

_T = TypeVar("_T")


class Estate(dict[str, list[SubjectView]]):
    """Subjects by kind, in the order of their keys: filled first, then asked, server by server."""

    def __init__(self) -> None:
        super().__init__()
        self._by_server: dict[str, tuple[int, dict[str, list[SubjectView]]]] = {}
        self._found: dict[tuple[Callable[[Context], Any], str], Any] = {}

    def of(self, kind: str, server: str) -> list[SubjectView]:
        """Those of a kind on one server."""
        everywhere = self.get(kind, [])
        known = self._by_server.get(kind)
        if known is None or known[0] != len(everywhere):
            table: dict[str, list[SubjectView]] = {}
            for view in everywhere:
                table.setdefault(server_of(view.ref), []).append(view)
            known = self._by_server[kind] = (len(everywhere), table)
        return known[1].get(server, [])

    def once(self, find: Callable[[Context], _T], ctx: Context) -> _T:
        """What `find` answered when it was first asked about this server."""
        key = (find, server_of(ctx.subject))
        if key not in self._found:
            self._found[key] = find(ctx)
        found: _T = self._found[key]
        return found


def server_of(ref: SubjectRef) -> str:
    """The server, or device, that a subject belongs to: the first part of its key."""
    return ref.key.split("/", 1)[0]
