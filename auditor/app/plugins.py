"""The plugin manager: built-ins first, external distributions one by one, each failure kept by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points

import pluggy

from auditor.errors import PluginError
from auditor.sdk import hookspecs

GROUP = "auditor.plugins"
BUILT_IN = ("auditor.app.builtin",)
DISABLED_BY = "AUDITOR_DISABLED_PLUGINS"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A loaded plugin: distribution and version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class PluginFailure:
    """A plugin that could not be used, and why."""

    name: str
    message: str


@dataclass(slots=True)
class Plugins:
    """The manager with what was loaded and what failed."""

    manager: pluggy.PluginManager
    loaded: list[PluginInfo] = field(default_factory=list)
    failures: list[PluginFailure] = field(default_factory=list)


def load_plugins(built_in: Sequence[str] = BUILT_IN) -> Plugins:
    """Build a manager. A missing built-in is fatal; an external plugin that fails is listed and left out."""
    manager = pluggy.PluginManager("auditor")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager)
    for module in built_in:
        manager.register(import_module(module), module)
    disabled = set(os.environ.get(DISABLED_BY, "").split(","))
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name not in disabled:
            _load(plugins, entry)
    return plugins


def _load(plugins: Plugins, entry: object) -> None:
    name = entry.name  # type: ignore[attr-defined]
    dist = entry.dist  # type: ignore[attr-defined]
    owner = f"{name} ({dist.name} {dist.version})" if dist is not None else name
    try:
        plugin = entry.load()  # type: ignore[attr-defined]
        plugins.manager.register(plugin, name)
        try:
            plugins.manager.check_pending()
        except pluggy.PluginValidationError:
            plugins.manager.unregister(plugin)
            raise
    except Exception as error:  # noqa: BLE001  # anything may go wrong in foreign code; the audit goes on without it
        plugins.failures.append(PluginFailure(owner, f"{type(error).__name__}: {str(error)[:300]}"))
    else:
        plugins.loaded.append(PluginInfo(dist.name if dist is not None else name, dist.version if dist else ""))


def require_no_failures(plugins: Plugins) -> None:
    """PluginError when a plugin failed: for runs that must be complete."""
    if plugins.failures:
        first = plugins.failures[0]
        raise PluginError(first.message, where=first.name, hint=f"remove it or set {DISABLED_BY}")


__all__ = ["PluginFailure", "PluginInfo", "Plugins", "load_plugins", "require_no_failures"]
