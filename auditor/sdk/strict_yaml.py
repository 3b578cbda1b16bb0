"""YAML without surprises: 1.2 booleans, plain integers and floats, everything else text; duplicate keys are errors.

Kaspersky values such as `On`, `Yes`, `010`, `12:30:45` or `12.10` would be changed silently by YAML 1.1.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any, ClassVar

import yaml

from auditor.errors import ContentError

_MAX_CHARS = 1_000_000
_MAX_BYTES = 4 * _MAX_CHARS
_LARGEST = 2**63
_MAX_DEPTH = 100
_MOST_DIGITS = 40
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


def _number(kind: type[int] | type[float]) -> Any:
    """Only what every part of the tool, and JSON, can hold: no rounded, endless or gigantic number passes for one."""

    def construct(_: Any, node: yaml.ScalarNode) -> int | float:
        digits = node.value
        value = kind(digits) if len(digits) <= _MOST_DIGITS else _LARGEST
        if not -_LARGEST <= value < _LARGEST:
            line = node.start_mark.line + 1
            hint = "put it in quotes if it is text"
            raise ContentError(f"the number {digits[:20]}... is too large", where=f"line {line}", hint=hint)
        return value

    return construct


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _number(int))
_Loader.add_constructor("tag:yaml.org,2002:float", _number(float))


_UNSEEN = yaml.reader.Reader.NON_PRINTABLE
_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def _inspect(text: str) -> None:
    """Refuse what the parser must not see: endless aliases, tags, nesting that overflows its stack."""
    depth = 0
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        line = text.count("\n", 0, unseen.start()) + 1
        raise ContentError(f"the character U+{ord(unseen[0]):04X} is not allowed", where=f"line {line}")
    for token in yaml.scan(text, Loader=_Base):
        if isinstance(token, yaml.AliasToken):
            raise ContentError("anchors and aliases are not allowed", hint="write the value out")
        if isinstance(token, yaml.TagToken):
            line = token.start_mark.line + 1
            raise ContentError("tags are not allowed", where=f"line {line}", hint="write the value without its !tag")
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _MAX_DEPTH:
            line = token.start_mark.line + 1
            raise ContentError(f"nested more than {_MAX_DEPTH} levels deep", where=f"line {line}")


def load_file(path: Path, where: str = "") -> Any:
    """The document in a file; ContentError naming it when it cannot be read, is too large, or is not as `load` wants.

    `where` is what messages call the file: by default its path.
    """
    where = where or str(path)
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ContentError("it is no regular file", where=where)
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ContentError(f"cannot be read: {error.strerror}", where=where) from error
    if len(data) > _MAX_BYTES:
        raise ContentError(f"larger than {_MAX_CHARS} characters", where=where)
    try:
        return load(data.decode("utf-8"), where)
    except UnicodeDecodeError as error:
        raise ContentError("not UTF-8", where=f"{where}, byte {error.start}") from error


def _without_waiting(path: str, flags: int) -> int:
    """A pipe would be waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


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
