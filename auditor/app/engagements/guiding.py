"""The customer's collection guide of an engagement: what to export from exactly the products in scope."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.errors import RuleBroken
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.engagement.state import Engagement


def guide_text(found: Engagement) -> str:
    """The guide in the language of the engagement. What the guide cannot tell is said at its top.

    RuleBroken when no products are named yet.
    """
    from auditor.app.guides import guide_in
    from auditor.app.plugins import load_plugins
    from auditor.intake.guide import render_text

    products = tuple(found.circumstances.get("products", ()))
    if not products:
        raise RuleBroken(
            f"the circumstances of {found.id} name no products", hint=f"auditor engagement agree {found.id} --products"
        )
    guide = guide_in(found.language, load_plugins())
    phrases = Phrases(found.language, "engagements")
    day = phrases.day(found.start_day) if found.start_day is not None else phrases.say("guide_no_day")
    lines = [f"# {phrases.say('guide_title', engagement=found.id)}", "", phrases.say("guide_day", day=day), ""]
    unknown = [product for product in products if product not in guide.products]
    if unknown:
        lines += [phrases.say("guide_unknown", products=", ".join(unknown)), ""]
    known = [product for product in products if product in guide.products]
    return "\n".join(lines) + ("\n" + render_text(guide, known, found.language) if known else "")


def write(found: Engagement, out: Path | None, stream: TextIO) -> None:
    """Write the guide beside the invitations."""
    folder = out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.id}-guide.{Phrases(found.language, 'engagements').language}.md"
    path.write_text(guide_text(found), encoding="utf-8")
    stream.write(f"Guide for the customer: {path}\n")
