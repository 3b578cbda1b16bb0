"""Title and description of a request that is made from findings, in the customer's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.app.findings.known import SHOWN
from auditor.app.findings.wording import FindingWords
from auditor.reporting.words import product

if TYPE_CHECKING:
    from auditor.engagement.findings import Finding
    from auditor.engagement.promotion import Bundle

NAMED = 20
"""Things of a check that a description names; all of them are linked with the request."""


def title_of(bundle: Bundle, engagement: str, language: str) -> str:
    """What the request is about, in a few words."""
    words = FindingWords(language)
    say = words.phrases.say
    told = {"area": words.area(bundle.area), "product": product(bundle.product)}
    title = say("request_title", engagement=engagement, **told) if engagement else say("request_title_plain", **told)
    return say("request_part", title=title, part=bundle.part, parts=bundle.parts) if bundle.parts > 1 else title


def description_of(bundle: Bundle, findings: Sequence[Finding], language: str) -> str:
    """Every check with the things that it failed on, the gravest first; then what the request asks for."""
    words = FindingWords(language)
    say = words.phrases.say
    by_check: dict[str, list[Finding]] = {check: [] for check in bundle.checks}
    for found in findings:
        by_check[found.identity.check].append(found)
    lines = [say("request_intro", count=len(findings)), ""]
    for check, own in by_check.items():
        lines.append(f"{check} {words.text(own[0].label.title)} ({words.severity(own[0].severity)})")
        lines += [f"  - {found.label.name or found.identity.key} [{found.id[:SHOWN]}]" for found in own[:NAMED]]
        if len(own) > NAMED:
            lines.append("  - " + say("request_more", count=len(own) - NAMED))
    return "\n".join([*lines, "", say("request_wish"), say("request_scale")])
