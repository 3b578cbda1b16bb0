"""Exports of Kaspersky Security Center: answers of its interface, klscflag text, console tables, opaque files."""

from auditor.intake.ksc.console import ConsoleTableReader
from auditor.intake.ksc.joining import join
from auditor.intake.ksc.klscflag import KlscflagReader
from auditor.intake.ksc.listing import Listing
from auditor.intake.ksc.opaque import OpaqueReader
from auditor.intake.ksc.reader import KscReader
from auditor.intake.ksc.tally import FleetTally

__all__ = ["ConsoleTableReader", "FleetTally", "KlscflagReader", "KscReader", "Listing", "OpaqueReader", "join"]
