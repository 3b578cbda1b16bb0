"""What the written pages state and the code decides: links, exit codes, numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.app.audit import INLINE_AFFECTED, INLINE_SUBJECTS, MANY_FILES, SHARE_FILES
from auditor.app.content import load_all_baselines
from auditor.app.pages import page
from auditor.app.plugins import load_plugins
from auditor.cli import exits
from auditor.engine.baseline import select
from auditor.engine.catalogue import Catalogue
from auditor.engine.ledger import SAMPLE
from auditor.engine.waivers import WARN_DAYS
from auditor.model.outcomes import Outcome, Severity

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
CODE = re.compile(r"`[^`\n]*`")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_links_between_pages_lead_somewhere() -> None:
    texts = {page: CODE.sub("", page.read_text("utf-8")) for page in WRITTEN}
    found = [(page, target) for page, text in texts.items() for target in LINK.findall(text)]
    assert len(found) > 500
    assert [f"{page.name}: {target}" for page, target in found if not (page.parent / target).exists()] == []


def test_the_readme_is_short_and_has_every_exit_code() -> None:
    readme = text_of("README.md")
    assert len(readme.splitlines()) < 120
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)} == codes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("docs/result.md", f"more than {INLINE_SUBJECTS} subjects"),
        ("docs/result.md", f"more than {INLINE_AFFECTED} affected devices"),
        ("docs/result.md", f"up to {SAMPLE} failing"),
        ("docs/waivers.md", f"more than {WARN_DAYS} days are left"),
        ("docs/architecture.md", f"shares of {SHARE_FILES}"),
        ("docs/architecture.md", f"more than {MANY_FILES:,} files"),
    ],
)
def test_numbers_are_those_of_the_code(name: str, words: str) -> None:
    assert words in text_of(name)


def test_every_outcome_is_explained() -> None:
    explained = text_of("docs/decisions/0002-outcomes.md").replace("\n", " ")
    assert [item for item in Outcome if item.replace("_", " ") not in explained] == []


def test_the_waiver_of_the_page_is_valid(catalogue: Catalogue) -> None:
    from auditor.engine.waivers import parse_waivers
    from auditor.sdk.strict_yaml import load

    example = text_of("docs/waivers.md").split("```yaml\n")[1].split("```")[0]
    (waiver,) = parse_waivers(load(example, "page"), "page", catalogue.checks)
    assert waiver.covers("dmz7")
    assert waiver.active("2026-09-30")
    assert not waiver.active("2026-10-01")


def test_the_baseline_of_the_page_says_what_it_claims(catalogue: Catalogue, tmp_path: Path) -> None:
    example = text_of("docs/baselines.md").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines" / "acme.yaml").write_text(example.replace('"ACME-*"', '"KESL-*"'), encoding="utf-8")
    found = load_all_baselines(load_plugins(), [tmp_path])
    ours, parents = (select(found[name], catalogue.checks) for name in ("acme", "hardened"))
    assert parents.keys() - ours.keys() == {"KESL-BHV-004"}
    assert ours["KSC-HST-003"].params == {**parents["KSC-HST-003"].params, "silent": 10}
    assert ours["KESL-BAK-002"].severity is Severity.HIGH
    assert ours["KESL-FTP-001"].mandatory


def test_a_page_tells_all_that_an_administrator_needs(catalogue: Catalogue) -> None:
    for check in catalogue.checks.values():
        shown = page(check, catalogue.logical).replace("\\", "")
        for text in (check.title, check.raw["rationale"], check.raw["verify"], *check.raw["remediation"]):
            assert text.strip().replace("\\", "") in shown, check.id
        for reference in check.raw["references"]:
            assert reference.get("url", "") in shown, check.id
        for name, entry in check.raw.get("params", {}).items():
            assert f"| `{name}` | {entry['type']} |" in shown, check.id
