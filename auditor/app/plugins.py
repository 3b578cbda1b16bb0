"""The plugin manager: built-ins first, external distributions one by one, each failure kept by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pluggy

from auditor.app.declared import declared
from auditor.sdk import hookspecs

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "auditor.plugins"
BUILT_IN = ("auditor.app.builtin",)
COMMANDS_HOOK = "auditor_commands"
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
    """The manager with what was loaded and what failed. `owners`: name of an external plugin -> its distribution."""

    manager: pluggy.PluginManager
    loaded: list[PluginInfo] = field(default_factory=list)
    failures: list[PluginFailure] = field(default_factory=list)
    owners: dict[str, PluginInfo] = field(default_factory=dict)

    def contributions(self, hook: str, **arguments: Any) -> list[tuple[str, Any]]:
        """What every plugin gives for a hook, with its owner ("" for the tool itself), built-ins first.

        A plugin whose hook fails is listed as a failure and left out, as one that cannot be loaded.
        """
        given = []
        for plugin in getattr(self.manager.hook, hook).get_hookimpls():
            info = self.owners.get(plugin.plugin_name)
            try:
                given.append((info.name if info else "", _call(plugin, hook, arguments)))
            except Exception as error:
                if info is None:
                    raise
                failure = PluginFailure(f"{info.name} {info.version}", f"{hook}: {_reason(error)}")
                if failure not in self.failures:
                    self.failures.append(failure)
        return given


def load_plugins(built_in: Sequence[str] = BUILT_IN) -> Plugins:
    """Build a manager. A missing built-in is fatal; an external plugin that fails is listed and left out."""
    manager = pluggy.PluginManager("auditor")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager)
    for module in built_in:
        manager.register(import_module(module), module)
    disabled = {name.strip() for name in os.environ.get(DISABLED_BY, "").split(",")}
    for entry in declared(GROUP):
        if entry.name not in disabled:
            _load(plugins, entry)
    return plugins


def _load(plugins: Plugins, entry: EntryPoint) -> None:
    dist = entry.dist
    info = PluginInfo(dist.name, dist.version) if dist is not None else PluginInfo(entry.name, "")
    try:
        plugin = entry.load()
        plugins.manager.register(plugin, entry.name)
        try:
            plugins.manager.check_pending()
        except pluggy.PluginValidationError:
            plugins.manager.unregister(plugin)
            raise
    except Exception as error:  # noqa: BLE001  # anything may go wrong in foreign code; the audit goes on without it
        plugins.failures.append(PluginFailure(f"{entry.name} ({info.name} {info.version})", _reason(error)))
    else:
        plugins.loaded.append(info)
        plugins.owners[entry.name] = info


def _call(plugin: pluggy.HookImpl, hook: str, arguments: dict[str, Any]) -> Any:
    """Call with the arguments that the plugin asks for: hooks may grow without breaking it."""
    if plugin.hookwrapper or plugin.wrapper:
        raise TypeError("wrappers are not supported")
    given = plugin.function(**{name: arguments[name] for name in plugin.argnames})
    if hook != COMMANDS_HOOK and not isinstance(given, Sequence):
        raise TypeError(f"a list was expected, not {type(given).__name__}")
    return given


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
