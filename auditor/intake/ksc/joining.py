"""Bringing together what several answers say, once all parts of the inputs are there.

1. Sections that came under a storage id go to the policy, profile or task whose part `storage.<id>` names that id. An
   id that two subjects claim, or none, joins nothing: its sections stay `ksc.contents`, which no check judges.
2. Lists that came in several answers (child servers by group, pages of results) become one, whole if all came.
3. Groups get their full name and depth, where the chain to the root is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from auditor.intake.ksc.typed import MAX_DEPTH
from auditor.model.snapshot import Part, Path, Settings, SubjectRef
from auditor.sdk.values import plain

CONTENTS = "ksc.contents"
LISTS = {
    ("ksc.server", "children"): "Servers",
    ("ksc.server", "virtual_servers"): "Servers",
    ("ksc.server", "updates"): "Bundles",
    ("ksc.server", "roles"): "Roles",
    ("ksc.server", "trustees"): "Trustees",
    ("ksc.task", "hosts"): "Hosts",
    ("ksc.task", "history"): "Events",
}


def join(parts: Iterable[Part]) -> list[Part]:
    """All parts of the inputs, joined. Parts of other products pass unchanged; the order of parts stays."""
    bound = _bind(list(parts))
    merged = _merge_lists(_lacking(bound))
    return _with_names(merged + _group_paths(merged))


def _bind(parts: list[Part]) -> list[Part]:
    owners: dict[str, set[SubjectRef]] = {}
    for part in parts:
        if part.settings.area.startswith("storage.") and part.subject.kind != CONTENTS:
            contents = str(part.settings.values.get("Contents", ""))
            owners.setdefault(contents, set()).add(replace(part.subject, name="", version=""))
    joined = []
    for part in parts:
        found = owners.get(part.subject.key, set()) if part.subject.kind == CONTENTS else set()
        if len(found) == 1:
            owner = next(iter(found))
            joined.append(replace(part, subject=replace(owner, name=owner.key.rpartition("/")[2])))
        else:
            joined.append(part)
    return joined


def _lacking(parts: list[Part]) -> list[Part]:
    """Lists of a server are not whole of which an answer was refused or cannot be read (area `missing` says so), or
    that some of its groups were not asked for."""
    missing = {
        (part.subject.key, area)
        for part in parts
        if part.subject.kind == "ksc.server" and part.settings.area == "missing"
        for area in part.settings.values
    } | _not_asked(parts)
    return [
        replace(part, settings=replace(part.settings, complete=False))
        if part.subject.kind == "ksc.server" and (part.subject.key, part.settings.area) in missing
        else part
        for part in parts
    ]


def _not_asked(parts: list[Part]) -> set[tuple[str, str]]:
    """Server and area of the lists that were asked for by group (area `<area>_asked`), but not for every group."""
    asked: dict[tuple[str, str], set[str]] = {}
    groups: dict[str, set[str]] = {}
    for part in parts:
        area, _, mark = part.settings.area.rpartition("_")
        if part.subject.kind == "ksc.group":
            server, _, ident = part.subject.key.rpartition("/group/")
            groups.setdefault(server, set()).add(ident)
        elif part.subject.kind == "ksc.server" and mark == "asked" and (part.subject.kind, area) in LISTS:
            asked.setdefault((part.subject.key, area), set()).update(part.settings.values)
    return {
        (server, area)
        for (server, area), found in asked.items()
        if "-1" not in found and (server not in groups or groups[server] - found)
    }


def _merge_lists(parts: list[Part]) -> list[Part]:
    piles: dict[tuple[str, str, str], list[Part]] = {}
    for part in parts:
        if (part.subject.kind, part.settings.area) in LISTS:
            piles.setdefault((part.subject.kind, part.subject.key, part.settings.area), []).append(part)
    result: list[Part] = []
    for part in parts:
        pile = piles.get((part.subject.kind, part.subject.key, part.settings.area), [])
        if len(pile) < 2:
            result.append(part)
        elif pile[0] is part:
            result.append(_merged(pile, LISTS[part.subject.kind, part.settings.area]))
    return result


def _merged(pile: list[Part], name: str) -> Part:
    """One list of all different items, each still found in its own file."""
    values: dict[str, Any] = {}
    items: list[Any] = []
    origins: list[tuple[Part, int]] = []
    known: set[str] = set()  # as text: to compare each item with all before it would take hours for a large fleet
    for part in pile:
        values.update(part.settings.values)
        listed = part.settings.values.get(name)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            mark = json.dumps(item, sort_keys=True)
            if mark not in known:
                known.add(mark)
                items.append(item)
                origins.append((part, index))
    values[name] = items
    complete = all(part.settings.complete for part in pile)
    settings = Settings(pile[0].settings.area, values, complete, locate=_locator(pile[0], name, origins))
    return replace(pile[0], settings=settings)


def _locator(first: Part, name: str, origins: list[tuple[Part, int]]) -> Callable[[Path], int | str]:
    def locate(path: Path) -> int | str:
        part, inner = first, path
        if len(path) > 1 and path[0] == name and isinstance(path[1], int) and path[1] < len(origins):
            part, index = origins[path[1]]
            inner = (name, index, *path[2:])
        place = part.settings.locate(inner) if part.settings.locate is not None else ""
        return place if part.file == first.file else f"{part.file}#{place}"

    return locate


def _group_paths(parts: list[Part]) -> list[Part]:
    """Parts `path` for groups whose chain of parents reaches the root or the unassigned devices' group."""
    roots, groups = _roots(parts), _groups(parts)
    found = []
    for key, (part, parent) in groups.items():
        chain = [part.subject.name]
        current, above, seen = key, parent, {key}
        while current not in roots and above in groups and above not in seen and len(chain) <= MAX_DEPTH:
            seen.add(above)
            current = above
            chain.append(groups[current][0].subject.name)
            above = groups[current][1]
        if current in roots:
            values = {"FullName": "/".join(reversed(chain)), "Depth": len(chain) - 1}
            found.append(Part(part.subject, Settings("path", values, locate=part.settings.locate), part.file))
    return found


