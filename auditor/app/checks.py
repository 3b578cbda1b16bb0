"""Use cases around the catalogue: list, show, test, new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.app.content import check_roots, load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.catalogue import Catalogue, Root, load_tolerant
from auditor.engine.examples import missing_examples, run_examples
from auditor.engine.mutation import survivors
from auditor.errors import AuditorError, ContentError, UsageProblem
from auditor.sdk.check import Check


def catalogue_rows(folders: Sequence[Path] = (), product: str | None = None) -> list[dict[str, Any]]:
    """One row per check of the catalogue, or of one product, sorted by id; UsageProblem where it has none."""
    catalogue = load_checks(load_plugins(), folders)
    products = {check.product for check in catalogue.checks.values()}
    if product is not None and product not in products:
        raise UsageProblem(f"no check is for product {product!r}", hint=f"one of {', '.join(sorted(products))}")
    return [
        {
            "id": check.id,
            "title": check.title,
            "severity": check.severity.value,
            "product": check.product,
            "subject": check.subject,
            "area": check.area,
            "form": "fleet" if check.is_fleet else check.form,
            "origin": check.origin,
        }
        for check in catalogue.checks.values()
        if product in (None, check.product)
    ]


def find_check(check_id: str, folders: Sequence[Path] = ()) -> tuple[Check, Catalogue]:
    """A check by id, whatever its case; UsageProblem with near names otherwise."""
    catalogue = load_checks(load_plugins(), folders)
    check = catalogue.checks.get(check_id.upper())
    if check is None:
        import difflib

        near = difflib.get_close_matches(check_id.upper(), catalogue.checks, n=3)
        raise UsageProblem(f"no check is named {check_id}", hint=f"did you mean {', '.join(near)}?" if near else "")
    return check, catalogue


def check_page(check_id: str, folders: Sequence[Path] = ()) -> str:
    """The documentation page of a check, Markdown."""
    from auditor.app.pages import page

    check, catalogue = find_check(check_id, folders)
    return page(check, catalogue.logical)


@dataclass(slots=True)
class ExampleReport:
    """What a test run of checks found; no problems means all is well."""

    checks: int = 0
    examples: int = 0
    mutants: int = 0
    survived: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line for people."""
        words = f"{self.checks} checks, {self.examples} examples, {len(self.problems)} problems"
        return f"{words}; {self.mutants} mutants, {self.survived} survived" if self.mutants else words


def test_checks(paths: Sequence[Path], *, mutants: bool) -> ExampleReport:
    """Run the examples of the shipped checks, or of those in the given folders and files."""
    known, errors = load_tolerant(_with_folders(check_roots(load_plugins()), paths))
    chosen = _chosen(known, paths)
    report = ExampleReport(checks=len(chosen), problems=[str(error) for error in errors])
    for check in chosen:
        _test(check, known, report, mutants)
    if not chosen:
        report.problems.append("no check was found: nothing was tested")
    return report


def _with_folders(roots: Sequence[Root], paths: Sequence[Path]) -> list[Root]:
    """The shipped roots (for their logical settings) plus folders that are not part of them."""
    shipped = [Path(str(root.folder)).resolve() for root in roots]
    foreign = [path for path in paths if not any(path.resolve().is_relative_to(home) for home in shipped)]
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in foreign)
    return [*roots, *[Root(folder.name or str(folder), folder) for folder in folders]]


def _chosen(catalogue: Catalogue, paths: Sequence[Path]) -> list[Check]:
    if not paths:
        return list(catalogue.checks.values())
    names = {file.stem for path in paths for file in ([path] if path.is_file() else path.rglob("*.yaml"))}
    return [check for check in catalogue.checks.values() if check.id in names]


def _test(check: Check, catalogue: Catalogue, report: ExampleReport, mutants: bool) -> None:
    missing = missing_examples(check)
    if missing:
        report.problems.append(f"{check.id}: no example shows {', '.join(missing)}")
    try:
        for result in run_examples(check, catalogue.logical):
            report.examples += 1
            if result.problem:
                report.problems.append(f"{check.id}: example {result.name} {result.problem}")
        if mutants:
            total, alive = survivors(check, catalogue.logical)
            report.mutants += total
            report.survived += len(alive)
            report.problems.extend(f"{check.id}: no example notices {change}" for change in alive)
    except (AuditorError, ValueError) as error:
        report.problems.append(f"{check.id}: {error}")


def write_skeleton(check_id: str, folder: Path, form: str) -> Path:
    """Write a check that works as it stands, ready to be rewritten; a Python check gets its module beside it."""
    from auditor.app.skeleton import MODULE, SKELETONS

    if not re.fullmatch(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+", check_id):
        raise UsageProblem(f"{check_id!r} is no check id", hint="capitals, digits and hyphens, such as ACME-SYS-001")
    if check_id in load_checks(load_plugins()).checks:
        raise UsageProblem(f"{check_id} is a check already", hint="choose another id")
    module = check_id.lower().replace("-", "_")
    texts = {folder / f"{check_id}.yaml": SKELETONS[form]}
    if form == "python":
        texts[folder / f"{module}.py"] = MODULE
    for target in texts:
        if target.exists():
            raise ContentError("this file is already there", where=str(target), hint="choose another id")
    folder.mkdir(parents=True, exist_ok=True)
    for target, text in texts.items():
        target.write_text(text.replace("CHECK-ID", check_id).replace("CHECK_MODULE", module), encoding="utf-8")
    return folder / f"{check_id}.yaml"
