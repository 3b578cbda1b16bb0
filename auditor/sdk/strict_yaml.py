"""YAML without surprises: 1.2 booleans, plain integers and floats, everything else text; duplicate keys are errors.

Kaspersky values such as `On`, `Yes`, `010`, `12:30:45` or `12.10` would be changed silently by YAML 1.1.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

from auditor.errors import ContentError

_MAX_CHARS = 1_000_000
_MAX_DEPTH = 100
_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the C loader has no stubs
    """Resolves only true/false, null, integers and simple floats."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~)$"), list("n~"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$"), list("-0123456789")
)


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise ContentError(f"key {key!r} is not text; put it in quotes", where=f"line {line}")
        if key in result:
            raise ContentError(f"duplicate key {key!r}", where=f"line {line}", hint="keep one of them")
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def _inspect(text: str) -> None:
    """Refuse what the parser must not see: aliases, which expand without end, and nesting that overflows its stack."""
    depth = 0
    for token in yaml.scan(text, Loader=_Base):
        if isinstance(token, yaml.AliasToken):
            raise ContentError("anchors and aliases are not allowed", hint="write the value out")
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _MAX_DEPTH:
            line = token.start_mark.line + 1
            raise ContentError(f"nested more than {_MAX_DEPTH} levels deep", where=f"line {line}")


def load(text: str, where: str) -> Any:
    """The document in `text`; ContentError naming `where` and the line for what YAML 1.2 or our rules forbid."""
    if len(text) > _MAX_CHARS:
        raise ContentError(f"larger than {_MAX_CHARS} characters", where=where)
    try:
        _inspect(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506, TID251  # the strict loader itself
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise ContentError(str(problem), where=f"{where}{line}") from error
    except ContentError as error:
        place = f"{where}, {error.where}" if error.where else where
        raise ContentError(error.message, where=place, hint=error.hint) from error
    except RecursionError as error:
        raise ContentError("nested too deeply", where=where) from error
