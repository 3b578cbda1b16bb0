"""Where the content of a run comes from: plugins (the built-in one first) and folders that the user names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from auditor.app.plugins import Plugins
from auditor.engine.baseline import Baseline, load_baselines
from auditor.engine.catalogue import Catalogue, Root, load_catalogue
from auditor.errors import ContentError, UsageProblem

CACHE_VARIABLE = "AUDITOR_CACHE"


def cache_folder() -> Path | None:
    """Where parsed content is kept between runs; AUDITOR_CACHE names another folder, empty switches it off."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path

    return user_cache_path("auditor")


def _roots(contributed: Iterable[tuple[str, Sequence[Traversable]]], folders: Sequence[Path], sub: str) -> list[Root]:
    """Roots named after the distribution that brings them; the tool's own and the user's after their folder."""
    roots = [Root(owner or folder.name, folder) for owner, group in contributed for folder in group]
    for folder in folders:
        if not folder.is_dir():
            raise UsageProblem("this content folder does not exist", where=str(folder))
        if not any(folder.rglob("*.yaml")):
            raise ContentError("no file of this content folder ends in .yaml: it would add nothing", where=str(folder))
        inner = folder / sub
        roots.append(Root(folder.name, inner if inner.is_dir() else folder))
    return roots


def check_roots(plugins: Plugins, folders: Sequence[Path] = ()) -> list[Root]:
    """Roots of checks, mappings and collection steps."""
    return _roots(plugins.contributions("auditor_checks"), folders, "checks")


def load_checks(plugins: Plugins, folders: Sequence[Path] = ()) -> Catalogue:
    """The catalogue of a run; ContentError when it holds no check."""
    catalogue = load_catalogue(check_roots(plugins, folders), cache_folder())
    if not catalogue.checks:
        raise ContentError("no check was loaded", hint="reinstall the tool")
    return catalogue


def load_all_baselines(plugins: Plugins, folders: Sequence[Path] = ()) -> dict[str, Baseline]:
    """All baselines by id."""
    return load_baselines(baseline_roots(plugins, folders), cache_folder())


def baseline_roots(plugins: Plugins, folders: Sequence[Path] = ()) -> list[Root]:
    """Roots of baselines; a user's folder counts only where it has a `baselines` folder."""
    own = [folder for folder in folders if (folder / "baselines").is_dir()]
    return _roots(plugins.contributions("auditor_baselines"), own, "baselines")
