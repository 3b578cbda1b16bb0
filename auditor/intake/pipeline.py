"""From one source to its record and what it states: recognise, read, count, never lose a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from auditor.errors import BrokenExport, ExportError
from auditor.intake.records import blame
from auditor.intake.redaction import redact_text
from auditor.intake.sources import OpenSource
from auditor.model.content import Content, Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Collected, Part, Rows, Settings, SubjectRef, Value, bounded
from auditor.sdk.reading import Note, Reader

SUBJECTS_SHOWN = 20
"""Subjects that a file's record names."""

_MOST_NOTES = 20

Take = Callable[[Part | Parcel | Rows], None]


def recognise(source: OpenSource, readers: Iterable[Reader]) -> tuple[Reader, str] | None:
    """The first reader that knows the content, with the format it names. ExportError when it cannot be opened."""
    for reader in readers:
        try:
            format_id = reader.recognise(source)
        except ExportError:
            raise
        except Exception as error:
            # the next reader might know the file, but what this one would have said can no longer be known
            failed = f"the reader {reader.name} failed to recognise it: {type(error).__name__}"
            raise BrokenExport(
                failed, hint="please report it; a plugin can be disabled (AUDITOR_DISABLED_PLUGINS)"
            ) from error
        if format_id:
            return reader, format_id
    return None


def read_found(source: OpenSource, found: tuple[Reader, str] | None, record: InputRecord, take: Take) -> None:
    """Read with the reader that was found, or say that nobody knows the file."""
    if found is not None:
        read_as(source, found[0], found[1], record, take)
        return
    record.message = "not an export that this tool knows" if source.head else "the file is empty"
    record.hint = "auditor guide shows what to export"


def read_as(source: OpenSource, reader: Reader, format_id: str, record: InputRecord, take: Take) -> None:
    """Read with a chosen reader; the record tells what was taken over."""
    record.status = InputStatus.READ
    record.format = format_id
    subjects: dict[str, None] = {}
    try:
        for item in reader.read(source, format_id):
            if isinstance(item, (Part, Parcel)):  # a union costs three times as much
                record.values += scalars_of(item)
                record.product = item.subject.product
                if len(subjects) < SUBJECTS_SHOWN and not _is_number_only(item.subject):
                    subjects[item.subject.name] = None
                take(item)
            elif isinstance(item, Rows):
                record.values += sum(map(len, item.seen))
                record.product = item.product
                take(item)
            else:
                _remark(record, item)
    except ExportError as error:
        blame(record, error)
    except Exception as error:  # noqa: BLE001  # a reader that fails on foreign data must not stop the others
        record.status = InputStatus.BROKEN
        record.message = f"the reader {reader.name} failed on it: {type(error).__name__}"
        record.hint = "please report this file's shape; the other files are not affected"
    record.subjects = list(subjects)


def _is_number_only(subject: SubjectRef) -> bool:
    """True when this file knows the subject by its id alone: that is no name for people."""
    return subject.key != subject.name and subject.key.endswith(f"/{subject.name}")


def _remark(record: InputRecord, item: Collected | Note) -> None:
    if isinstance(item, Collected):
        record.collected_at = max(record.collected_at, item.at)
    elif len(record.notes) < _MOST_NOTES:
        record.notes.append(bounded(redact_text(item)))


def seal(source: OpenSource, record: InputRecord) -> InputRecord:
    """Finish the hash; damage that shows only now counts too."""
    try:
        record.sha256 = source.digest()
        record.size = source.size
    except ExportError as error:
        if record.status in (InputStatus.READ, InputStatus.UNKNOWN):
            blame(record, error)
    finally:
        source.close()
    return record


def scalars_of(item: Part | Parcel) -> int:
    """How many values an item holds; counted once for equal content."""
    if isinstance(item, Part):
        return _scalars(item.settings)
    document = item.document
    if document.scalars < 0:
        document.scalars = sum(_scalars_in(content) for content, _ in document.contents)
    return document.scalars


def _scalars_in(content: Content) -> int:
    if content.scalars < 0:
        content.scalars = sum(_scalars(settings) for settings, _ in content.items)
    return content.scalars


def _scalars(settings: Settings) -> int:
    if settings.scalars < 0:
        settings.scalars = count_values(settings.values)
    return settings.scalars


def count_values(values: Value) -> int:
    """Scalars in a tree."""
    if isinstance(values, Mapping):
        return sum(count_values(value) if isinstance(value, dict | list) else 1 for value in values.values())
    if isinstance(values, list):
        return sum(count_values(value) if isinstance(value, dict | list) else 1 for value in values)
    return 1
