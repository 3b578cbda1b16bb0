"""Which active policy rules the devices of a group: its own, or the nearest one above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from auditor.sdk import Context, Evidence, Judgement, SubjectView
from auditor.sdk.operators import text_of
from auditor_checks.ksc.estate import (
    Products,
    Tree,
    flag,
    gap_of,
    is_product,
    is_unassigned,
    products_of,
    server_has,
    server_value,
    tree_of,
    whole,
)

_SHOWN = 20


class Ruled(Enum):
    """Whether an active policy reaches a group."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def judge(ctx: Context) -> Judgement:
    """Server: every group with devices of a product is ruled by an active policy of that product."""
    policies = ctx.others("ksc.policy")
    if not policies:
        return ctx.unknown("not_collected", area="policy")
    products = ctx.once(products_of)
    if products is None:
        return ctx.unknown("not_collected", [ctx.see("fleet.DevicesByProduct")], area="fleet")
    found: dict[Ruled, list[Evidence]] = {state: [] for state in Ruled}
    for state, evidence in _places(ctx, policies, products):
        found[state].append(evidence)
    return _by_places(ctx, found, products)


def _by_places(ctx: Context, found: Mapping[Ruled, Sequence[Evidence]], products: Products) -> Judgement:
    gap = gap_of(ctx, "policy")
    if found[Ruled.NO]:
        if gap is not None:  # a policy that is missing may rule there
            return ctx.unknown("incomplete", [*found[Ruled.NO], gap], area="policy")
        return ctx.failed(evidence=found[Ruled.NO], groups=len(found[Ruled.NO]))
    if found[Ruled.UNCLEAR] or not products.complete:
        unclear = [*found[Ruled.UNCLEAR], ctx.see("fleet.ProductsUnknown", "0")]
        return ctx.unknown("incomplete", unclear, area="group" if found[Ruled.UNCLEAR] else "row")
    if not found[Ruled.YES]:
        return ctx.not_applicable("precondition", [ctx.see("fleet.DevicesByProduct")])
    return ctx.passed(found[Ruled.YES])


def _places(ctx: Context, policies: Sequence[SubjectView], products: Products) -> Iterator[tuple[Ruled, Evidence]]:
    """Every product in every group that holds it, with what rules it there. Unassigned devices have no policy."""
    tree = ctx.once(tree_of)
    met = {Ruled.YES: True, Ruled.NO: False, Ruled.UNCLEAR: None}
    for product in ctx.params["products"]:
        own = [policy for policy in policies if is_product(policy, "policy.KLPOL_PRODUCT", product)]
        for group in sorted(products.groups(product)):
            if is_unassigned(ctx, tree, group):
                continue
            state = ruled(ctx, tree, own, group)
            words = f"an active {product} policy in group {group} or above"
            note = _not_asked(ctx, tree.upwards(group)[0]) if state is Ruled.UNCLEAR else ""
            yield state, ctx.see(f"fleet.DevicesByProduct.[{product}].{group}", words, met[state], note)


def judge_group(ctx: Context) -> Judgement:
    """Group: its devices with the product of the parameter are ruled by one active policy."""
    product: str = ctx.params["product"]
    policies, products, group = ctx.others("ksc.policy"), ctx.once(products_of), whole(ctx.get("group.id"))
    here = ctx.see("group.id", f"ruled by an active {product} policy")
    if not policies or products is None or group is None:
        missing = "policy" if not policies else "fleet" if products is None else "group"
        return ctx.unknown("key_absent" if missing == "group" else "not_collected", [here], area=missing)
    if group not in products.groups(product):
        if products.complete:
            return ctx.not_applicable("precondition", [here])
        return ctx.unknown("incomplete", [here], area="row")
    own = [policy for policy in policies if is_product(policy, "policy.KLPOL_PRODUCT", product)]
    tree = ctx.once(tree_of)
    if is_unassigned(ctx, tree, group):
        return ctx.not_applicable("precondition", [here])
    state = ruled(ctx, tree, own, group)
    if state is Ruled.UNCLEAR or (state is Ruled.NO and gap_of(ctx, "policy") is not None):
        here = ctx.see("group.id", f"ruled by an active {product} policy", note=_not_asked(ctx, tree.upwards(group)[0]))
        return ctx.unknown("incomplete", [here], area="policy")
    return ctx.passed([here]) if state is Ruled.YES else ctx.failed(evidence=[here])


