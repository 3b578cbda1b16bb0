"""Which requests a report is about, and what it states of each: filters and columns of periodic reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.facts import KINDS, LEVELS, TYPES
from auditor.accounts.incidents.lifecycle import STATES
from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports.clocks import clock_document
from auditor.accounts.reports.material import Seen
from auditor.errors import ContentError
from auditor.model.events import text_of

COLUMNS = (
    "id", "title", "level", "state", "submitted_at", "deadline", "responded_at", "response", "ended_at", "product",
    "type", "kind", "reported_by", "channel",
)  # fmt: skip
"""What can be stated of a request; `response` is what became of its answer."""
DEFAULT_COLUMNS = COLUMNS[:-2]

_KNOWN: Mapping[str, Sequence[Any] | None] = {
    "levels": LEVELS,
    "kinds": KINDS,
    "types": TYPES,
    "states": STATES,
    "products": None,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a request must have; an empty tuple asks for nothing. Products are compared without regard to case.

    A request has the level, kind and state that it had at the end of the period.
    """

    levels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not any(getattr(self, one.name) for one in fields(self))

    def fits(self, incident: Incident) -> bool:
        """Whether the request is one of those."""
        products = {product.casefold() for product in self.products}
        return (
            (not self.levels or incident.level in self.levels)
            and (not self.kinds or incident.kind in self.kinds)
            and (not self.types or incident.type in self.types)
            and (not self.states or incident.state in self.states)
            and (not products or incident.product.casefold() in products)
        )

    def check(self) -> None:
        """ContentError for a value that no request can have."""
        for name, known in _KNOWN.items():
            for value in getattr(self, name):
                if known is not None and value not in known:
                    listed = ", ".join(str(one) for one in known)
                    raise ContentError(f"no request has {value!r} among its {name}", hint=f"there are {listed}")

    def to_document(self) -> dict[str, list[Any]]:
        """As events hold it: only what is asked for, in the order of its values."""
        return {one.name: sorted(set(getattr(self, one.name))) for one in fields(self) if getattr(self, one.name)}

    @classmethod
    def from_document(cls, document: Mapping[str, Iterable[Any]]) -> Filters:
        """The filters that `to_document` wrote."""
        return cls(**{name: tuple(values) for name, values in document.items()})


@dataclass(frozen=True, slots=True)
class Selection:
    """What a report is about: filters, and the columns of its list of requests."""

    filters: Filters = field(default_factory=Filters)
    columns: tuple[str, ...] = DEFAULT_COLUMNS

    def check(self) -> None:
        """ContentError for filters or columns that do not exist."""
        self.filters.check()
        for column in self.columns:
            if column not in COLUMNS:
                raise ContentError(f"there is no column {column!r}", hint=f"there are {', '.join(COLUMNS)}")
        if not self.columns:
            raise ContentError("the list of requests has no column", hint=f"there are {', '.join(COLUMNS)}")


def row(seen: Seen, came: str, now: datetime) -> dict[str, Any]:
    """Everything that can be stated of a request at an instant, as JSON holds it. `came`: see auditor...flow."""
    incident = seen.incident
    return {
        **{name: read(incident) for name, read in _PLAIN.items()},
        "came": came,
        "clock": clock_document(seen.clock(), now),
        "flags": list(incident.flags),
    }


_PLAIN: Mapping[str, Callable[[Incident], Any]] = {
    "id": lambda incident: incident.id,
    "title": lambda incident: incident.title,
    "product": lambda incident: incident.product,
    "product_version": lambda incident: incident.product_version,
    "type": lambda incident: incident.type,
    "kind": lambda incident: incident.kind,
    "level": lambda incident: incident.level,
    "state": lambda incident: incident.state,
    "submitted_at": lambda incident: text_of(incident.submitted_at),
    "ended_at": lambda incident: text_of(incident.ended_at) if incident.ended_at else None,
    "reported_by": lambda incident: incident.reported_by,
    "channel": lambda incident: incident.channel,
}
