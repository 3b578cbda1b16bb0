"""The explanation names everything the deadline rests on, in every language."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from auditor.accounts.incidents.commands import (
    acknowledge,
    answer,
    cancel,
    change_kind,
    change_severity,
    recalculate,
    reopen,
    resolve,
)
from auditor.accounts.incidents.explain import explain
from auditor.accounts.incidents.quota import Units
from auditor.accounts.incidents.said import Said, in_words
from auditor.accounts.programmes import Target
from auditor.phrases import LANGUAGES, catalogue
from tests.accounts.incidents.stage import Stage, calendar, shipped


def explained(stage: Stage, at: str) -> list[Said]:
    return explain(stage.clock, stage.at(at))


def english(stage: Stage, at: str) -> list[str]:
    return in_words(explained(stage, at), "en", stage.zone)


def test_the_whole_story():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 2)
    stage.do(acknowledge, "2026-03-13 20:00:10", actor="system")
    stage.do(change_severity, "2026-03-16 09:30", 1, "it spreads")
    snapshot = stage.calendar.snapshot
    assert english(stage, "2026-03-16 10:30") == [
        "MSA Business, edition 2023, level 1 (Critical): 2 hours until a qualified answer.",
        f"Source: {stage.policy.targets[1].source}",
        "Business hours: calendar command-line, version 1, time zone Europe/Madrid.",
        f"Data: holidays {snapshot.holidays_version}, time zones {snapshot.tzdata_version}.",
        "Submitted at 13 Mar 2026, 20:00 +01:00 with level 2 (High).",
        "Only business hours count. That was outside of them, so counting begins at 16 Mar 2026, 09:00 +01:00.",
        "At 16 Mar 2026, 09:30 +01:00 the severity was raised to level 1 (Critical).",
        "That was in business hours: the time runs from 16 Mar 2026, 09:30 +01:00 on, around the clock.",
        "The deadline moved from 16 Mar 2026, 15:00 +01:00 to 16 Mar 2026, 11:30 +01:00.",
        "Counted: 16 Mar 2026, 09:30 +01:00 to 16 Mar 2026, 11:30 +01:00.",
        "A qualified answer is due by 16 Mar 2026, 11:30 +01:00.",
        "50% of the time: 16 Mar 2026, 10:30 +01:00.",
        "75% of the time: 16 Mar 2026, 11:00 +01:00.",
        "100% of the time: 16 Mar 2026, 11:30 +01:00.",
        "Acknowledged automatically at 13 Mar 2026, 20:00 +01:00; that is no qualified answer.",
        "Left: 1 h.",
    ]


def test_lunch_is_not_counted():
    rome = calendar("Europe/Rome", "09:00-13:00", "14:00-18:00", country="IT", subdivision="RM")
    stage = Stage("msa-business", rome)
    stage.submit("2026-03-16 11:00", 2)
    counted = [sentence for sentence in english(stage, "2026-03-16 11:00") if sentence.startswith("Counted")]
    assert counted == [
        "Counted: 16 Mar 2026, 11:00 +01:00 to 16 Mar 2026, 13:00 +01:00.",
        "Counted: 16 Mar 2026, 14:00 +01:00 to 16 Mar 2026, 18:00 +01:00.",
    ]


def test_an_uncertain_unit_is_said_with_both_readings():
    """T-33, INV-10."""
    stage = Stage("enhanced-tam")
    stage.submit("2026-03-13 16:00", 3)
    told = english(stage, "2026-03-13 16:30")
    assert any(sentence.startswith("Uncertain: Unlike the other sheets") for sentence in told)
    assert "Read as 6 business hours, it would be 16 Mar 2026, 13:00 +01:00." in told


def test_what_is_not_guaranteed_is_said():
    """T-32."""
    stage = Stage("msa-start")
    stage.submit("2026-03-16 09:00", 3)
    told = english(stage, "2026-03-16 10:00")
    assert "MSA Start, edition 2023, level 3 (Medium): no guaranteed time." in told
    assert "No time is guaranteed." in told
    assert not any("due by" in sentence for sentence in told)


def test_off_hours_both_deadlines_are_said():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    told = english(stage, "2026-03-13 20:01")
    assert any("no call is recorded" in sentence and "16 Mar 2026, 09:00" in sentence for sentence in told)
    assert "If the submission alone started the time, it would be 13 Mar 2026, 22:00 +01:00." in told


def test_waiting_moves_nothing_and_says_so():
    """SupportArticles sla-timer: waiting over a holiday adds no business time, and the line shows it."""
    stage = Stage("msa-business")
    stage.submit("2026-12-04 09:00", 2)
    stage.do(answer, "2026-12-04 18:00", "The log ends early.", wanted=["a trace"])
    stage.happens("info_received", "2026-12-09 09:00", "contact:C-0001", text="the trace")
    told = english(stage, "2026-12-10 09:00")
    assert "The customer was waited for: 111 h, of these 0 min in business hours. That moves no deadline." in told


def test_documents_of_what_is_said():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    documents = [one.to_document() for one in explained(stage, "2026-03-16 10:00")]
    by_phrase = {one["phrase"]: one["parameters"] for one in documents}
    assert by_phrase["cell_guaranteed"]["length"] == {"value": 2, "unit": "calendar_hour"}
    assert by_phrase["cell_guaranteed"]["edition"] == "2023"
    assert by_phrase["deadline"] == {"deadline": "2026-03-16T10:00:00.000000Z"}
    assert by_phrase["left_calendar"] == {"length": 3600.0}
    assert by_phrase["threshold"]["share"] == 1.0


Story = tuple[Stage, str]


def story(programme="msa-business", at="2026-03-30 10:00", hours=None, **policy) -> Story:
    return Stage(programme, hours, **policy), at


def submissions() -> Iterator[Story]:
    """Cells, starts and marks."""
    targets = {**shipped("msa-business").targets, 3: Target(3, "guaranteed", 6, None)}
    moscow = calendar("Europe/Moscow", "10:00-19:00", country="RU")
    for told, submitted, level, more in (
        (story("standard"), "2026-03-16 09:00", 3, {"kind": "standard"}),
        (story(), "2026-03-16 09:00", 3, {"kind": "standard"}),
        (story("msa-start"), "2026-03-16 09:00", 3, {}),
        (story(targets=targets), "2026-03-16 09:00", 3, {}),
        (story("msa-enterprise", "2026-03-16 10:00"), "2026-03-16 09:00", 3, {}),
        (story("enhanced-tam", "2026-03-13 16:30"), "2026-03-13 16:00", 3, {}),
        (story(hours=moscow, at="2028-03-01 12:00"), "2028-03-01 11:00", 3, {}),
        (story(), "2026-03-13 20:00", 1, {"calls": ["2026-03-13 20:30"]}),
        (story(off_hours="submission"), "2026-03-13 20:00", 1, {}),
        (story(), "2026-03-13 20:00", 1, {}),
    ):
        told[0].submit(submitted, level, **more)
        yield told


def changes() -> Iterator[Story]:
    """Severity and kind change, before and after deadline and answer."""
    moved = Stage("msa-business")
    moved.submit("2026-03-16 09:00", 3)
    moved.do(change_severity, "2026-03-16 10:00", 1, "x")
    moved.do(change_severity, "2026-03-16 10:10", 3, "x")
    moved.do(change_kind, "2026-03-16 10:20", "standard", "x")
    moved.do(change_kind, "2026-03-16 10:30", "premium", "x", Units(moved.policy, moved.ledger("2026-03-16 09:00")))
    none = Stage("msa-start")
    none.submit("2026-03-16 09:00", 3)
    none.do(change_severity, "2026-03-16 10:00", 4, "x")
    stays = Stage("msa-business")
    stays.submit("2026-03-16 09:00", 3)
    stays.do(change_severity, "2026-03-16 16:50", 1, "x")
    stays.do(answer, "2026-03-16 16:55", "A known error.")
    stays.do(change_severity, "2026-03-16 16:56", 4, "x")
    over = Stage("msa-business")
    over.submit("2026-03-16 09:00", 1)
    over.do(change_severity, "2026-03-16 11:01", 4, "x")
    over.do(answer, "2026-03-16 12:00", "A known error.")
    for stage in (moved, none, stays, over):
        yield stage, "2026-03-30 10:00"


def outcomes() -> Iterator[Story]:
    """Recalculated, escalated, answered, ended, reopened."""
    busy = Stage("msa-business", reopen_new_cycle=True)
    busy.submit("2026-03-16 09:00", 3)
    busy.do(acknowledge, "2026-03-16 09:00:10", actor="system")
    closing_early = Stage("msa-business", calendar("Europe/Madrid", "09:00-14:00", country="ES"), reopen_new_cycle=True)
    busy.do(recalculate, "2026-03-16 10:00", busy.terms, closing_early.terms, "x")
    busy.do(answer, "2026-03-16 14:00", "x", wanted=["a trace"])
    busy.do(resolve, "2026-03-16 15:00", "x")
    busy.do(reopen, "2026-03-17 09:00", busy.policy, "x")
    told = Stage("msa-business")
    told.submit("2026-03-13 20:00", 3)
    told.happens("escalated", "2026-03-16 13:00", "system", fraction=0.5, due_at=None, to=["assignee"], notify=True)
    unguaranteed = Stage("msa-start")
    unguaranteed.submit("2026-03-16 09:00", 3)
    unguaranteed.do(answer, "2026-03-16 10:00", "x")
    in_time, late = Stage("msa-business"), Stage("msa-business")
    for stage, at in ((in_time, "2026-03-16 10:00"), (late, "2026-03-30 10:00")):
        stage.submit("2026-03-16 09:00", 3)
        stage.do(cancel, at, "x")
    for stage in (busy, told, unguaranteed, in_time, late):
        yield stage, "2026-03-30 10:00"


# words that no explanation uses: names of states and the like, tested where they are used
_OTHER = (
    "effect_",
    "scale_",
    "state_",
    "kind_",
    "type_",
    "status_",
    "flag_",
    "role_",
    "route_",
    "call_",
    "span_",
    "edition_",
)


def test_every_sentence_is_used_and_has_words_in_every_language():
    stories_ = [*submissions(), *changes(), *outcomes()]
    used = set(itertools.chain.from_iterable((one.phrase for one in explained(*story)) for story in stories_))
    known = {name for name in catalogue("en", "incidents") if not name.startswith(_OTHER)}
    # without calendar and with waiting that no calendar measures: the two cases that a stage cannot make
    assert known - used == {"calendar_none", "waited_wall"}
    for language in LANGUAGES:
        for stage, at in stories_:
            sentences = in_words(explained(stage, at), language, stage.zone)
            assert all("{" not in sentence and "datetime" not in sentence for sentence in sentences)


def test_without_calendar():
    stage = Stage("msa-business", off_hours="submission")
    stage.submit("2026-03-14 22:00", 1)
    stage.do(answer, "2026-03-14 23:00", "x", wanted=["a trace"])
    from auditor.accounts.incidents.clock import response_clock

    clock = response_clock(stage.incident, stage.policy, None)
    phrases = {one.phrase for one in explain(clock, stage.at("2026-03-15 12:00"))}
    assert {"calendar_none", "waited_wall"} <= phrases


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=65), "65 h"),
        (timedelta(hours=2, minutes=30, seconds=59), "2 h 30 min"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(), "0 min"),
        (timedelta(seconds=30), "30 s"),
        (-timedelta(hours=2), "2 h"),
        (timedelta(hours=1200), "1,200 h"),
    ],
)
def test_lengths_are_never_said_in_days(length, words):
    assert in_words([Said("left_calendar", {"length": length})], "en", Stage().zone) == [f"Left: {words}."]
