"""The collection guide in a language."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.app.content import load_checks
from auditor.app.plugins import Plugins
from auditor.app.texts import guide_texts
from auditor.intake.guide import Guide, guide_of, render_text
from auditor.phrases import Phrases


def guide_in(language: str, plugins: Plugins) -> Guide:
    """The guide of the tool and of all plugins; UsageProblem for a language that there is not."""
    base = Phrases(language, "guide").language
    collection = load_checks(plugins).collection
    return guide_of(collection) if base == "en" else guide_of(collection, guide_texts(base, plugins))


def guide_text(language: str, products: Sequence[str], plugins: Plugins) -> str:
    """The guide as text; all products when none is named. UsageProblem for an unknown product or language."""
    return render_text(guide_in(language, plugins), products, language)
