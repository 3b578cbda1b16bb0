"""Which directories the integrity monitoring watches."""

from __future__ import annotations

from typing import Any

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor_checks.kesl.words import field, switch

_AREA = "task.System_Integrity_Monitoring"
_SCOPE, _EXCLUDED = f"{_AREA}.ScanScope", f"{_AREA}.ExcludedFromScanScope"


def directories_watched(ctx: Context) -> Judgement:
    """Pass when every directory lies wholly inside the scope and no exclusion in force takes it out again."""
    scope, excluded = ctx.view.find(_SCOPE), ctx.view.find(_EXCLUDED)
    if scope.reason is not None:
        return ctx.unknown(scope.reason, [ctx.see(_SCOPE)], area=_AREA)
    none_listed = excluded.reason is Reason.KEY_ABSENT
    if excluded.reason is not None and not none_listed:
        return ctx.unknown(excluded.reason, [ctx.see(_SCOPE), ctx.see(_EXCLUDED)], area=_AREA)
    unclear = False
    for directory in ctx.params["directories"]:
        inside = _covered(scope.value, directory)
        outside = False if none_listed else _covered(excluded.value, directory)
        if inside is False or outside is True:
            setting = _SCOPE if inside is False else _EXCLUDED
            return ctx.failed("fail", [ctx.see(setting, f"{directory} watched", met=False)], directory=directory)
        unclear = unclear or inside is None or outside is None
    evidence = [ctx.see(_SCOPE, "all directories watched", met=None if unclear else True)]
    return ctx.unknown("not_understood", evidence) if unclear else ctx.passed(evidence)


def _covered(entries: Any, directory: str) -> bool | None:
    """True when an entry in force covers the directory with all files; None when that cannot be said."""
    if not isinstance(entries, list):
        return None
    truths = [_covers(entry, directory) for entry in entries]
    return True if True in truths else None if None in truths else False


def _covers(entry: Any, directory: str) -> bool | None:
    path, on, masks = field(entry, "Path"), switch(field(entry, "UseScanArea")), field(entry, "AreaMask")
    if on is False:
        return False
    if not isinstance(path, str):
        return None
    if not f"{directory}/".startswith(f"{path.rstrip('/')}/"):
        return False
    if not isinstance(masks, list):
        return None
    return False if "*" not in masks else on
