"""auditor incident import: past events in any order, repeated, with mistakes."""

from __future__ import annotations

import json
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.store.checking import check
from auditor.store.opening import open_store

PAST = [
    {"type": "submitted", "at": "2026-03-16T10:00", "title": "mail stops", "level": 3, "reported_by": "C-0001"},
    {"type": "acknowledged_auto", "at": "2026-03-16T10:00"},
    {
        "type": "severity_changed",
        "at": "2026-03-16T11:00",
        "level": 2,
        "reason": "all",
        "actor": "person:P-0002",
    },
    {"type": "qualified_answer", "at": "2026-03-16T15:30", "text": "queue is full", "wanted": ["logs", "size"]},
    {"type": "info_received", "at": "2026-03-17T09:00", "text": "both"},
    {"type": "note", "at": "2026-03-17T09:00", "text": "looks like July"},
    {"type": "resolved", "at": "2026-03-17T16:00", "text": "queue enlarged"},
    {"type": "closed", "at": "2026-03-20T09:00"},
]
_number = count(1)


def ndjson(folder, rows, name="past.ndjson"):
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(named, rows=PAST):
    return [{"incident": named, "account": "acme", **row} for row in rows]


def life(commands, ident):
    """What the events make, without numbers and without what names the import."""
    shown = commands.json("incident", "show", ident)
    history = [(one["at"], one["type"], one["actor"]) for one in shown["history"] if one["type"] != "linked"]
    clock = {name: shown["clock"][name] for name in ("status", "deadline", "responded_at", "waited", "held")}
    return sorted(history), clock, shown["incident"]["state"], shown["incident"]["level"]


def test_a_past_incident_is_recorded_with_its_clock(acme, tmp_path):
    path = ndjson(tmp_path, rows_of("CA-1"))
    assert acme.json("incident", "import", path) == {
        "recorded": [{"named": "CA-1", "incident": "INC-000001", "new_events": 9}],  # 8 and the link with CA-1
        "mistakes": [],
    }
    history, clock, state, level = life(acme, 1)
    assert len(history) == 8
    assert (state, level) == ("closed", 2)
    # level 3 at 10:00 is due at 18:00; raised at 11:00 to 6 business hours: 17:00
    assert (clock["status"], clock["deadline"]) == ("met", "2026-03-16T16:00:00.000000Z")
    # Monday 15:30 to Tuesday 09:00: 17.5 h, of these 2.5 h in 09:00-18:00
    assert clock["waited"] == {"wall_seconds": 63000.0, "business_seconds": 9000.0, "still": False}
    shown = acme.json("incident", "show", 1)
    assert shown["incident"]["links"] == [{"relation": "external", "other": "CA-1"}]
    assert shown["notifications"] == []
    assert shown["incident"]["routed_to"] is None
    assert shown["quota"]["used"] == 1


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(PAST), st.lists(st.sampled_from(PAST), max_size=5), st.integers(0, 8))
def test_the_order_of_rows_and_repeating_them_change_nothing(acme, tmp_path, rows, twice, cut):
    """One file or two, in any order, with rows that come several times."""
    number = next(_number)
    ordered, mixed = f"A-{number}", f"B-{number}"
    acme.said("incident", "import", ndjson(tmp_path, rows_of(ordered)))
    shuffled = [*rows, *twice]
    first = [row for row in shuffled[:cut] if row["type"] != "submitted"] + [PAST[0]]
    possible = {"submitted", "acknowledged_auto", "severity_changed", "note"}
    first = [row for row in first if row["type"] in possible]
    acme.said("incident", "import", ndjson(tmp_path, rows_of(mixed, first)))
    acme.said("incident", "import", ndjson(tmp_path, rows_of(mixed, shuffled)))
    again = acme.json("incident", "import", ndjson(tmp_path, rows_of(mixed, shuffled)))
    assert [one["new_events"] for one in again["recorded"]] == [0]
    incidents = {one["links"][0]["other"]: one["id"] for one in acme.json("incident", "list")["incidents"]}
    ours, theirs = life(acme, incidents[mixed]), life(acme, incidents[ordered])
    routed = [one for one in ours[0] if one[1] == "routed"]
    assert ([one for one in ours[0] if one not in routed], *ours[1:]) == theirs


def test_a_table_says_the_same_as_lines_of_json(acme, tmp_path):
    path = tmp_path / "past.csv"
    path.write_text(
        "\ufeffincident,account,type,at,actor,title,level,reported_by,text,reason,wanted\r\n"
        "CA-1,acme,submitted,2026-03-16T10:00,,mail stops,3,C-0001,,,\r\n"
        "CA-1,,acknowledged_auto,2026-03-16T10:00,,,,,,,\r\n"
        "CA-1,,severity_changed,2026-03-16 11:00,person:P-0002,,2,,,all,\r\n"
        'CA-1,,qualified_answer,2026-03-16T14:30Z,,,,,"queue is full",,logs; size\r\n'
        "\r\n"
        "CA-1,,info_received,2026-03-17T09:00,,,,,both,,\r\n"
        "CA-1,,note,2026-03-17T09:00,,,,,looks like July,,\r\n"
        "CA-1,,resolved,2026-03-17T16:00+01:00,,,,,queue enlarged,,\r\n"
        "CA-1,,closed,2026-03-20T09:00,,,,,,,\r\n",
        encoding="utf-8",
    )
    acme.said("incident", "import", path)
    acme.said("incident", "import", ndjson(tmp_path, rows_of("CA-2")))
    assert life(acme, 1) == life(acme, 2)


