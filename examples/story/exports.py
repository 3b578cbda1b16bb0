"""What both customers export: a host with KESL and an Administration Server, made from the invented customer's files.

Everything is derived from examples/acme; only what a chapter needs is changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

ACME = Path(__file__).resolve().parents[1] / "acme"
CALLS = (
    "HostGroup.GetStaticInfo",
    "HostGroup.GetRunTimeInfo",
    "TotpGlobalSettings.Get2FaRequiredForAll",
)
TWO_STEPS = "TotpGlobalSettings.Get2FaRequiredForAll"
_BASES = "2026-02-11 05:00:00"
_EXPIRES = "2026-03-20"


def write(folder: Path, collected: str, components: Mapping[str, bool], leave_out: tuple[str, ...] = ()) -> None:
    """Write exports to a new folder.

    `collected` is the UTC instant that the exports state, such as 2026-04-05T16:00:00Z. `components` says which parts
    of KESL run (others stay as they are), `leave_out` names calls of the server that nobody made this time.
    """
    host = folder / "web01"
    host.mkdir(parents=True)
    for source in sorted((ACME / "kesl" / "web01").iterdir()):
        text = source.read_text(encoding="utf-8").replace(_EXPIRES, "2028-03-20")
        text = text.replace(_BASES, f"{collected[:10]} 05:00:00")
        for name, runs in components.items():
            text = _component(text, name, runs)
        (host / source.name).write_text(text, encoding="utf-8")
    server = folder / "ksc"
    server.mkdir()
    for call in CALLS:
        if call not in leave_out:
            bundle = json.loads((ACME / "ksc" / f"{call}.json").read_bytes())
            bundle["collected_at"] = collected
            (server / f"{call}.json").write_text(json.dumps(bundle, indent=1), encoding="utf-8")


def _component(text: str, name: str, runs: bool) -> str:
    """Switch a part on or off, in the words of each file that speaks of it."""
    words = "Available and running" if runs else "Available and stopped"
    label = name.replace("_", " ").replace("Anti Cryptor", "Anti-Cryptor")
    text = re.sub(rf"^({label}: +).*$", rf"\g<1>{words}", text, flags=re.MULTILINE)
    started = "Started" if runs else "Stopped"
    text = re.sub(rf"(Name  : {name}\n(?:.*\n){{2}}State : )\w+", rf"\g<1>{started}", text)
    active = "Yes" if runs else "No"
    return re.sub(rf"(TaskName={name}\n(?:.*\n){{2}}Active=)\w+", rf"\g<1>{active}", text)