def judge_agent(ctx: Context) -> Judgement:
    """Server: an active Network Agent policy stands in the top group."""
    policies = ctx.others("ksc.policy")
    if not policies:
        return ctx.unknown("not_collected", area="policy")
    tree = ctx.once(tree_of)
    own = [policy for policy in policies if is_product(policy, "policy.KLPOL_PRODUCT", "1103")]
    state = ruled(ctx, tree, own, tree.root)
    words = f"an active policy of product 1103 in group {tree.root}"
    note = f"none of {len(policies)} policies is for product 1103"
    seen = [policy.see("policy.KLPOL_GROUP_ID", words) for policy in own]
    seen = seen or [Evidence("policy.KLPOL_PRODUCT", expected=words, note=note)]
    if state is Ruled.NO and (gap := gap_of(ctx, "policy")) is not None:
        return ctx.unknown("incomplete", [*seen, gap], area="policy")
    if state is Ruled.UNCLEAR:
        lacking = _not_asked(ctx, [tree.root])
        seen += [Evidence("policy.KLPOL_GROUP_ID", expected=words, note=lacking)] if lacking else []
        return ctx.unknown("incomplete" if lacking else "not_understood", seen, area="policy")
    return ctx.passed(seen) if state is Ruled.YES else ctx.failed(evidence=seen)


def judge_number(ctx: Context) -> Judgement:
    """Server: a product with many active policies uses profiles for its deviations."""
    policies = ctx.others("ksc.policy")
    if not policies:
        return ctx.unknown("not_collected", area="policy")
    gap = gap_of(ctx, "policy") or _policies_not_asked(ctx)
    groups: dict[str, list[SubjectView]] = {}
    open_states: dict[str, int] = {}
    for policy in policies:
        product, active = text_of(policy.get("policy.KLPOL_PRODUCT", "")), flag(policy.get("policy.KLPOL_ACTIVE"))
        if active:
            groups.setdefault(product, []).append(policy)
        elif active is None:
            open_states[product] = open_states.get(product, 0) + 1
    many: list[Evidence] = []
    unclear: list[Evidence] = [] if gap is None else [gap]
    for product in sorted({*groups, *open_states}):
        active_ones, unknown = groups.get(product, []), open_states.get(product, 0)
        if len(active_ones) + unknown <= ctx.params["policies"]:
            continue
        profiles = [whole(policy.get("policy.KLPOL_PROFILES_NUM")) for policy in active_ones]
        if any(profiles):
            continue
        words = f"{len(active_ones)} active policies of {product}"
        words += f", {unknown} whose state is not told" if unknown else ""
        certain = len(active_ones) > ctx.params["policies"] and None not in profiles
        (many if certain else unclear).append(
            Evidence("policy.KLPOL_PROFILES_NUM", expected="more than 0 in one of them", note=words)
        )
    if many:
        return ctx.failed(evidence=many)
    if unclear:
        return ctx.unknown("incomplete" if gap is not None else "key_absent", unclear, area="policy")
    most = max((len(active) for active in groups.values()), default=0)
    return ctx.passed([Evidence("policy.KLPOL_ACTIVE", note=f"at most {most} active policies of one product")])


def _policies_not_asked(ctx: Context) -> Evidence | None:
    tree = ctx.once(tree_of)
    groups = sorted({tree.root, *tree.parents})
    words = _not_asked(ctx, (group for group in groups if not is_unassigned(ctx, tree, group)))
    return Evidence("policy.KLPOL_GROUP_ID", note=words) if words else None


def ruled(ctx: Context, tree: Tree, policies: Iterable[SubjectView], group: int) -> Ruled:
    """Whether one of these policies of one product is active in the group or above it.

    Out-of-office policies rule only devices that are away, so they do not count.
    """
    chain, complete = tree.upwards(group)
    unclear = not complete or bool(_not_asked(ctx, chain))
    for policy in policies:
        home = whole(policy.get("policy.KLPOL_GROUP_ID"))
        if home is not None and home not in chain:
            continue
        active, away = flag(policy.get("policy.KLPOL_ACTIVE")), flag(policy.get("policy.KLPOL_ROAMING"))
        if active is False or away is True:
            continue
        if active and away is False and home is not None:
            return Ruled.YES
        unclear = True
    return Ruled.UNCLEAR if unclear else Ruled.NO


def _not_asked(ctx: Context, groups: Iterable[int]) -> str:
    """Which of these groups were not asked for their policies, as words; "" where nothing tells that.

    Only answers in our bundle tell what was asked.
    """
    if not server_has(ctx, "policies_asked") or server_value(ctx, "policies_asked.-1"):
        return ""
    lacking = [str(number) for number in groups if not server_value(ctx, f"policies_asked.{number}")]
    return f"the policies of group {', '.join(lacking[:_SHOWN])} were not asked for" if lacking else ""
