"""The readers of a run, in the order in which they are asked: plugins first, then the built-in ones."""

from __future__ import annotations

from auditor.app.plugins import Plugins
from auditor.sdk.reading import Reader


def built_in_readers() -> list[Reader]:
    """The cheap and certain ones first; the last ones take what only looks like something."""
    from auditor.intake.kesl.ini import KeslIniReader
    from auditor.intake.lazy import LazyReader

    return [
        LazyReader("auditor.intake.kesl.taskset:KeslTasksetReader", names=("taskset",)),
        KeslIniReader(),
        LazyReader("auditor.intake.ksc:KscReader", estate=True),
        LazyReader("auditor.intake.ksc:ConsoleTableReader", estate=True),
        LazyReader("auditor.intake.kesl.json_tree:KeslJsonReader"),
        LazyReader("auditor.intake.ksc:OpaqueReader"),
        LazyReader("auditor.intake.xml_tree:XmlReader"),
        LazyReader("auditor.intake.ksc:KlscflagReader", estate=True),
        LazyReader("auditor.intake.kesl.text:KeslTextReader"),
    ]


def readers_of(plugins: Plugins) -> list[Reader]:
    """All readers of a run."""
    contributed = [reader for _, group in plugins.contributions("auditor_readers") for reader in group]
    return [*sorted(contributed, key=lambda reader: reader.name), *built_in_readers()]
