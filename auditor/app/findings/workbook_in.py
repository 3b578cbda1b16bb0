"""A workbook that came back, read as if it were hostile: sizes are counted while it is unpacked, formulas refused."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from auditor.app.findings.questions import FORMAT, Filled, Problems, Questionnaire
from auditor.app.findings.workbook_out import COLUMNS, FIRST_ROW
from auditor.errors import ContentError
from auditor.intake.budget import Budget, Meter
from auditor.intake.limits import KIB, MIB, Limits
from auditor.intake.zips import DAMAGE

LIMITS = Limits(
    max_file_bytes=16 * MIB,
    max_archive_members=500,
    max_archive_total_bytes=64 * MIB,
    max_archive_ratio=100,
    archive_ratio_from_bytes=MIB,
)
"""What a workbook may cost: a questionnaire of some hundred questions has some dozens of KiB."""

MOST_ROWS = 5_000
_CHUNK = 64 * KIB
_FOREIGN = ("xl/externallinks/", "xl/embeddings/", "xl/connections", "xl/querytables/", "xl/activex/")
_MACROS = "vbaproject.bin"
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_EXPORT_AGAIN = "export the questionnaire again and fill in the new file"


def read_workbook(path: Path, problems: Problems) -> Questionnaire:
    """The questions of a workbook with what was filled in; ContentError or LimitExceeded when it cannot be read."""
    where = path.name
    data = _bytes(path)
    _inspect(data, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about footers, styles and the like, which nobody asks for
            return _read(data, where, problems)
    except (ContentError, MemoryError):
        raise
    except Exception as error:
        what = f"the workbook is damaged ({type(error).__name__}: {str(error)[:200]})"
        raise ContentError(what, where=where, hint=_EXPORT_AGAIN) from error


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMITS.max_file_bytes:
            raise LIMITS.exceeded("max_file_bytes", f"it has {path.stat().st_size} bytes", where=path.name)
        return path.read_bytes()
    except OSError as error:
        raise ContentError(f"cannot be read: {error.strerror}", where=str(path)) from error


def _inspect(data: bytes, where: str) -> None:
    """Unpack everything once, counting; what a questionnaire has no use for is refused."""
    budget = Budget(LIMITS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename.lower() for info in archive.infolist()]
            if len(names) != len(set(names)):
                raise ContentError("two parts of the workbook have the same name", where=where, hint=_EXPORT_AGAIN)
            for info in archive.infolist():
                budget.admit()
                _refuse_foreign(info, where)
                _unpack(archive, info, Meter(budget))
    except DAMAGE as error:
        raise ContentError(
            f"is no workbook ({error})", where=where, hint="name the .xlsx file that was exported"
        ) from error


def _refuse_foreign(info: zipfile.ZipInfo, where: str) -> None:
    name = info.filename.lower()
    if name.startswith(_FOREIGN) or name.endswith(_MACROS):
        what = f"the workbook holds {info.filename[:80]!r}: links to other files, macros and objects are not read"
        raise ContentError(what, where=where, hint=_EXPORT_AGAIN)
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _PACKED:
        raise ContentError("the workbook is encrypted or packed in an unusual way", where=where, hint=_EXPORT_AGAIN)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> None:
    with archive.open(info) as member:
        while piece := member.read(_CHUNK):
            meter.count(len(piece), info.compress_size)


def _read(data: bytes, where: str, problems: Problems) -> Questionnaire:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ContentError("workbooks cannot be read safely here", hint="install the package defusedxml", where=where)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheets = book.worksheets
        if not sheets:
            raise ContentError("the workbook has no sheet", where=where, hint=_EXPORT_AGAIN)
        about = dict(_about(sheets[1])) if len(sheets) > 1 else {}
        questions = list(_questions(sheets[0], where, problems))
    finally:
        book.close()
    return Questionnaire(about.get("engagement", ""), about.get("account", ""), questions, about.get("asked", ""))


def _about(sheet: Any) -> Iterator[tuple[str, str]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=20, max_col=3, values_only=True):
        value, name = (*row, None, None, None)[1:3]
        if isinstance(name, str) and isinstance(value, str):
            yield name, value.strip()


def _questions(sheet: Any, where: str, problems: Problems) -> Iterator[Filled]:
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=len(COLUMNS)), 1)
    columns: list[str] = []
    for number, row in rows:
        if number == 1:
            columns = _columns(row, sheet.title, where)
        elif number > MOST_ROWS:
            raise ContentError(
                f"the sheet {sheet.title} has more than {MOST_ROWS} rows", where=where, hint=_EXPORT_AGAIN
            )
        elif number > FIRST_ROW and any(cell.value is not None for cell in row):
            yield _filled(row, columns, _places(sheet.title, columns, number), problems)
    if not columns:
        raise ContentError(f"the sheet {sheet.title} is empty", where=where, hint=_EXPORT_AGAIN)


def _columns(row: Any, title: str, where: str) -> list[str]:
    """Names of the columns, from the hidden first row."""
    found = [str(cell.value).removeprefix(f"{FORMAT}:") if cell.value is not None else "" for cell in row]
    missing = next((name for name in COLUMNS if name not in found), None)
    if missing is not None or not str(row[0].value).startswith(FORMAT):
        what = f"the first row of the sheet {title} does not name the column {missing or COLUMNS[0]!r}"
        raise ContentError(what, where=where, hint=_EXPORT_AGAIN)
    return found


def _filled(row: Any, columns: list[str], at: Callable[[str], str], problems: Problems) -> Filled:
    values = {}
    for name, cell in zip(columns, row, strict=False):
        if cell.value is not None and cell.data_type == "f":
            problems.add(at(name), "holds a formula; write the value itself")
        elif cell.value is not None and cell.data_type == "e":
            problems.add(at(name), f"holds the error {str(cell.value)[:20]}")
        else:
            values[name] = cell.value
    return Filled(values, at)


def _places(title: str, columns: list[str], number: int) -> Callable[[str], str]:
    from openpyxl.utils import get_column_letter

    return lambda name: f"sheet {title}, cell {get_column_letter(columns.index(name) + 1)}{number}"
