"""Rules that every shipped check keeps beside the schema: names, words and sources that can be trusted."""

from __future__ import annotations

import ast
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.catalogue import Catalogue
from auditor.sdk.areas import ROW_KINDS
from auditor.sdk.check import Check
from tests.checks.kesl_names import WORD_OPERATORS, Use, entry_of, undocumented, uses

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "checks" / "auditor_checks"
NO_CHECKS = {"mappings", "collection", "languages.d"}
KESL = ("kesl.host", "kesl.task")
SETTING = re.compile(r"^(app|net|ini|info|licence|(task|schedule|state)\.\w+)\.[A-Za-z]\w*$")


def parts(check: Check) -> list[Use]:
    return [use for body in ("when", "where", "expect") for use in uses(check.raw.get(body))]


def filled(check: Check, value: Any) -> list[Any]:
    """The words of an operator, parameters replaced by their defaults."""
    if isinstance(value, str) and value.startswith("$"):
        value = check.raw["params"][value[1:]]["default"]
    return value if isinstance(value, list) else [value]


def is_logical(catalogue: Catalogue, use: Use) -> bool:
    """A logical setting or an entry of a logical list."""
    return use.name.partition("[]")[0] in catalogue.logical


def mapped(catalogue: Catalogue, check: Check) -> bool:
    """Every datum that the check expects something of has a known place: it can be decided from exports."""
    names = [use.name.partition("[]")[0] for use in uses(check.raw.get("expect"))]
    return all(catalogue.logical[name].places for name in names if name in catalogue.logical)


def test_ids_are_unique_and_there_are_enough_automatic_checks(catalogue: Catalogue) -> None:
    stems = [path.stem for path in CHECKS.rglob("*.yaml") if not NO_CHECKS & set(path.parts)]
    assert [stem for stem, number in Counter(stems).items() if number > 1] == []
    assert sorted(stems) == sorted(catalogue.checks)
    automatic = [check for check in catalogue.checks.values() if check.form != "manual" and mapped(catalogue, check)]
    products = Counter(check.product for check in automatic)
    assert len(automatic) >= 120
    assert products["kesl"] >= 70
    assert products["ksc"] >= 40


def test_every_form_of_the_design_is_in_use(catalogue: Catalogue) -> None:
    forms = {"fleet" if check.is_fleet else check.form for check in catalogue.checks.values()}
    assert forms == {"expect", "schema", "python", "manual", "fleet"}


def test_files_stand_in_the_folder_of_their_product() -> None:
    wrong = []
    for path in CHECKS.rglob("*.yaml"):
        folders = path.relative_to(CHECKS).parts[:-1]
        if folders[0] in NO_CHECKS:
            continue
        prefix = path.stem.split("-")[0].casefold()
        if len(folders) != 2 or (prefix != folders[0] and folders[0] not in ("kesl",)):
            wrong.append(str(path.relative_to(CHECKS)))
    assert wrong == []


def test_titles_state_the_desired_state(catalogue: Catalogue) -> None:
    wrong = [
        check.id
        for check in catalogue.checks.values()
        if len(check.title) > 100
        or check.title.endswith(".")
        or re.match(r"(Ensure|Make sure|Check|Enable|Disable|Configure|Set)\b", check.title)
        or re.search(r"\b(should|must|properly|appropriate(ly)?|best)\b", check.title)
    ]
    assert wrong == []


def test_titles_are_told_apart(catalogue: Catalogue) -> None:
    titles = Counter((check.product, check.title) for check in catalogue.checks.values())
    assert [title for title, number in titles.items() if number > 1] == []


def test_each_check_cites_a_document_or_says_field_practice(catalogue: Catalogue) -> None:
    wrong = []
    for check in catalogue.checks.values():
        for reference in check.raw["references"]:
            url = reference.get("url")
            if url is None and not re.search(
                r"(?i)field practice|not vendor documentation|read in|catalogue", reference["title"]
            ):
                wrong.append(f"{check.id}: {reference['title']} has no address")
            if url is not None and not re.fullmatch(r"https?://[\w.-]+/\S*", url):
                wrong.append(f"{check.id}: {url}")
    assert wrong == []


def test_not_in_names_what_is_known(catalogue: Catalogue) -> None:
    leaves = [(check.id, use.leaf) for check in catalogue.checks.values() for use in parts(check)]
    rejecting = [(check_id, leaf) for check_id, leaf in leaves if "not_in" in leaf]
    assert rejecting
    assert [check_id for check_id, leaf in rejecting if "known" not in leaf] == []


def test_kesl_checks_read_documented_keys_only(catalogue: Catalogue) -> None:
    wrong = []
    for check in catalogue.checks.values():
        if check.subject in KESL:
            for use in parts(check):
                if not is_logical(catalogue, use) and entry_of(catalogue.reference, use.name) is None:
                    wrong.append(f"{check.id}: {use.name}")
    assert wrong == []


def test_kesl_mappings_point_at_documented_keys_and_words(catalogue: Catalogue) -> None:
    wrong, seen = [], 0
    for setting in catalogue.logical.values():
        if setting.product != "kesl":
            continue
        for place in setting.places:
            entry = entry_of(catalogue.reference, place["setting"])
            seen += 1
            if entry is None:
                wrong.append(f"{setting.name}: {place['setting']} is not documented")
                continue
            words = undocumented(entry, list(place.get("values") or ()))
            if words and place.get("confidence", "high") == "high" and not numbers(words):
                wrong.append(f"{setting.name}: {place['setting']} is not documented to say {words}")
    assert seen > 20
    assert wrong == []


