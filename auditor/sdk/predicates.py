"""Three-valued predicates: compiled once, they judge a subject and keep the evidence.

True passes, False fails, None is unknown and carries its reason. Kleene's tables: one false makes `all` false whatever
is unknown, one true makes `any` true; otherwise unknown wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from auditor.errors import ContentError
from auditor.model.outcomes import Reason
from auditor.model.snapshot import Path
from auditor.sdk import operators
from auditor.sdk.areas import split_name, split_setting
from auditor.sdk.looks import EACH, Looks, Pattern, Question, itself
from auditor.sdk.mapping import LogicalSetting, Place
from auditor.sdk.operators import Operator
from auditor.sdk.quantifiers import ItemMemory, Items, list_node
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.views import ABSENT, Hit, cut_off, descend, lock_of

_LEAF_EXTRAS = frozenset({"setting", "known", "locked", "exists", "same_as", "absent_is_empty", "words"})
_LIST_OPERATORS = frozenset({"count", "contains", "not_contains", "empty"})
_ENTRY_OPERATORS = frozenset({"contains", "not_contains"})
_LIST_WORDS = frozenset({"of", "where", "absent_is_empty"})


@dataclass(frozen=True, slots=True)
class Compiler:
    """Turns the predicate of a check file into a function.

    `needs` collects the (area, facet) pairs that it reads, `keys` the (area, first key) pairs, `looks` what it asks of
    texts; `entries` is where the entries of the list at hand stand. `forbidden`: below `not` and `none`, where what is
    looked for should not be.
    """

    kind: str
    logical: Mapping[str, LogicalSetting]
    params: Mapping[str, Any]
    as_of: datetime
    lazy: bool = False
    needs: dict[tuple[str, str], None] = field(default_factory=dict)
    keys: dict[tuple[str, str], None] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    entries: tuple[Pattern, ...] = ()
    forbidden: bool = False

    def compile(self, raw: Any) -> Node:
        """The function for one node; ContentError tells what is wrong with it."""
        if not isinstance(raw, Mapping):
            raise ContentError(f"a predicate is a mapping, not {raw!r}")
        for name, build in (("all", self._all), ("any", self._any), ("not", self._not)):
            if name in raw:
                if len(raw) != 1:
                    raise ContentError(f"{name} stands alone, not beside {sorted(raw.keys() - {name})}")
                return build(raw[name])
        if raw.keys() & {"each", "some", "none"}:
            return self._quantified(raw)
        return self._leaf(raw)

    def _parts(self, raw: Any) -> list[Node]:
        if not isinstance(raw, list) or not raw:
            raise ContentError("all and any take a list of predicates")
        return [self.compile(part) for part in raw]

    def _all(self, raw: Any) -> Node:
        return _joined(self._parts(raw), decisive=False)

    def _any(self, raw: Any) -> Node:
        return _joined(self._parts(raw), decisive=True)

    def _not(self, raw: Any) -> Node:
        node = replace(self, forbidden=not self.forbidden).compile(raw)

        def judge(trace: Trace) -> bool | None:
            truth = node(trace)
            return None if truth is None else not truth

        return judge

    def resolve(self, name: str, *, whole: bool = False) -> tuple[Place, ...]:
        """The places of a logical or physical setting; remembers them as needed. `whole`: a list or group."""
        places = self._places(name)
        for place in places:
            nested = whole or len(place.path) > 1
            self.needs[place.area, str(place.path[0]) if nested else ""] = None
            self.keys[place.area, str(place.path[0])] = None
        return places

    def _places(self, name: str) -> tuple[Place, ...]:
        logical = self.logical.get(name)
        if logical is not None:
            return logical.resolve(self.kind)
        area, path = split_setting(self.kind, name)
        return (Place(area, path, name),)

    def finder(self, name: str, *, whole: bool = False) -> Callable[[Trace], Hit]:
        """A lookup for a setting; names that begin with a dot are relative to the list item at hand."""
        if not isinstance(name, str):
            raise ContentError(f"{name!r} is no setting name")
        if name.startswith("."):
            path = _path_in_item(name)
            return lambda trace: _in_item(trace, path)
        places = self.resolve(name, whole=whole)
        return lambda trace: trace.view.find_places(name, places)

    def _ask(self, name: str, *questions: Question) -> None:
        """Note what is asked of a setting that is looked at, and shown; translated words answer for the value."""
        for area, path, words in self._spots(name):
            asked = questions if words is None else [words]
            self.looks.settings.setdefault((area, path), []).extend(asked)

    def _entries_of(self, name: str) -> tuple[Pattern, ...]:
        """Note that the entries of a list are looked at one by one; answers where they stand."""
        spots = self._spots(name)
        for area, path, words in spots:
            if words is None:
                self.looks.lists.add((area, path))
            else:  # a list is no word that could be translated
                self.looks.settings.setdefault((area, path), []).append(itself)
        return tuple([(area, (*path, EACH)) for area, path, _ in spots])

    def _spots(self, name: str) -> list[tuple[str, Path, Question | None]]:
        """Where a setting may stand, with the question by which its words are translated."""
        if name.startswith("."):
            return [(area, (*path, *_path_in_item(name)), None) for area, path in self.entries]
        places = self._places(name)
        return [(place.area, place.path, None if place.values is None else place.known_word) for place in places]

    def argument(self, value: Any) -> Any:
        """`$name` replaced by the parameter's value, also inside lists and mappings."""
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in self.params:
                raise ContentError(f"no parameter is named {value[1:]!r}")
            return self.params[value[1:]]
        if isinstance(value, list):
            return [self.argument(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self.argument(item) for key, item in value.items()}
        return value

    def _leaf(self, raw: Mapping[str, Any]) -> Node:
        unknown = raw.keys() - operators.NAMES - _LEAF_EXTRAS
        if unknown or "setting" not in raw:
            raise ContentError(f"a leaf needs a setting and known words; not understood: {sorted(unknown)}")
        find = self.finder(raw["setting"], whole=bool(raw.keys() & _LIST_OPERATORS) or "exists" in raw)
        for name in ("exists", "same_as"):
            if name in raw and len(raw) != 2:
                raise ContentError(
                    f"{name} stands alone in its leaf, not beside {sorted(raw.keys() - {name, 'setting'})}"
                )
        self._ask(raw["setting"])
        if "exists" in raw:
            return _exists_node(find, raw["exists"], self.forbidden)
        if "same_as" in raw:
            self._ask(raw["setting"], itself)
            self._ask(raw["same_as"], itself)
            words = f"not: the same as {raw['same_as']}" if self.forbidden else f"the same as {raw['same_as']}"
            return _same_node(find, self.finder(raw["same_as"]), words, self.forbidden)
        tests = []
        if raw.keys() & operators.NAMES:
            leaf = {key: self.argument(value) for key, value in raw.items() if key in operators.NAMES}
            options: dict[str, Any] = {"as_of": self.as_of, "lazy": self.lazy}
            if "known" in raw:
                options["known"] = self.argument(raw["known"])
            operator = operators.compile_operator(leaf, options)
            if "words" in raw:
                operator = replace(operator, words=str(raw["words"]))
            elif self.forbidden:
                operator = replace(operator, words=operators.opposite_words(leaf, options))
            self._ask(raw["setting"], itself if raw.keys() & _ENTRY_OPERATORS else operator.test)
            tests.append(_value_node(find, operator, _absent_is_empty(raw), self.forbidden))
        if "locked" in raw:
            tests.append(_lock_node(find, raw["locked"], self.forbidden))
        if not tests:
            raise ContentError(f"the leaf for {raw['setting']!r} tests nothing")
        return tests[0] if len(tests) == 1 else _joined(tests, decisive=False)

    def _quantified(self, raw: Mapping[str, Any]) -> Node:
        quantifier = next(name for name in ("each", "some", "none") if name in raw)
        if raw.keys() - _LIST_WORDS - {quantifier} or "of" not in raw:
            raise ContentError(f"{quantifier} takes of, where and absent_is_empty")
        find = self.finder(raw[quantifier], whole=True)
        entries, forbidden = self._entries_of(raw[quantifier]), self.forbidden is not (quantifier == "none")
        inner = replace(self, needs={}, keys={}, entries=entries, forbidden=forbidden)
        body = inner.compile(raw["of"])
        where = inner.compile(raw["where"]) if "where" in raw else None
        self.needs.update(inner.needs)
        self.keys.update(inner.keys)
        # Entries that are judged by themselves alone are judged once: exclusions repeat over a fleet.
        memory: dict[Any, ItemMemory] | None = None if inner.needs else {}
        return list_node(quantifier, find, Items(body, where, memory), _absent_is_empty(raw), self.forbidden)


def _joined(nodes: Sequence[Node], *, decisive: bool) -> Node:
    """`all` (False decides) and `any` (True decides). Evidence wants every part; a quiet trace stops early.

    Where one alternative of `any` holds, the others did not matter and leave no evidence that looks like a failure.
    """

    def judge(trace: Trace) -> bool | None:
        unclear = decided = False
        start = len(trace.evidence)
        for node in nodes:
            seen = len(trace.evidence)
            truth = node(trace)
            if truth is decisive:
                if trace.quiet:
                    return decisive
                if decisive and not decided:
                    trace.evidence[start:] = trace.evidence[seen:]
                decided = True
            else:
                unclear = unclear or truth is None
                if decisive and decided:
                    del trace.evidence[seen:]
        return decisive if decided else None if unclear else not decisive

    return judge


def _path_in_item(name: str) -> tuple[str, ...]:
    return tuple(split_name(name[1:])) if len(name) > 1 else ()


def _absent_is_empty(raw: Mapping[str, Any]) -> bool:
    stated = raw.get("absent_is_empty", False)
    if not isinstance(stated, bool):
        raise ContentError("absent_is_empty takes true or false")
    return stated


def _in_item(trace: Trace, path: tuple[str, ...]) -> Hit:
    item = trace.item
    if item is None:
        raise ContentError("a relative setting stands outside each, some and none")
    value = descend(item.value, path)
    name = f"{item.name}.{'.'.join(path)}" if path else item.name
    full = (*item.path, *path)
    if value is ABSENT:
        reason = Reason.INCOMPLETE if cut_off(item) else Reason.KEY_ABSENT
        return Hit(reason=reason, name=name, areas=item.areas, path=full)
    return Hit(value, value, None, name, item.areas, item.part, item.source, full, item.confidence)


def _met(truth: bool | None, forbidden: bool) -> bool | None:
    """Whether a value is as it should be."""
    return truth if truth is None else truth is not forbidden


def _value_node(find: Callable[[Trace], Hit], operator: Operator, absent_is_empty: bool, forbidden: bool) -> Node:
    def judge(trace: Trace) -> bool | None:
        hit = find(trace)
        if absent_is_empty and hit.reason is Reason.KEY_ABSENT:
            hit = replace(hit, value=[], raw=ABSENT, reason=None, note="no entry in the export")
        trace.weigh(hit.confidence)
        if cut_off(hit):
            hit = replace(hit, reason=Reason.INCOMPLETE)
        if hit.reason is not None:
            trace.unknown(hit.reason, hit.areas)
            trace.keep(hit, operator.words)
            return None
        truth = operator.test(hit.value)
        if truth is None:
            trace.unknown(Reason.NOT_UNDERSTOOD)
        trace.keep(hit, operator.words, _met(truth, forbidden))
        return truth

    return judge


def _lock_node(find: Callable[[Trace], Hit], wanted: Any, forbidden: bool) -> Node:
    if not isinstance(wanted, bool):
        raise ContentError("locked takes true or false")
    words = "locked" if wanted is not forbidden else "not locked"

    def judge(trace: Trace) -> bool | None:
        hit = find(trace)
        if hit.part is None or hit.raw is ABSENT:
            trace.unknown(hit.reason or Reason.KEY_ABSENT, hit.areas)
            trace.keep(hit, words)
            return None
        locks = {lock_of(side.part, side.path) for side in trace.view.statements(hit) if side.part is not None}
        if len(locks) > 1:
            hit = replace(hit, reason=Reason.CONFLICT)
        if hit.reason is Reason.CONFLICT:
            trace.unknown(Reason.CONFLICT, hit.areas)
            trace.keep(hit, words)
            return None
        lock = next(iter(locks))
        if lock is None:
            trace.unknown(Reason.KEY_ABSENT, hit.areas)
            trace.keep(hit, words, note="the export does not tell the lock")
            return None
        truth = lock.enforced is wanted
        trace.keep(hit, words, _met(truth, forbidden))
        return truth

    return judge


def _exists_node(find: Callable[[Trace], Hit], wanted: Any, forbidden: bool) -> Node:
    if not isinstance(wanted, bool):
        raise ContentError("exists takes true or false")
    words = "present" if wanted is not forbidden else "absent"

    def judge(trace: Trace) -> bool | None:
        hit = find(trace)
        if hit.reason in (Reason.NOT_COLLECTED, Reason.INCOMPLETE, Reason.NO_MAPPING):
            trace.unknown(hit.reason, hit.areas)
            trace.keep(hit, words)
            return None
        truth = (hit.raw is not ABSENT) is wanted
        trace.keep(hit, words, _met(truth, forbidden))
        return truth

    return judge


def _same_node(find: Callable[[Trace], Hit], other: Callable[[Trace], Hit], words: str, forbidden: bool) -> Node:
    def judge(trace: Trace) -> bool | None:
        left, right = find(trace), other(trace)
        truth: bool | None = None
        reasons = [hit.reason or (Reason.INCOMPLETE if cut_off(hit) else None) for hit in (left, right)]
        for hit, reason in zip((left, right), reasons, strict=True):
            if reason is not None:
                trace.unknown(reason, hit.areas)
        if reasons == [None, None]:
            truth = operators.text_of(left.value) == operators.text_of(right.value)
        trace.keep(left, words, _met(truth, forbidden))
        trace.keep(right)
        return truth

    return judge
