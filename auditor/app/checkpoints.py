"""Finished shares of an audit, kept so that a run that was killed goes on where it stopped.

A share is kept under what it depends on: tool, checks, baseline, waivers, day, and its files by name and size. Before a
kept share is taken its files are hashed again, so that a changed export is judged anew. What shares leave (archives,
dumps) is kept step by step in a journal. Reading a pickle runs code: each file carries a seal (HMAC) made with a key of
this user, and one without the right seal is as good as none.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.journal import Journal
from auditor.app.plan import Bundle
from auditor.errors import ExportError
from auditor.files import write_whole
from auditor.intake.sources import FileSource

if TYPE_CHECKING:
    from auditor.app.work import Share

_SEAL = hashlib.sha256().digest_size
_KEY_BYTES = 32
_FORMAT = "5"  # of what is kept; another is as good as none


class Checkpoints:
    """Kept shares of one run in a folder of its own. `run` names all that every share depends on."""

    def __init__(self, folder: Path, run: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._run = f"{_FORMAT}/{run}"
        self._key = _own_key()
        self.taken = 0
        self.made = 0

    def load(self, bundles: Sequence[Bundle]) -> Share | None:
        """The kept share of these files; None when there is none, or when anything about it changed."""
        path = self._path(bundles)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        seal, data = content[:_SEAL], content[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(data)):
            return None
        share: Share
        share, heads = pickle.loads(data)  # noqa: S301  # sealed with this user's own key
        if dict(share.digests) != _hashes(bundles, {path for path, _ in share.digests}) or heads != _heads(share):
            return None
        self.taken += 1
        return share

    def keep(self, bundles: Sequence[Bundle], share: Share) -> None:
        """Keep a finished share; it is there whole or not at all."""
        data = pickle.dumps((share, _heads(share)))
        write_whole(self._path(bundles), self._seal(data) + data, durable=True)
        self.made += 1

    def journal(self, deferred: Sequence[FileSource]) -> Journal:
        """The steps of the work on what the shares left."""
        path = self._path([Bundle("", list(deferred))]).with_suffix(".journal")
        return Journal(path, self._key, f"{self._run}/{path.name}".encode())

    def forget(self) -> None:
        """Remove everything: the run is complete."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _path(self, bundles: Iterable[Bundle]) -> Path:
        name = hashlib.sha256(self._run.encode())
        for bundle in bundles:
            name.update(repr((bundle.host, bundle.prefix, bundle.record)).encode())
            for source in bundle.files:
                name.update(repr((source.path, source.os_path, _size(source.os_path))).encode())
        return self._folder / f"{name.hexdigest()}.share"

    def _seal(self, data: bytes) -> bytes:
        return hmac.new(self._key, self._run.encode() + data, hashlib.sha256).digest()


def _hashes(bundles: Iterable[Bundle], wanted: set[str]) -> dict[str, str]:
    """SHA-256 of the files of a share by shown path; what was never opened keeps what its record says."""
    found: dict[str, str] = {}
    for bundle in bundles:
        if bundle.record is not None:
            found[bundle.record.path] = bundle.record.sha256
        for source in bundle.files:
            if source.path in wanted:
                # opened anew, so that nothing of it is held
                found[source.path] = FileSource(source.os_path, source.path, source.limits).sha256
    return found


def _heads(share: Share) -> list[str]:
    """SHA-256 of the beginnings of files that the share left, for which it left them."""
    found = []
    for source in share.deferred:
        opened = source.released()
        try:
            found.append(hashlib.sha256(opened.head).hexdigest())
        except ExportError:
            found.append("")
        finally:
            opened.close()
    return found


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return -1


def _own_key() -> bytes:
    """The user's key for seals, made when there is none."""
    from platformdirs import user_data_path

    path = user_data_path("auditor", appauthor=False) / "checkpoint.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_bytes(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(made, path)  # fails when another process was first: its key counts
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()