def numbers(words: list[str]) -> bool:
    """Number codes seen in a sample export stand beside the words; they are no spelling of a word."""
    return all(word.isdecimal() for word in words)


def test_words_that_kesl_checks_compare_are_documented_or_marked(catalogue: Catalogue) -> None:
    wrong = []
    for check in catalogue.checks.values():
        if check.subject not in KESL or check.raw["confidence"] != "high":
            continue
        for use in parts(check):
            entry = None if use.name in catalogue.logical else entry_of(catalogue.reference, use.name)
            if entry is None:
                continue
            compared = [word for name in WORD_OPERATORS if name in use.leaf for word in filled(check, use.leaf[name])]
            words = undocumented(entry, compared)
            if words:
                wrong.append(f"{check.id}: {use.name} compares with {words}")
    assert wrong == []


def test_words_of_logical_settings_can_occur(catalogue: Catalogue) -> None:
    """A word that no place is translated to would never be met: a typing error would judge every host alike."""
    wrong = []
    for check in catalogue.checks.values():
        for use in parts(check):
            setting = catalogue.logical.get(use.name)
            if setting is None or not setting.places or not all(place.get("values") for place in setting.places):
                continue
            possible = {str(word).casefold() for place in setting.places for word in place["values"].values()}
            compared = [word for name in WORD_OPERATORS if name in use.leaf for word in filled(check, use.leaf[name])]
            missing = [word for word in compared if str(word).casefold() not in possible]
            if missing:
                wrong.append(f"{check.id}: {use.name} is never {missing}")
    assert wrong == []


def test_no_check_compares_words_of_the_screen(catalogue: Catalogue) -> None:
    """Labels and sentences change with the language: only a check of lower confidence may rest on them."""
    wrong = []
    for check in catalogue.checks.values():
        if check.raw["confidence"] != "high":
            continue
        for use in parts(check):
            for name in WORD_OPERATORS:
                for word in filled(check, use.leaf[name]) if name in use.leaf else ():
                    if re.search(r"\s", str(word)) or not str(word).isascii():
                        wrong.append(f"{check.id}: {use.name} {name} {word!r}")
            if use.name.startswith(("info.", "licence.")) and check.subject in KESL:
                entry = entry_of(catalogue.reference, use.name) or {}
                if entry.get("type") == "text" and use.leaf.keys() & {"eq", "in", "not_in", "matches", "not_matches"}:
                    wrong.append(f"{check.id}: {use.name} is a text of the console")
    assert wrong == []


def modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(CHECKS.parent).with_suffix("").parts)
        for path in (CHECKS / "kesl").rglob("*.py")
        if path.name != "__init__.py"
    )


@pytest.mark.parametrize("module", modules())
def test_python_bodies_read_documented_keys_only(catalogue: Catalogue, module: str) -> None:
    path = Path(str(import_module(module).__file__))
    texts = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    names = [text for text in texts if isinstance(text, str) and SETTING.match(text)]
    unknown = [name for name in names if name not in catalogue.logical and entry_of(catalogue.reference, name) is None]
    assert unknown == []


def test_python_modules_stay_small_and_are_used(catalogue: Catalogue) -> None:
    bodies = {check.raw["python"].partition(":")[0] for check in catalogue.checks.values() if check.form == "python"}
    sources = {path: path.read_text("utf-8") for path in CHECKS.rglob("*.py") if path.name != "__init__.py"}
    for path, text in sources.items():
        name = ".".join(path.relative_to(CHECKS.parent).with_suffix("").parts)
        used = name in bodies or any(f"{name} import" in other for other in sources.values())
        assert used, f"{name} belongs to no check"
        assert len(text.splitlines()) <= 200, f"{name} is long"


def test_rows_are_judged_by_fleet_checks_only(catalogue: Catalogue) -> None:
    rows = [check for check in catalogue.checks.values() if check.subject in ROW_KINDS and check.form == "expect"]
    assert rows
    assert [check.id for check in rows if not check.is_fleet] == []


def test_mappings_translate_into_words_that_checks_know(catalogue: Catalogue) -> None:
    """A typing error in the word that a place is translated into would leave every host of that version unknown."""
    compared: dict[str, set[str]] = {}
    for check in catalogue.checks.values():
        for use in parts(check):
            if "known" in use.leaf:  # without it every other word fails, so that nothing is left undecided
                words = [word for name in WORD_OPERATORS if name in use.leaf for word in filled(check, use.leaf[name])]
                compared.setdefault(use.name, set()).update(str(word).casefold() for word in words)
    wrong, seen = [], 0
    for name, known in compared.items():
        for place in catalogue.logical[name].places if name in catalogue.logical else ():
            translated = {str(word).casefold() for word in (place.get("values") or {}).values()}
            seen += bool(translated)
            if translated - known:
                wrong.append(f"{name}: {place['setting']} is translated into {sorted(translated - known)}")
    assert seen > 5
    assert wrong == []
