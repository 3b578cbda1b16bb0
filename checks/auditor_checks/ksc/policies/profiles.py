"""Profiles of a policy: what they change holds for the devices on which they are active."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.sdk import Context, Evidence, SubjectView
from auditor.sdk.views import Hit, lock_of
from auditor_checks.ksc.estate import flag, whole

_ENABLED = "profile.KLSSPOL_PRF_ENABLED"


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of the judged policy that are not switched off; `doubt` where there may be more of them."""

    used: tuple[SubjectView, ...]
    doubt: Evidence | None


def profiles_of(ctx: Context) -> Profiles:
    """The profiles of the judged policy, as far as they were collected."""
    prefix = f"{ctx.subject.key}/profile/"
    found = [view for view in ctx.others("ksc.profile") if view.ref.key.startswith(prefix)]
    used = tuple([view for view in found if flag(view.get(_ENABLED)) is not False])
    listed = ctx.get("profiles.Profiles") is not None  # a list that was cut off is not there
    stated = whole(ctx.get("policy.KLPOL_PROFILES_NUM", len(found) if listed else None))
    missing = stated is None or stated > len(found)
    return Profiles(used, ctx.see("policy.KLPOL_PROFILES_NUM", str(len(found))) if missing else None)


def is_read(profile: SubjectView) -> bool:
    """Whether the contents of a profile were collected: it holds only what it changes."""
    return any(area.startswith("section.") for area in profile.parts)


def in_force(profile: SubjectView, hit: Hit, depth: int) -> bool:
    """Whether what a profile states surely holds: it is switched on, and the setting (so many steps deep) is locked."""
    parts = [side.part for side in profile.statements(hit)]
    locks = [lock_of(part, hit.path[:depth]) for part in parts if part is not None]
    locked = bool(locks) and all(lock is not None and lock.enforced for lock in locks)
    return locked and flag(profile.get(_ENABLED)) is True
