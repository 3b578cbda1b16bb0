"""Whom an export of the KESL family is about: the installation on a device, or a task that an administrator made."""

from __future__ import annotations

from auditor.intake.kesl.paths import product_of
from auditor.intake.kesl.sister import product_and_version
from auditor.intake.redaction import redact_text
from auditor.model.snapshot import SubjectRef
from auditor.sdk.reading import Source


def host_subject(source: Source, version: str = "") -> SubjectRef:
    """The installation on the device that the path suggests, of the version that the export states."""
    product, version = product_and_version(product_of(source.path) or "kesl", version, source.text)
    return SubjectRef("kesl.host", source.host, source.host, product, version)


def task_subject(host: SubjectRef, task: str) -> SubjectRef:
    """A task of the installation, by the name that people gave it."""
    name = redact_text(task)
    return SubjectRef("kesl.task", f"{host.key}/{name}", f"{host.name}: {name}", host.product, host.version)
