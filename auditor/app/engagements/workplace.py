"""Where the work of an engagement lies on this computer: exports' paths, the running audit, what was delivered."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import orjson

from auditor.errors import RuleBroken
from auditor.files import write_whole

_NOTE = "workplace.json"


class Workplace:
    """A folder of one engagement. Without `root` it lies in AUDITOR_WORK, else in the user's data folder."""

    def __init__(self, engagement: str, db: str | None, root: Path | None = None) -> None:
        self.folder = (root or _root()) / _store_name(db) / engagement
        self.out = self.folder / "result"
        self.kept = self.folder / "unfinished"

    def delivered(self, version: int) -> Path:
        """The folder of a delivered version."""
        return self.folder / f"delivered-v{version}"

    def note(self, **values: Any) -> None:
        """Remember values of this computer, such as where the exports lie; whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _NOTE
        write_whole(path, orjson.dumps({**self.notes(), **values}, option=orjson.OPT_INDENT_2))

    def notes(self) -> dict[str, Any]:
        """What was remembered."""
        path = self.folder / _NOTE
        return dict(orjson.loads(path.read_bytes())) if path.exists() else {}

    def note_result(self, made_at: str) -> None:
        """Remember that the result that lies here was made here, and when (UTC text)."""
        sha256 = hashlib.sha256((self.out / "result.json").read_bytes()).hexdigest()
        self.note(result={"sha256": sha256, "made_at": made_at})

    def exports(self) -> list[Path]:
        """Where the received exports lie; RuleBroken when none were received here, or they went away."""
        paths = [Path(path) for path in self.notes().get("exports", [])]
        missing = [path for path in paths if not path.exists()]
        if not paths or missing:
            what = f"{missing[0]} is gone" if missing else "no exports were received on this computer"
            raise RuleBroken(what, hint=f"auditor engagement receive {self.folder.name} PATH")
        return paths


def _root() -> Path:
    named = os.environ.get("AUDITOR_WORK", "")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("auditor", appauthor=False) / "engagements"


def _store_name(db: str | None) -> str:
    """Engagements of different stores must not meet: ids start from 1 in each. One file is one store by any path."""
    from auditor.store.database import default_location, file_of, shown, url_of

    url = url_of(db or default_location())
    file = file_of(url)
    place = shown(url) if file is None else str(file.resolve())
    return hashlib.sha256(place.encode()).hexdigest()[:12]
