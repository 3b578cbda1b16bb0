"""The block on answers in time: share, what stays out of it, what is uncertain in it, and the levels one by one."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.reporting.service.common import Json
from auditor.reporting.service.model import Cell, Column, Part, Share, Table
from auditor.reporting.service.speech import Speech

_APART = ("not_guaranteed", "unanswered", "running", "open")
_COLUMNS = ("met", "missed", "not_guaranteed", "unanswered", "running", "open")


def headline(response: Json, speech: Speech) -> Cell:
    """The share of answers in time, with its mark; good when none was late."""
    if response["share"] is None:
        return Cell(speech.say("headline_no_share"), tone="plain")
    text = speech.say("headline_share", share=speech.percent(response["share"]))
    return Cell(text, _marks(response, speech), tone="plain" if response["missed"] else "good")


def share(response: Json, speech: Speech) -> Share:
    """All answers together, with the mark of those that rest on an uncertain target."""
    notes = tuple(_notes(response, speech))
    if response["share"] is None:
        return Share(None, speech.say("response_none"), (), notes)
    figures = {name: speech.number(response[name]) for name in ("met", "judged")}
    big = Cell(speech.percent(response["share"]), _marks(response, speech))
    return Share(big, speech.say("response_figure", **figures), _parts(response, speech), notes)


def _marks(counted: Json, speech: Speech) -> tuple[str, ...]:
    """The marks of a share: those of the answers in it."""
    uncertain = counted["uncertain"]["met"] + counted["uncertain"]["missed"]
    stated = {"uncertain": uncertain, "provisional": counted["provisional"]}
    return speech.marks(mark for mark, count in stated.items() if count)


def _parts(response: Json, speech: Speech) -> tuple[Part, ...]:
    met = round(100 * response["met"] / response["judged"], 1)
    widths = {"met": (met, 0.0), "missed": (100 - met, met)}
    return tuple(
        Part(speech.say(f"response_{name}"), speech.number(response[name]), width, offset, name)
        for name, (width, offset) in widths.items()
    )


def _notes(response: Json, speech: Speech) -> Iterator[Cell]:
    met, missed = response["uncertain"]["met"], response["uncertain"]["missed"]
    if met + missed:
        numbers = {"met": speech.number(met), "missed": speech.number(missed)}
        text = speech.say("response_uncertain", count=met + missed, **numbers)
        yield Cell(text, speech.marks(["uncertain"]))
    if response["provisional"]:
        text = speech.say("response_provisional", count=response["provisional"])
        yield Cell(text, speech.marks(["provisional"]))
    apart = [speech.say(f"apart_{name}", count=response[name]) for name in _APART if response[name]]
    if apart:
        yield Cell(speech.say("response_apart", parts="; ".join(apart)))
    yield Cell(speech.say("response_explained"))


def by_level(response: Json, speech: Speech) -> Table:
    """The answers of each level. Columns in which there is nothing at all are left out, but never what was late."""
    shown = [name for name in _COLUMNS if name in {"met", "missed"} or response[name]]
    columns = (
        Column(speech.say("column_level")),
        Column(speech.say("response_target"), "middle"),
        *(Column(speech.say(f"response_{name}"), "num") for name in shown),
        Column(speech.say("response_uncertain_of"), "num"),
        Column(speech.say("response_share"), "num"),
    )
    rows = tuple(tuple(_row(one, shown, speech)) for one in response["levels"] if one["targets"])
    name = speech.say("response_by_level")
    return Table(name, columns, rows, row_heads=True, empty=speech.say("response_none"))


def _row(level: Json, shown: list[str], speech: Speech) -> Iterator[Cell]:
    yield Cell(speech.level(level["level"]), level=level["level"])
    yield _targets(level["targets"], speech)
    for name in shown:
        yield Cell(speech.number(level[name]), tone="missed" if name == "missed" and level[name] else "")
    yield Cell(speech.number(level["uncertain"]["met"] + level["uncertain"]["missed"]))
    share = level["share"]
    yield Cell(speech.say("no_share") if share is None else speech.percent(share), _marks(level, speech))


def _targets(targets: list[Json], speech: Speech) -> Cell:
    """The targets of a level, each with its marks: the first beside, the others below it."""
    cells = [speech.target(target) for target in targets]
    others = "; ".join(f"{cell.text} ({', '.join(cell.marks)})" if cell.marks else cell.text for cell in cells[1:])
    return Cell(cells[0].text, cells[0].marks, small=others)
