"""Devices: rows that stream by, and what single calls say about one device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.errors import BrokenExport
from auditor.intake.ksc import extras
from auditor.intake.ksc.call import PRODUCT, Call
from auditor.intake.ksc.typed import DROPPED, HIDDEN, is_wrapper, params_of, plain_tree
from auditor.intake.redaction import is_secret_name, redact_tree
from auditor.model.snapshot import Rows, SubjectRef
from auditor.sdk.reading import Item

SINGLE = "/PxgRetVal"
"""How the pointer of a device ends that was looked up alone (GetHostInfo) and is not part of a listing."""

SERVER_SECTIONS = frozenset(
    {
        "KLSRV_SRVLIC_SECTION", "KLSRV_EXTAUD_SETTINGS", "KLSRV_MASTER_SRV", "KLSRV_PROXY_SECTION", "KLSRV_CONSRVINIT",
        "KLSRV_DEF_NAGENT_PACKAGE", "KLSRV_NETSIZE_SECTION", "KLSRV_TRANSPORT_SETTINGS", "KLSRV_KLCLOUD", "87",
        "KLSRV_DPE_SETTINGS", "KLSRV_REGIONAL", "KLSRV_IPM_SECTION", "KLSRV_HOST_STATUS", "KLSRVPLG_HIERARCHY",
    }
)  # fmt: skip
"""Documented sections that only the server (product 1093) has: their name alone tells the owner."""

_SHAPES_LIMIT = 4096


class RowCleaner:
    """Takes secrets and binaries out of device rows. Each set of names is judged once."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], bool] = {}

    def clean(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row itself when nothing has to go, else a cleaned copy."""
        if self._has_bad_names(row) or self._hides(row.values()):
            values: dict[str, Any] = redact_tree(plain_tree(row).values)[0]
            return values
        return row

    def _hides(self, values: Iterable[Any]) -> bool:
        """Whether any of these values is a binary or holds a secret name. The common kinds are settled first."""
        for value in values:
            if type(value) is dict:
                if len(value) == 2 and "value" in value and "type" in value:
                    if value["type"] == "binary":
                        return True
                    inner = value["value"]
                    if type(inner) is dict and (self._has_bad_names(inner) or self._hides(inner.values())):
                        return True
                    if type(inner) is list and self._hides(inner):
                        return True
                elif self._has_bad_names(value) or self._hides(value.values()):
                    return True
            elif type(value) is list and self._hides(value):
                return True
        return False

    def _has_bad_names(self, members: dict[str, Any]) -> bool:
        names = tuple(members)
        bad = self._shapes.get(names)
        if bad is None:
            bad = any(map(is_hidden_name, names))
            if len(self._shapes) < _SHAPES_LIMIT:
                self._shapes[names] = bad
        return bad


def is_hidden_name(name: str) -> bool:
    """Whether what stands under this name has to go."""
    return name in DROPPED or name in HIDDEN or is_secret_name(name)


def rows(call: Call) -> Iterator[Item]:
    """Batches of device rows, wrappers left in place. A row that is no object splits a batch."""
    cleaner = RowCleaner()
    for first, batch in call.feed.batches():
        records: list[Mapping[str, Any]] = []
        start = first
        fault: BrokenExport | None = None
        for index, raw in enumerate(batch, start=first):
            row = raw["value"] if is_wrapper(raw) else raw
            if type(row) is dict:
                try:
                    records.append(cleaner.clean(row))
                except (RecursionError, BrokenExport):
                    fault = BrokenExport("nested too deeply", where=f"{call.rows_at}/{index}")
                    break
                continue
            call.feed.odd += 1
            if records:
                yield _rows(call, records, start)
            records, start = [], index + 1
        if records:
            yield _rows(call, records, start)
        if fault is not None:
            raise fault
    yield from extras.remainder(call)


def _rows(call: Call, records: list[Mapping[str, Any]], first: int) -> Rows:
    return Rows("ksc.host", PRODUCT, records, call.file, call.rows_at, first, call.server)


def info(call: Call) -> Iterator[Item]:
    """GetHostInfo: one device, judged like a row."""
    name, raw = call.main()
    row = params_of(raw)
    if not row:
        yield from extras.remainder(call)
        return
    try:
        record = RowCleaner().clean(row)
    except RecursionError:
        raise BrokenExport("nested too deeply", where=f"{call.base}/{name}") from None
    yield Rows("ksc.host", PRODUCT, [record], call.file, f"{call.base}/{name}", 0, call.server)
    yield from extras.remainder(call, name)


def device_ref(call: Call) -> SubjectRef:
    """The device that the call asked about; without a request it stays unnamed and belongs to the file."""
    host = call.asked("strHostName", "szwHostId", "strSrvObjId")
    return call.ref("ksc.device", f"host/{host}") if host else call.contents_ref("")


def products(call: Call) -> Iterator[Item]:
    """GetHostProducts: product -> version -> values."""
    yield from _device_area(call, "products")


def software(call: Call) -> Iterator[Item]:
    """GetHostInvProducts and its like."""
    yield from _device_list(call, "software", "Programs")


def components(call: Call) -> Iterator[Item]:
    """GetComponentsForProductOnHost: the state of each protection component."""
    product = call.asked("strProductName", "strProduct") or "all"
    yield from _device_list(call, f"components.{product}", "Components")


def task_ids(call: Call) -> Iterator[Item]:
    """GetAllTasksOfHost: identifiers of tasks."""
    yield from extras.list_part(call, device_ref(call), "tasks", "TaskIds")


def _device_area(call: Call, area: str) -> Iterator[Item]:
    name, raw = call.main()
    if raw is None:
        yield from extras.answer(call)
        return
    yield call.part(device_ref(call), area, raw, f"{call.base}/{name}", complete=call.complete)
    yield from extras.remainder(call, name)


def _device_list(call: Call, area: str, name: str) -> Iterator[Item]:
    yield from extras.list_part(call, device_ref(call), area, name)


def section(call: Call, name: str) -> Iterator[Item]:
    """HostGroup.SS_Read: a section of a product's settings; product 1093 is the server itself."""
    product = call.asked("strProduct")
    kind = call.asked("strType")
    member, raw = call.main()
    if raw is None:
        yield from extras.answer(call)
        return
    area = f"section.{name or '(unnamed)'}"
    if kind and kind != "SS_SETTINGS":
        area = f"section.{kind}.{name}"
    if product == "1093" or (not product and name in SERVER_SECTIONS):
        subject = call.server_ref()
    elif product:
        subject, area = device_ref(call), f"section.{product}.{area.partition('.')[2]}"
    else:
        subject = call.contents_ref("")
    yield call.part(subject, area, raw, f"{call.base}/{member}", complete=call.complete)
    yield from extras.remainder(call, member)
