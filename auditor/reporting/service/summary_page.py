"""The page of a period's report: figures first, then what they are made of."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.reporting.service import common
from auditor.reporting.service.common import Json
from auditor.reporting.service.model import Bars, Block, Cell, Line, Page, Panels, Section, Tile, Tiles
from auditor.reporting.service.response_words import by_level, headline, share
from auditor.reporting.service.speech import Speech
from auditor.reporting.service.summary_tables import (
    check_table,
    escalation_table,
    finding_table,
    patch_table,
    private_patch_table,
    quota_table,
    release_table,
    request_list,
    severity_table,
)

_FLOW = ("open_at_start", "opened", "reopened", "ended", "open_at_end")


def summary_page(document: Json, speech: Speech) -> Page:
    """The page in the words of a language."""
    title = common.title(document, speech)
    return Page(
        language=speech.language,
        kind=common.kind(document, speech),
        title=title,
        headline=headline(document["response"], speech),
        lead=tuple(_lead(document, speech)),
        notices=(*common.notices(document, speech), *_filtered(document, speech)),
        facts=common.facts(document, speech),
        sections=tuple(_sections(document, speech)),
        footer=common.footer(document, speech),
        labels=common.labels(speech),
        printed=title,
    )


def _lead(document: Json, speech: Speech) -> Iterator[str]:
    requests, response = document["requests"], document["response"]
    yield speech.say("lead_requests", count=requests["ended"] + requests["open_at_end"])
    uncertain = response["uncertain"]["met"] + response["uncertain"]["missed"]
    if uncertain:
        yield speech.say("lead_uncertain", count=uncertain)


def _filtered(document: Json, speech: Speech) -> Iterator[str]:
    filters = document["selection"]["filters"]
    if filters:
        chosen = "; ".join(_filter(name, filters, speech) for name in _FILTERS if name in filters)
        yield speech.say("notice_filtered", selection=chosen)


_FILTERS = ("levels", "kinds", "types", "states", "products")
_WORDS = {"kinds": "kind", "types": "type", "states": "state"}


def _filter(name: str, filters: Json, speech: Speech) -> str:
    def word(value: object) -> str:
        if name == "levels":
            return speech.level(int(str(value)))
        return speech.one_of(_WORDS[name], str(value)) if name in _WORDS else speech.plain(str(value))

    return speech.say(f"filter_{name}", values=", ".join(word(value) for value in filters[name]))


def _sections(document: Json, speech: Speech) -> Iterator[Section]:
    listed, wide = document["incidents"], document["account_wide"]
    changed = len(document["severity_changes"]) + len(document["escalations"]["list"])
    yield _section("summary", speech, _flow(document["requests"], document["complete"], speech))
    yield _section("response", speech, share(document["response"], speech), by_level(document["response"], speech))
    yield _section("requests", speech, *_made_up(document["requests"], speech))
    if wide is not None:
        yield _section("quota", speech, quota_table(wide["quota"], speech))
    changes = (severity_table(document, speech), escalation_table(document, speech))
    yield _section("changes", speech, *changes, count=changed)
    yield _section("releases", speech, *_releases(document, speech))
    if wide is not None:
        found = (check_table(wide["health_check"], speech), finding_table(wide["open_findings"], speech))
        yield _section("checks", speech, *found)
    yield _section("list", speech, request_list(document, speech), count=len(listed))
    counted = ("about_counting_requests", "about_counting_answers", "about_events", "about_due")
    yield _section("about", speech, *common.explained_marks(document, speech), common.counting(speech, *counted))


def _section(name: str, speech: Speech, *blocks: Block, count: int | None = None) -> Section:
    shown = "" if count is None else speech.number(count)
    return Section(name, speech.say(f"section_{name}"), blocks, shown)


def _flow(requests: Json, complete: bool, speech: Speech) -> Tiles:
    """How requests came and went, as numbers that add up."""
    tiles = [
        Tile(speech.number(requests[name]), speech.say(f"flow_{name}"), strong=name == "open_at_end") for name in _FLOW
    ]
    if not complete:
        tiles[-1] = Tile(tiles[-1].value, speech.say("flow_open_now"), strong=True)
    tiles.append(Tile(speech.number(requests["critical"]), speech.say("flow_critical")))
    return Tiles(tuple(tiles), speech.say("flow_balance_note"))


def _made_up(requests: Json, speech: Speech) -> Iterator[Block]:
    """What the requests of the period were; a request that came and went counts once."""
    levels = [(Cell(speech.level(one["key"]), level=one["key"]), _all(one)) for one in requests["by_level"]]
    states = [(Cell(speech.one_of("state", one["key"])), one["count"]) for one in requests["by_state"]]
    kinds = [(Cell(speech.one_of("kind", one["key"])), _all(one)) for one in requests["by_kind"]]
    types = [(Cell(speech.one_of("type", one["key"])), _all(one)) for one in requests["by_type"]]
    yield Panels((_bars("by_level", levels, speech), _bars("by_state", states, speech)))
    yield Panels((_bars("by_type", types, speech), _bars("by_kind", kinds, speech)))
    products = [
        (Cell(speech.plain(one["key"]) or speech.say("none_product")), _all(one)) for one in requests["by_product"]
    ]
    if products:
        yield Panels((_bars("by_product", products, speech),))


def _all(counts: Json) -> int:
    return int(counts["ended"]) + int(counts["open_at_end"])


def _bars(name: str, lines: list[tuple[Cell, int]], speech: Speech) -> Bars:
    most = max((count for _, count in lines), default=0) or 1
    head = (speech.say(name), speech.say("share_of"), speech.say("count"))
    return Bars(
        head[0], head, tuple(Line(label, speech.number(count), round(100 * count / most, 1)) for label, count in lines)
    )


def _releases(document: Json, speech: Speech) -> Iterator[Block]:
    yield release_table(document["releases"], speech)
    yield private_patch_table(document["private_patches"], speech)
    if document["account_wide"] is not None:
        yield patch_table(document["account_wide"]["patches"], speech)
