"""The shipped baselines name what exists, and the commands around them answer."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from auditor.app.content import load_all_baselines
from auditor.app.plugins import load_plugins
from auditor.app.skeleton import SKELETONS
from auditor.engine.baseline import Baseline, select
from auditor.engine.catalogue import Catalogue
from auditor.model.outcomes import Severity

NAMES = ("air-gapped", "hardened", "recommended")
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def baselines() -> dict[str, Baseline]:
    return load_all_baselines(load_plugins())


def test_the_shipped_baselines_are_these(baselines: dict[str, Baseline]) -> None:
    assert tuple(sorted(baselines)) == NAMES
    assert {name: found.extends for name, found in baselines.items() if found.extends} == {
        "air-gapped": "recommended",
        "hardened": "recommended",
    }


def test_recommended_has_every_check_as_it_is(baselines: dict[str, Baseline], catalogue: Catalogue) -> None:
    selected = select(baselines["recommended"], catalogue.checks)
    assert selected.keys() == catalogue.checks.keys()
    for selection in selected.values():
        assert selection.severity == selection.check.severity
        assert selection.params == selection.check.parameters({})


@pytest.mark.parametrize("name", NAMES)
def test_a_baseline_names_what_exists(baselines: dict[str, Baseline], catalogue: Catalogue, name: str) -> None:
    baseline = baselines[name]
    for pattern in (*baseline.include, *baseline.exclude, *baseline.checks, *baseline.mandatory):
        assert any(fnmatchcase(check, pattern) for check in catalogue.checks), pattern
    selected = select(baseline, catalogue.checks)  # also raises for unknown parameters and wrong types
    assert selected
    assert set(baseline.mandatory) <= {check for check, item in selected.items() if item.mandatory}
    assert not baseline.exclude.keys() & selected.keys()
    assert baseline.references


@pytest.mark.parametrize("name", NAMES[:2])
def test_what_a_baseline_changes_is_a_change(baselines: dict[str, Baseline], catalogue: Catalogue, name: str) -> None:
    selected = select(baselines[name], catalogue.checks)
    for check_id, rule in baselines[name].checks.items():
        item = selected[check_id]
        assert item.params != item.check.parameters({}) or item.severity != item.check.severity, check_id
        assert set(rule) <= {"params", "severity", "severity_reason"}


def test_hardened_never_lowers_a_severity_or_leaves_a_check_out(
    baselines: dict[str, Baseline], catalogue: Catalogue
) -> None:
    selected = select(baselines["hardened"], catalogue.checks)
    assert selected.keys() == catalogue.checks.keys()
    for item in selected.values():
        assert item.severity.rank <= item.check.severity.rank


def test_air_gapped_asks_for_nothing_that_needs_the_vendor(
    baselines: dict[str, Baseline], catalogue: Catalogue
) -> None:
    selected = select(baselines["air-gapped"], catalogue.checks)
    assert not selected.keys() & {"KESL-GEN-003", "KESL-UPD-004", "KESL-NET-003", "KSC-KSN-002", "KES-KSN-001"}
    for check_id in ("KESL-UPD-003", "KESL-UPD-008"):
        assert "KLServers" not in selected[check_id].params["sources"]
        assert "Custom" in selected[check_id].params["sources"]
    assert selected["KESL-GEN-004"].severity is Severity.HIGH


def test_the_commands_answer(auditor: Run) -> None:
    code, text = auditor("baselines", "list")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == list(NAMES)
    code, text = auditor("baselines", "show", "air-gapped")
    assert code == 0
    assert "Extends recommended." in text
    assert "Leaves out KESL-UPD-004: The update servers of the vendor" in text
    code, text = auditor("baselines", "diff", "recommended", "air-gapped")
    assert code == 0
    assert "- KESL-UPD-004" in text
    assert "sources=['SCServer', 'Custom']" in text
    assert auditor("baselines", "diff", "hardened", "hardened") == (
        0,
        "hardened and hardened select the same checks with the same parameters\n",
    )
    code, text = auditor("baselines", "show", "relaxed")
    assert code == 2
    assert "there are air-gapped, hardened, recommended" in text


HEAD = "title: Own\nrevision: 1\ndescription: Own.\nreferences: [{title: field practice}]\n"


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    """A folder with a baseline of one's own and nothing else."""

    def write(text: str) -> Path:
        (tmp_path / "baselines").mkdir()
        (tmp_path / "baselines" / "own.yaml").write_text(f"id: own\n{HEAD}{text}", encoding="utf-8")
        return tmp_path

    return write


def test_a_folder_may_hold_baselines_only(auditor: Run, own: Callable[[str], Path]) -> None:
    folder = own("include: [KESL-NTP-003]\n")
    code, text = auditor("baselines", "list", "--content", folder)
    assert (code, text.splitlines()[-2]) == (0, "own            Own: 1 checks")
    skeleton = SKELETONS["expect"].replace("CHECK-ID", "OWN-SYS-001")
    (folder / "OWN-SYS-001.yaml").write_text(skeleton, encoding="utf-8")
    assert auditor("checks", "test", folder) == (0, "1 checks, 4 examples, 0 problems\n")


def test_a_folder_without_content_is_told(auditor: Run, tmp_path: Path) -> None:
    (tmp_path / "OWN-SYS-001.yml").write_text(SKELETONS["expect"], encoding="utf-8")
    code, text = auditor("checks", "list", "--content", tmp_path)
    assert code == 3
    assert "no file of this content folder ends in .yaml" in text


def test_one_changed_parameter_leaves_the_parents_others(auditor: Run, own: Callable[[str], Path]) -> None:
    folder = own("extends: hardened\nchecks: {KSC-HST-003: {params: {silent: 10}}}\n")
    code, text = auditor("baselines", "show", "own", "--content", folder)
    assert code == 0
    assert "early [critical_bases=5, warning_bases=2, silent=10]" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: nobody\n", "extends 'nobody', which does not exist"),
        ("extends: own\n", "own > own"),
        ("include: [KESL-NONE-*]\n", "no check is named 'KESL-NONE-*'"),
        ("extends: recommended\nexclude: {KESL-NONE-001: It does not exist}\n", "KESL-NONE-001"),
        ("extends: recommended\nmandatory: [KESL-NONE-001]\n", "KESL-NONE-001"),
        ("extends: recommended\nchecks: {KESL-NTP-003: {params: {hours: 1}}}\n", "no parameter 'hours'"),
        ("extends: recommended\nchecks: {KESL-NTP-003: {params: {minutes: many}}}\n", "is no integer"),
        ("extends: recommended\nchecks: {KESL-NTP-003: {params: {minutes: true}}}\n", "is no integer"),
        ("extends: recommended\nchecks: {KESL-NTP-003: {severity: high}}\n", "severity_reason"),
        ("extends: recommended\nchecks: {KESL-NTP-003: {level: high}}\n", "'level' was unexpected"),
        ("extends: recommended\nexclude: {'*': Everything is left out}\n", "no check is selected"),
        ("include: [KESL-NTP-003]\ninclude: ['*']\n", "duplicate key 'include'"),
    ],
)
def test_a_wrong_baseline_is_named(auditor: Run, own: Callable[[str], Path], text: str, words: str) -> None:
    code, printed = auditor("baselines", "show", "own", "--content", own(text))
    assert code == 3
    assert words in printed
    assert "own" in printed
