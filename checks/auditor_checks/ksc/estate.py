"""What the Python bodies ask of a server's estate: its tree of groups, its policies, its tasks.

Ids of groups are integers. Every helper answers None where the inputs do not tell, never a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.sdk import Context, Evidence, Reason, SubjectView
from auditor.sdk.operators import number_of, text_of

# The vendor's examples give "Managed devices" this id, which holds where the export does not state another.
MANAGED_DEVICES = 0


def whole(value: Any) -> int | None:
    """The integer that a value states, or None."""
    number = number_of(value)
    return None if number is None or number != int(number) else int(number)


def flag(value: Any) -> bool | None:
    """True or False as the API writes them (true, 1, yes), or None."""
    text = text_of(value)
    return True if text in ("true", "1", "yes") else False if text in ("false", "0", "no") else None


def unclear(view: SubjectView, setting: str) -> bool:
    """True where inputs contradict each other about a setting, or may hold it where they were cut off."""
    return view.find(setting).reason not in (None, Reason.KEY_ABSENT, Reason.NOT_COLLECTED)


def server_value(ctx: Context, setting: str) -> Any:
    """A setting of the Administration Server to which the judged subject belongs, or None."""
    server = _server(ctx)
    return None if server is None else server.get(setting)


def server_has(ctx: Context, area: str) -> bool:
    """True when an input holds the area for the judged subject's server."""
    server = _server(ctx)
    return server is not None and server.has(area)


def _server(ctx: Context) -> SubjectView | None:
    return ctx.view if ctx.subject.kind == "ksc.server" else next(iter(ctx.others("ksc.server")), None)


@dataclass(frozen=True, slots=True)
class Tree:
    """The administration groups that were collected: id -> id of the parent group."""

    root: int
    parents: Mapping[int, int | None]

    def upwards(self, group: int) -> tuple[list[int], bool]:
        """The group and all above it; False when the way to the top leaves what was collected."""
        chain = dict.fromkeys([group])
        while group != self.root:
            parent = self.parents.get(group)
            if parent is None or parent in chain:
                return list(chain), False
            chain[parent] = None
            group = parent
        return list(chain), True


def tree_of(ctx: Context) -> Tree:
    """The tree of the server to which the judged subject belongs."""
    root = whole(server_value(ctx, "ksc_server.groups.managed"))
    parents: dict[int, int | None] = {}
    for view in ctx.others("ksc.group"):
        number = whole(view.get("group.id"))
        if number is not None:
            # Nested lists name a group's parent by the place in the list; the reader notes it beside the group.
            parents[number] = whole(view.get("group.parentId", view.get("path.ParentId")))
    return Tree(MANAGED_DEVICES if root is None else root, parents)


def is_unassigned(ctx: Context, tree: Tree, group: int) -> bool:
    """True for the group of unassigned devices and those below it: neither policies nor group tasks reach them."""
    unassigned = whole(server_value(ctx, "ksc_server.groups.unassigned"))
    return unassigned is not None and unassigned in tree.upwards(group)[0]


@dataclass(frozen=True, slots=True)
class Products:
    """Which products run where: product code (lower case) -> group id -> devices.

    `complete` is False when some devices may run more than is counted: what is counted then proves that devices are
    there, and what is missing proves nothing.
    """

    counts: Mapping[str, Mapping[int, int]]
    complete: bool

    def groups(self, product: str) -> set[int]:
        """The groups that are known to hold devices with a product."""
        return set(self.counts.get(product.casefold(), {}))


def products_of(ctx: Context) -> Products | None:
    """The products of the server's devices; None when devices were not collected with their products."""
    table, whole_list = table_of(ctx, "fleet.DevicesByProduct")
    if not table:
        return None
    grouped = all(isinstance(groups, Mapping) and None not in map(whole, groups) for groups in table.values())
    told = whole(server_value(ctx, "fleet.ProductsUnknown")) == 0
    counts: dict[str, dict[int, int]] = {}
    for product, groups in table.items():
        held = counts.setdefault(str(product).casefold(), {})
        for group, number in group_counts(groups).items():
            held[group] = held.get(group, 0) + number
    return Products(counts, grouped and told and whole_list)


def table_of(ctx: Context, setting: str) -> tuple[Mapping[str, Any], bool]:
    """A table of the server, empty when there is none, and whether it is whole.

    Of a table that is cut off only what it holds is proof.
    """
    server = _server(ctx)
    hit = None if server is None else server.find(setting)
    if hit is None or not isinstance(hit.raw, Mapping) or hit.reason not in (None, Reason.INCOMPLETE):
        return {}, False
    return hit.raw, hit.reason is None


def gap_of(ctx: Context, kind: str) -> Evidence | None:
    """What says that a list of the server (`policy`, `task`, `licence`, ...) is not whole; None when nothing does."""
    words = server_value(ctx, f"missing.{kind}")
    return Evidence(kind, note=str(words)) if words else None


def group_counts(groups: Any) -> dict[int, int]:
    """Group id -> devices, groups without devices left out."""
    if not isinstance(groups, Mapping):
        return {}
    counted = ((whole(group), whole(number)) for group, number in groups.items())
    return {group: number for group, number in counted if group is not None and number}


def is_product(view: SubjectView, setting: str, product: str) -> bool:
    """True when the setting names this product code; codes are compared without case."""
    return text_of(view.get(setting, "")) == product.casefold()


def tasks_named(ctx: Context, names: Iterable[str]) -> list[SubjectView]:
    """The server's tasks whose type name (TASK_NAME, without case) is one of `names`."""
    wanted = {name.casefold() for name in names}
    return [view for view in ctx.others("ksc.task") if text_of(view.get("task.TASK_NAME", "")) in wanted]


def server_tasks_collected(ctx: Context) -> bool:
    """True when tasks of the Administration Server or of the Network Agent are among the collected ones.

    Without any of them the dump holds a selection of tasks, and that one is missing proves nothing.
    """
    products = {text_of(view.get("task.TASKID_PRODUCT_NAME", "")) for view in ctx.others("ksc.task")}
    return bool(products & {"1093", "1103"})
