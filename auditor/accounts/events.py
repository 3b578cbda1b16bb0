"""The events of the account's memory: see `auditor.model.events`."""

from auditor.model.events import (
    GENESIS,
    Event,
    NewEvent,
    canonical,
    chained,
    digest,
    instant_of,
    rechained,
    text_of,
)

__all__ = ["GENESIS", "Event", "NewEvent", "canonical", "chained", "digest", "instant_of", "rechained", "text_of"]