def test_mistakes_name_their_lines_and_nothing_of_the_file_is_begun(acme, tmp_path):
    rows = [
        *rows_of("CA-1"),
        {
            "incident": "CA-2",
            "type": "submitted",
            "at": "2026-03-16T10:00",
            "title": "x",
            "level": 5,
            "reported_by": "C-1",
        },
        {"incident": "CA-2", "type": "answered", "at": "2026-03-16T11:00"},
        {"incident": "CA-2", "type": "resolved", "at": "2026-03-16T11:00", "summary": "x"},
        {"type": "closed", "at": "2026-03-16T11:00"},
    ]
    path = ndjson(tmp_path, rows)
    with path.open("a", encoding="utf-8") as file:
        file.write("{broken\n[]\n")
    told = acme.said("incident", "import", path, code=3)
    words = " ".join(told.split())
    for mistake in (
        "line 9: level: 5 does not fit",
        "line 10: there is no type 'answered'",
        "line 11: resolved needs text",
        "line 11: resolved has no 'summary'",
        "line 12: incident is missing",
        "line 13: no JSON",
        "line 14: a JSON object is needed",
    ):
        assert mistake in words, mistake
    assert acme.json("incident", "list")["incidents"] == []


def test_an_incident_is_recorded_whole_or_not_at_all(acme, tmp_path):
    broken = rows_of("CA-2", [*PAST[:4], {"type": "closed", "at": "2026-03-17T10:00"}])  # was never resolved
    missing = rows_of("CA-3", PAST[1:])
    twice = rows_of("CA-4", [{**PAST[0]}, {**PAST[0], "title": "another"}])
    summer = rows_of("CA-5", [{**PAST[0], "at": "2025-10-26T02:30"}])  # comes twice in Madrid
    path = ndjson(tmp_path, [*rows_of("CA-1"), *broken, *missing, *twice, *summer])
    done = acme.said("incident", "import", path, "--format", "json", code=3)
    answer = json.loads(done)
    assert [one["named"] for one in answer["recorded"]] == ["CA-1"]
    first, second, third, fourth = answer["mistakes"]
    assert first.startswith("line 13: INC-000002 is waiting customer: close is not possible")
    assert second.startswith("line 14: CA-3 was never submitted")
    assert third.startswith("line 21: INC-000002 was submitted otherwise")
    assert fourth.startswith("line 23: 2025-10-26T02:30 is not one instant")
    assert "+02:00" in fourth
    assert [one["id"] for one in acme.json("incident", "list")["incidents"]] == ["INC-000001"]
    with open_store(acme.location) as store:
        assert not check(store).problems


def test_what_is_still_open_is_given_to_somebody(acme, tmp_path):
    acme.said("incident", "import", ndjson(tmp_path, rows_of("CA-1", PAST[:3])))
    shown = acme.json("incident", "show", 1)
    assert shown["incident"]["routed_to"] in {"P-0001", "P-0002"}
    assert acme.json("incident", "queue")["waiting"] == 1


def test_a_duplicate_follows_its_original(acme, tmp_path):
    copy = {"type": "linked", "at": "2026-03-16T10:30", "relation": "duplicate_of", "other": "CA-1"}
    rows = [*rows_of("CA-2", [PAST[0], copy]), *rows_of("CA-1", PAST[:1])]
    told = acme.json("incident", "import", ndjson(tmp_path, rows))
    assert {one["named"]: one["incident"] for one in told["recorded"]} == {"CA-1": "INC-000001", "CA-2": "INC-000002"}
    assert acme.json("incident", "show", 2)["incident"]["flags"] == ["duplicate"]
    assert acme.json("incident", "show", 1)["quota"]["used"] == 1


def test_units_beyond_the_quota_need_a_reason_in_the_file(customer, tmp_path):
    commands = customer("msa-start")
    rows = [row for number in range(7) for row in rows_of(f"CA-{number}", PAST[:1])]
    answer = json.loads(commands.said("incident", "import", ndjson(tmp_path, rows), "--format", "json", code=3))
    assert len(answer["recorded"]) == 6
    assert answer["mistakes"][0].startswith("line 7: all 6 premium requests")
    allowed = rows_of("CA-6", [{**PAST[0], "override_reason": "agreed by mail"}])
    assert commands.json("incident", "import", ndjson(tmp_path, allowed))["mistakes"] == []
    assert commands.json("incident", "show", 7)["incident"]["flags"] == ["quota_override"]


def test_a_header_that_is_wrong_is_told(acme, tmp_path):
    path = tmp_path / "past.csv"
    path.write_text("incident,type,when\nCA-1,note,2026-03-16\n", encoding="utf-8")
    error = acme.refused("incident", "import", path)
    assert "unknown: when" in error.message
    path.write_bytes(b"incident,type,at\nCA-1,note,\xff\n")
    assert "not UTF-8" in acme.refused("incident", "import", path).message
    assert "cannot be read" in acme.refused("incident", "import", tmp_path / "none.csv").message
