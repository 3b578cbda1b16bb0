"""Policies, their profiles and their contents.

Contents come under a storage id; which policy the id belongs to stands in another answer. So sections go to a subject
`ksc.contents` named by the id, the answer that hands out the id leaves a part `storage.<id>` on the policy, and
`joining.join` brings the two together, in whatever order the files came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.intake.ksc import extras, lists
from auditor.intake.ksc.call import Call, is_object, key_of, text_of
from auditor.intake.ksc.typed import opened, params_of
from auditor.model.pointers import below
from auditor.model.snapshot import SubjectRef
from auditor.sdk.reading import Item
from auditor.sdk.values import plain

LISTS = ("Policy.GetPoliciesForGroup", "Policy.GetEffectivePoliciesForGroup")
"""Calls that list the policies of one group, or of all where the group is -1."""


def rows(call: Call) -> Iterator[Item]:
    """Policies of a group, own and inherited. Which group was asked for is told: elsewhere there may be others."""
    for place, raw, row in call.rows():
        ident = key_of(row, "KLPOL_ID")
        if ident:
            yield from _policy(call, ident, raw, place)
        else:
            call.set_aside(raw)
    group = call.asked("nGroupId")
    if call.complete and call.method in LISTS:
        yield lists.whole(call, "ksc.policy")
        if group:
            yield call.part(call.server_ref(), "policies_asked", {group: True}, call.base)
    yield from extras.remainder(call)


def data(call: Call) -> Iterator[Item]:
    """GetPolicyData: one policy."""
    name, raw = call.main()
    row = params_of(raw) if raw is not None else {}
    ident = key_of(row, "KLPOL_ID") or call.asked("nPolicy")
    if not row or not ident:
        yield from extras.answer(call)
        return
    yield lists.alone(call, "ksc.policy")
    yield from _policy(call, ident, raw, call.place(name))
    yield from extras.remainder(call, name)


def _policy(call: Call, ident: str, raw: Any, place: str) -> Iterator[Item]:
    row, inner = opened(raw, place)
    subject = call.ref("ksc.policy", f"policy/{ident}", text_of(row, "KLPOL_DN"))
    plain_members = {name: value for name, value in row.items() if not holds_nodes(value)}
    group = call.asked("nGroupId", "lGroupId")
    if row.get("KLPOL_INHERITED") is True and group and group != key_of(row, "KLPOL_GROUP_ID"):
        # seen from a group below its own: true of that view, not of the policy
        plain_members.pop("KLPOL_INHERITED")
        yield call.part(subject, f"seen_from_group.{group}", {"KLPOL_INHERITED": True}, inner)
    yield call.part(subject, "policy", plain_members, inner)
    for name, value in row.items():
        if name not in plain_members and name != "KLPOL_INHERITED":
            yield call.part(subject, f"section.{name}", value, below(inner, name))


def holds_nodes(raw: Any) -> bool:
    """True for a policy node or an object that directly holds one."""
    value = params_of(raw)
    if not isinstance(value, dict):
        return False
    return "KLPRSS_Val" in value or any(
        isinstance(params_of(item), dict) and "KLPRSS_Val" in params_of(item) for item in value.values()
    )


def _owner(call: Call) -> SubjectRef:
    policy = call.asked("nPolicy", "lPolicy")
    return call.ref("ksc.policy", f"policy/{policy}") if policy else call.contents_ref("")


def _profile(call: Call, name: str) -> SubjectRef:
    owner = _owner(call)
    if owner.kind != "ksc.policy":
        return owner
    return call.ref("ksc.profile", f"policy/{call.asked('nPolicy', 'lPolicy')}/profile/{name}", name)


def _storage(call: Call, subject: SubjectRef) -> Iterator[Item]:
    """The answer is the id of a storage, or (seen in scripts) the sections themselves."""
    call.feed.drain()
    ident = plain(call.answer.get("PxgRetVal"))
    if isinstance(ident, str) and ident:
        contents = call.contents_ref(ident)
        yield call.part(
            subject, f"storage.{ident}", {"Id": ident, "Contents": contents.key}, call.base,
            places={"Id": call.place("PxgRetVal")},
        )  # fmt: skip
        yield from extras.remainder(call, "PxgRetVal")
        return
    name, raw = call.main()
    if raw is None:
        yield from extras.remainder(call)
        return
    found, place = opened(raw, call.place(name))
    for section, value in found.items():
        yield call.part(subject, f"section.{section}", value, below(place, section), complete=call.complete)
    yield from extras.remainder(call, name)


def contents(call: Call) -> Iterator[Item]:
    """GetPolicyContents."""
    yield from _storage(call, _owner(call))


def effective(call: Call) -> Iterator[Item]:
    """GetEffectivePolicyContents: what one device ends up with; a subject of its own, not the policy."""
    policy, host = call.asked("nPolicy"), call.asked("szwHostId")
    if policy and host:
        yield from _storage(call, call.ref("ksc.effective_policy", f"policy/{policy}/effective/{host}"))
    else:
        yield from extras.answer(call)


def section(call: Call) -> Iterator[Item]:
    """SsContents.Ss_Read: one section, with the lock of every node."""
    call.feed.drain()
    name, raw = call.main()
    if raw is None:
        yield from extras.remainder(call)
        return
    area = f"section.{call.asked('wstrSection') or '(unnamed)'}"
    subject = call.contents_ref(call.asked("wstrID", "wstrId"))
    yield call.part(subject, area, raw, call.place(name), complete=call.complete)
    yield from extras.remainder(call, name)


def names(call: Call) -> Iterator[Item]:
    """SsContents.SS_GetNames: products, versions or sections of a storage."""
    subject = call.contents_ref(call.asked("wstrID", "wstrId"))
    product, version = call.asked("wstrProduct"), call.asked("wstrVersion")
    area = f"names.{product or '*'}.{version or '*'}"
    yield from extras.list_part(call, subject, area, "Names")


def profiles(call: Call) -> Iterator[Item]:
    """EnumProfiles: an object with the profiles' names as members."""
    name, raw = call.main()
    found, base = opened(raw, call.place(name))
    if not isinstance(found, dict) or not all(is_object(value) for value in found.values()):
        yield from extras.answer(call)
        return
    listed = [{"Name": title, **params_of(value)} for title, value in found.items()]
    places = {"Profiles": base}
    owner = _owner(call)
    yield call.part(owner, "profiles", {"Profiles": listed}, base, complete=call.complete, places=places)
    if owner.kind == "ksc.policy":
        for title, value in found.items():
            yield call.part(_profile(call, title), "profile", value, below(base, title), complete=call.complete)
    yield from extras.remainder(call, name)


def profile_settings(call: Call) -> Iterator[Item]:
    """GetProfileSettings: the storage of one profile."""
    name = call.asked("szwName")
    if not name:
        yield from extras.answer(call)
        return
    yield from _storage(call, _profile(call, name))


def priorities(call: Call) -> Iterator[Item]:
    """GetPriorities: the profiles' names, the most important first."""
    yield from extras.list_part(call, _owner(call), "profiles", "Priorities")


def is_profiles(found: Mapping[str, Any]) -> bool:
    """An answer of EnumProfiles, by its members."""
    return bool(found) and all(
        isinstance(params_of(value), dict) and "KLSSPOL_PRF_ENABLED" in params_of(value) for value in found.values()
    )