def _roots(parts: list[Part]) -> set[str]:
    roots = set()
    for part in parts:
        if part.subject.kind == "ksc.server" and part.settings.area in ("group_ids", "static"):
            for name in ("GroupIdGroups", "GroupIdUnassigned", "KLADMSRV_GRP_ROOT", "KLADMSRV_GRP_UNASSIGNED"):
                if name in part.settings.values:
                    roots.add(f"{part.subject.key}/group/{plain(part.settings.values[name])}")
    return roots


def _groups(parts: list[Part]) -> dict[str, tuple[Part, str]]:
    groups: dict[str, tuple[Part, str]] = {}
    parents: dict[str, str] = {}
    for part in parts:
        if part.subject.kind == "ksc.group":
            stem = part.subject.key.rpartition("/")[0]
            parent = part.settings.values.get("parentId", part.settings.values.get("ParentId"))
            if isinstance(parent, int | str):
                parents.setdefault(part.subject.key, f"{stem}/{parent}")
            if part.settings.area == "group" and part.settings.values.get("name"):
                groups.setdefault(part.subject.key, (part, ""))
    return {key: (part, parents.get(key, "")) for key, (part, _) in groups.items()}


def _with_names(parts: list[Part]) -> list[Part]:
    """Every part of a subject gets the best name and version that any of them states."""
    best: dict[tuple[str, str], SubjectRef] = {}
    for part in parts:
        ref = part.subject
        known = best.get((ref.kind, ref.key))
        if known is None:
            best[ref.kind, ref.key] = ref
            continue
        name = ref.name if _is_fallback(known) and not _is_fallback(ref) else known.name
        best[ref.kind, ref.key] = replace(known, name=name, version=known.version or ref.version)
    return [replace(part, subject=best[part.subject.kind, part.subject.key]) for part in parts]


def _is_fallback(ref: SubjectRef) -> bool:
    return not ref.name or ref.key == ref.name or ref.key.endswith(f"/{ref.name}")
