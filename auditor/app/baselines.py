"""Use cases around baselines: list, show, compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.app.content import load_all_baselines, load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.baseline import Baseline, Selection, select
from auditor.errors import UsageProblem


def _load(folders: Sequence[Path]) -> dict[str, tuple[Baseline, dict[str, Selection]]]:
    plugins = load_plugins()
    checks = load_checks(plugins, folders).checks
    return {name: (found, select(found, checks)) for name, found in load_all_baselines(plugins, folders).items()}


def _pick(name: str, found: dict[str, tuple[Baseline, dict[str, Selection]]]) -> tuple[Baseline, dict[str, Selection]]:
    if name not in found:
        raise UsageProblem(f"no baseline is named {name}", hint=f"there are {', '.join(found)}")
    return found[name]


def overview(folders: Sequence[Path] = ()) -> Iterator[str]:
    """One line per baseline."""
    for name, (baseline, selected) in _load(folders).items():
        base = f", extends {baseline.extends}" if baseline.extends else ""
        yield f"{name:<14} {baseline.title}: {len(selected)} checks{base}"


def describe(name: str, folders: Sequence[Path] = ()) -> Iterator[str]:
    """Purpose, sources and checks of one baseline."""
    baseline, selected = _pick(name, _load(folders))
    yield f"{baseline.title} ({baseline.id}, revision {baseline.revision})"
    yield baseline.description
    if baseline.extends:
        yield f"Extends {baseline.extends}."
    for reference in baseline.references:
        yield f"Source: {reference['title']} {reference.get('url', '')}".rstrip()
    for check, reason in baseline.exclude.items():
        yield f"Leaves out {check}: {reason}"
    yield ""
    for item in selected.values():
        yield _line(item)


def _line(item: Selection) -> str:
    params = ", ".join(f"{name}={value}" for name, value in item.params.items())
    marks = " mandatory" if item.mandatory else ""
    return f"{item.check.id:<16} {item.severity.value:<9} {item.check.title}{f' [{params}]' if params else ''}{marks}"


def differences(first: str, second: str, folders: Sequence[Path] = ()) -> Iterator[str]:
    """What the second baseline adds, leaves out and changes."""
    found = _load(folders)
    (_, before), (_, after) = _pick(first, found), _pick(second, found)
    lines = [f"+ {_line(after[name])}" for name in after if name not in before]
    lines += [f"- {_line(before[name])}" for name in before if name not in after]
    for name in before.keys() & after.keys():
        old, new = _line(before[name]), _line(after[name])
        if old != new:
            reason = f"  ({after[name].severity_reason})" if after[name].severity_reason else ""
            lines.append(f"~ {new}{reason}\n    was: {old}")
    yield from sorted(lines, key=lambda line: line[2:])
    if not lines:
        yield f"{first} and {second} select the same checks with the same parameters"
