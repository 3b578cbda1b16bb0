"""Use cases around support programmes: list, show, compare, as text, JSON or CSV."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, TextIO

from auditor.accounts.programme_saying import Sayings
from auditor.accounts.programmes import Programme, Programmes, load_programmes
from auditor.app.programme_facts import OVERVIEW, Fact, facts, statements

PROGRAMMES_VARIABLE = "AUDITOR_PROGRAMMES"
"""Names folders with further programmes, separated as PATH is."""


def library(folders: Sequence[Path] = ()) -> Programmes:
    """The programmes of a run: shipped, then from AUDITOR_PROGRAMMES, then from folders named on the command line."""
    named = os.environ.get(PROGRAMMES_VARIABLE, "")
    return load_programmes([*(Path(folder) for folder in named.split(os.pathsep) if folder), *folders])


def write(style: str, view: str, programmes: Sequence[Programme], language: str, stream: TextIO) -> None:
    """Write programmes as text, JSON or CSV. `view` is list, show or compare."""
    sayings = Sayings(language)
    if style == "json":
        _write_json(view, programmes, sayings, stream)
    elif style == "csv":
        _write_csv(view, programmes, sayings, stream)
    else:
        from auditor.app import programme_tables

        {
            "list": programme_tables.write_list,
            "show": programme_tables.write_programme,
            "compare": programme_tables.write_comparison,
        }[view](programmes, sayings, stream)


def _write_json(view: str, programmes: Sequence[Programme], sayings: Sayings, stream: TextIO) -> None:
    import orjson

    documents = [programme.to_document(sayings.language) for programme in programmes]
    if view == "list":
        documents = [_brief(document) for document in documents]
    answer: Any = documents[0] if view == "show" else {"language": sayings.language, "programmes": documents}
    stream.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")


def _brief(document: dict[str, Any]) -> dict[str, Any]:
    brief = {name: document[name] for name in ("id", "name", "version", "paid")}
    brief["edition"] = document["cells"]["edition"]
    brief["premium_quota"] = document["cells"]["premium_quota"]
    brief["targets"] = {"1": document["targets"]["1"]}
    return brief | {"sha256": document["sha256"]}


def _write_csv(view: str, programmes: Sequence[Programme], sayings: Sayings, stream: TextIO) -> None:
    """One row for each value of each programme; text that a spreadsheet would take for a formula is defused."""
    from auditor.reporting.csv_files import cell

    names = [field.name for field in fields(Fact)]
    stream.write(",".join(("programme", "programme_edition", "programme_version", *names)) + "\n")
    for programme in programmes:
        rows = facts(programme, sayings)
        if view == "list":
            rows = [fact for fact in rows if fact.name in OVERVIEW]
        if view == "show":
            rows += statements(programme, sayings)
        for fact in rows:
            start = (programme.id, programme.edition, str(programme.version))
            stream.write(",".join(cell(text) for text in (*start, *map(_plain, astuple(fact)))) + "\n")


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
