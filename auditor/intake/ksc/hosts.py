"""Devices: rows that stream by, and what single calls say about one device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from auditor.errors import BrokenExport
from auditor.intake.ksc import extras, lists
from auditor.intake.ksc.call import PRODUCT, Call
from auditor.intake.ksc.typed import DROPPED, HIDDEN, MAX_DEPTH, binary_size, is_wrapper, params_of
from auditor.intake.redaction import MASK, is_secret_name, may_hold_secret, redact_tree
from auditor.model.snapshot import Page, Rows, Screened, SubjectRef
from auditor.sdk.reading import Item

SERVER_SECTIONS = frozenset(
    {
        "KLSRV_SRVLIC_SECTION", "KLSRV_EXTAUD_SETTINGS", "KLSRV_MASTER_SRV", "KLSRV_PROXY_SECTION", "KLSRV_CONSRVINIT",
        "KLSRV_DEF_NAGENT_PACKAGE", "KLSRV_NETSIZE_SECTION", "KLSRV_TRANSPORT_SETTINGS", "KLSRV_KLCLOUD", "87",
        "KLSRV_DPE_SETTINGS", "KLSRV_REGIONAL", "KLSRV_IPM_SECTION", "KLSRV_HOST_STATUS", "KLSRVPLG_HIERARCHY",
    }
)  # fmt: skip
"""Documented sections that only the server (product 1093) has: their name alone tells the owner."""

_SHAPES_LIMIT = 4096

Clean = Callable[[dict[str, Any]], dict[str, Any]]


class RowCleaner:
    """Takes secrets and binaries out of device rows. Each set of names is judged once."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], bool] = {}

    def clean(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row itself when nothing has to go, else a cleaned copy with all wrappers in place."""
        try:
            if self._has_bad_names(row) or self._hides(row.values()):
                values: dict[str, Any] = redact_tree(without_binaries(row))[0]
                return values
        except RecursionError:
            raise BrokenExport("a row is nested too deeply") from None
        return row

    def _hides(self, values: Iterable[Any]) -> bool:
        """Whether any of these values is a binary, may be a text with a secret, or holds a secret name."""
        return any(map(self._hidden, values))

    def _hidden(self, value: Any) -> bool:
        if type(value) is str:
            return may_hold_secret(value)
        if type(value) is list:
            return self._hides(value)
        if type(value) is not dict:
            return False
        if len(value) == 2 and "value" in value and "type" in value:
            return value["type"] == "binary" or self._hidden(value["value"])
        return self._has_bad_names(value) or self._hides(value.values())

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


def without_binaries(node: Any, depth: int = 0) -> Any:
    """A copy without key bodies and binaries; wrappers stay, so that pointers into the file stay right."""
    if depth > MAX_DEPTH * 2:
        raise BrokenExport(f"nested deeper than {MAX_DEPTH} levels")
    if type(node) is list:
        return [without_binaries(item, depth + 1) for item in node]
    if type(node) is not dict:
        return node
    if is_wrapper(node) and node["type"] == "binary":
        return {"type": "binary", "value": f"(binary, {binary_size(node['value'])} bytes)"}
    return {
        name: MASK if name in HIDDEN else without_binaries(item, depth + 1)
        for name, item in node.items()
        if name not in DROPPED
    }


def rows(call: Call) -> Iterator[Item]:
    """Batches of device rows, wrappers left in place. Wrapped and bare rows never share a batch."""
    clean = RowCleaner().clean
    page = lists.page_of(call)
    for first, batch in call.feed.batches():
        rows = _all_wrapped(batch)
        if rows is not None:
            yield _rows(call, page, Screened(rows, clean), first, wrapped=True)
        else:
            yield from _mixed(call, page, clean, first, batch)
    yield from extras.remainder(call)


def _all_wrapped(batch: list[Any]) -> list[dict[str, Any]] | None:
    """The objects of a batch of params wrappers, the usual case; None for anything else."""
    try:
        rows = [raw["value"] for raw in batch]
        usual = {raw["type"] for raw in batch} == {"params"} and set(map(len, batch)) == {2}
    except (KeyError, TypeError):
        return None
    return rows if usual and set(map(type, rows)) == {dict} else None


def _mixed(call: Call, page: Page, clean: Clean, first: int, batch: list[Any]) -> Iterator[Rows]:
    """Rows of one kind as long as they follow each other; what is no object is counted and left out."""
    records: list[dict[str, Any]] = []
    start, inside = first, False
    for index, raw in enumerate(batch, start=first):
        wrapped = is_wrapper(raw)
        row = raw["value"] if wrapped else raw
        if records and (type(row) is not dict or wrapped is not inside):
            yield _rows(call, page, Screened(records, clean), start, wrapped=inside)
            records = []
        if type(row) is not dict:
            call.feed.odd += 1
            continue
        if not records:
            start, inside = index, wrapped
        records.append(row)
    if records:
        yield _rows(call, page, Screened(records, clean), start, wrapped=inside)


def _rows(call: Call, page: Page, records: Screened, first: int, *, wrapped: bool) -> Rows:
    if page.start is not None and first:
        page = replace(page, start=page.start + first)
    suffix = "/value" if wrapped else ""
    return Rows("ksc.host", PRODUCT, records, call.file, call.rows_at, first, call.server, suffix=suffix, page=page)


def found(call: Call) -> Iterator[Item]:
    """FindHosts: how many devices the list has whose pages other answers hold."""
    call.feed.drain()
    yield from lists.statement(call, "ksc.host", "strAccessor", "PxgRetVal", lists.filter_of(call))
    yield from extras.remainder(call)


def info(call: Call) -> Iterator[Item]:
    """GetHostInfo: one device, judged like a row when no listing holds it."""
    name, raw = call.main()
    row = params_of(raw)
    if not row:
        yield from extras.remainder(call)
        return
    place = call.place(name)
    record = RowCleaner().clean(row)
    suffix = "/value" if row is not raw else ""
    yield Rows("ksc.host", PRODUCT, [record], call.file, place, 0, call.server, listing=False, suffix=suffix)
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
    yield call.part(device_ref(call), area, raw, call.place(name), complete=call.complete)
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
    yield call.part(subject, area, raw, call.place(member), complete=call.complete)
    yield from extras.remainder(call, member)
