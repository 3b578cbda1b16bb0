from __future__ import annotations

import pytest

from auditor.reporting.document import DECIDE_FIRST, SAMPLE_LEAST, SAMPLE_MOST, build


def ids(checks):
    return [check.id for check in checks]


def test_findings_go_by_severity_then_id(acme_result):
    report = build(acme_result)
    assert [(group.severity, ids(group.checks)) for group in report.findings] == [
        ("critical", ["KESL-FTP-001", "KSC-HST-001"]),
        ("high", ["KESL-FTP-003", "KESL-FTP-007", "KSC-POL-002", "KSC-SRV-008", "KSWS-TZ-001"]),
        ("medium", ["KESL-APP-002", "KESL-NET-002"]),
        ("low", ["KESL-NET-005"]),
    ]
    assert report.finding_count == 10


def test_every_check_is_in_the_checklist_once_and_cards_are_unique(acme_result):
    report = build(acme_result)
    listed = [check for group in report.checklist for check in group.checks]
    assert sorted(ids(listed)) == sorted(check["id"] for check in acme_result["checks"])
    cards = [check for group in (*report.findings, *report.undecided) for check in group.checks]
    cards += [*report.waived, *report.questions]
    assert len(ids(cards)) == len(set(ids(cards)))
    assert set(ids(cards)) == {check.id for check in listed if check.card}


def test_a_finding_waived_everywhere_is_no_finding_but_stays_visible(builder, valid):
    builder.check("A-1")
    builder.verdict("A-1", "fail", waived={"reason": "r", "approver": "a", "expires": "2026-09-30"})
    report = build(valid(builder.build()))
    assert report.findings == ()
    assert ids(report.waived) == ["A-1"]
    assert report.waived[0].evidence[0].flag == "waived"


def test_one_unwaived_subject_keeps_the_finding(builder, valid):
    builder.check("A-1")
    builder.verdict("A-1", "fail", "web01", waived={"reason": "r", "approver": "a", "expires": "2026-09-30"})
    builder.verdict("A-1", "fail", "web02")
    report = build(valid(builder.build()))
    assert report.finding_count == 1
    assert report.waived == ()
    assert report.findings[0].checks[0].affected_note == "1 waived"


def test_a_wrong_count_of_waived_never_hides_a_failure(builder):
    builder.check("A-1")
    builder.verdict("A-1", "fail")
    result = builder.build()
    result["checks"][0]["waived"] = 1
    assert build(result).finding_count == 1


def test_a_broken_check_with_failures_is_a_finding_with_a_notice(builder, valid):
    builder.check("A-1")
    builder.verdict("A-1", "error", "web01")
    builder.verdict("A-1", "fail", "web02")
    report = build(valid(builder.build()))
    assert ids(report.findings[0].checks) == ["A-1"]
    assert report.undecided == ()
    assert "broke on 1 subject" in report.findings[0].checks[0].notices[0].text


def test_undecided_checks_go_by_reason_with_advice(acme_result):
    groups = {group.reason: ids(group.checks) for group in build(acme_result).undecided}
    assert groups == {
        "not_collected": ["KESL-LIC-001", "KSC-ACC-004", "KESL-NTP-001", "KESL-LIC-002"],
        "no_mapping": ["KSC-ACC-005"],
        "not_understood": ["KESL-BEH-004"],
        "crashed": ["KSC-EVT-002"],
    }
    assert all(group.advice for group in build(acme_result).undecided)


def test_an_unknown_reason_keeps_its_own_name(builder):
    builder.check("A-1")
    builder.verdict("A-1", "unknown", reason="newer_reason")
    assert build(builder.build()).undecided[0].label == "newer_reason"


def test_decide_first_prefers_the_grave_then_the_cheap(builder):
    for number in range(DECIDE_FIRST + 3):
        builder.check(f"M-{number:02}", severity="medium")
        builder.verdict(f"M-{number:02}", "fail")
    builder.check("Z-COSTLY", severity="critical", effort="high")
    builder.verdict("Z-COSTLY", "fail")
    builder.check("Z-EASY", severity="critical", effort="low")
    builder.verdict("Z-EASY", "fail")
    first = ids(build(builder.build()).decide_first)
    assert len(first) == DECIDE_FIRST
    assert first[:3] == ["Z-EASY", "Z-COSTLY", "M-00"]


@pytest.mark.parametrize(
    ("outcomes", "tone", "text"),
    [
        ({}, "open", "Nothing was judged"),
        ({"not_applicable": 3}, "open", "Nothing could be decided: nothing applied"),
        ({"unknown": 3}, "open", "Nothing could be decided: the data"),
        ({"pass": 1, "unknown": 9}, "open", "only 10 % of what applies could be decided"),
        ({"pass": 9}, "calm", "No findings; everything that applies could be decided"),
        ({"pass": 9, "unknown": 1}, "calm", "No findings in the 90 % of what applies that could be decided"),
        ({"fail": 1, "pass": 1}, "bad", "1 finding, none critical or high; 100 % of what applies"),
    ],
)
def test_the_headline_never_gives_a_clean_bill_without_data(builder, outcomes, tone, text):
    for outcome, count in outcomes.items():
        for number in range(count):
            check_id = builder.check(f"A-{outcome}-{number}")
            builder.verdict(check_id, outcome)
    headline = build(builder.build()).headline
    assert headline.tone == tone
    assert text in headline.text


def test_the_headline_counts_grave_findings(acme_result):
    headline = build(acme_result).headline
    assert headline.text == "7 critical or high findings; 70 % of what applies could be decided"
    assert headline.detail == "3 further findings of lower severity."


def test_an_incomplete_run_without_findings_is_not_calm(builder):
    builder.check("A-1")
    builder.verdict("A-1", "pass")
    builder.incomplete_because = ["the licence is not known"]
    report = build(builder.build())
    assert report.headline.tone == "open"
    assert report.summary.incomplete_because == ("the licence is not known",)


def test_evidence_says_what_stands_where(acme_result):
    report = build(acme_result)
    policy = next(check for group in report.findings for check in group.checks if check.id == "KSC-POL-002")
    assert policy.has_locks
    first, second = policy.evidence
    assert (first.subject, first.subject_kind, second.subject_kind) == ("Servers (Linux)", "policy", "")
    assert first.current.text == "true"
    assert second.lock == "locked by policy Head office of group Managed devices"
    assert first.place == "acme.zip!ksc/policies.json, /policies/3/sections/KLNAG_SVCPRT/Enabled"
    action = next(check for group in report.findings for check in group.checks if check.id == "KESL-FTP-003")
    assert action.affected == "2 of 4 judged hosts (50 %)"
    assert action.evidence[0].place == "acme.zip!kesl/web01/export.ini, line 88"
    assert action.undecided[0].subject == "db01"


@pytest.mark.parametrize(
    ("evidence", "text", "kind"),
    [
        ({}, "not in the export", "absent"),
        ({"value": ""}, "empty text", "empty"),
        ({"value": []}, "empty list", "empty"),
        ({"value": {}}, "empty group", "empty"),
        ({"value": None}, "null", "empty"),
        ({"value": 0}, "0", "value"),
        ({"value": False}, "false", "value"),
    ],
)
def test_three_kinds_of_nothing_stay_apart(builder, evidence, text, kind):
    builder.check("A-1")
    builder.verdict("A-1", "fail", evidence=[{"setting": "app.Key", "met": False} | evidence])
    current = build(builder.build()).findings[0].checks[0].evidence[0].current
    assert (current.text, current.kind) == (text, kind)


def test_what_is_met_is_left_out_beside_what_is_not(builder):
    builder.check("A-1")
    both = [builder.evidence(setting="app.Good", met=True), builder.evidence(setting="app.Bad", met=False)]
    builder.verdict("A-1", "fail", evidence=both)
    assert [row.setting for row in build(builder.build()).findings[0].checks[0].evidence] == ["app.Bad"]


def test_fleets_show_their_share_and_a_sample(acme_result):
    fleet = build(acme_result).findings[0].checks[1]
    assert fleet.affected == "1,811 of 39,120 judged devices (5 %)"
    assert fleet.affected_note == "240 not decided"
    assert fleet.more == "10 of 2,051 are shown"


def test_samples_shrink_when_many_checks_need_them(builder):
    for number in range(700):
        check_id = builder.check(f"A-{number:03}")
        for host in range(SAMPLE_LEAST + 2):
            builder.verdict(check_id, "fail", f"web{host}")
    shown = build(builder.build()).findings[0].checks
    assert {len(check.evidence) for check in shown} == {SAMPLE_LEAST}
    assert shown[0].more == f"{SAMPLE_LEAST} of {SAMPLE_LEAST + 2} are shown"
    assert SAMPLE_LEAST < SAMPLE_MOST


def test_expired_waivers_are_loud(acme_result):
    report = build(acme_result)
    assert report.waivers_expired == 1
    assert [row.state for row in report.waivers] == ["expired", "expiring", "active"]
    tracing = next(check for group in report.findings for check in group.checks if check.id == "KESL-APP-002")
    said = ["".join(notice) for notice in tracing.notices]
    assert said == ["The waiver expired on 31 January 2026: this counts as a finding again."]


def test_gaps_with_most_waiting_checks_come_first(acme_result):
    assert [(gap.areas, gap.waiting, gap.subjects) for gap in build(acme_result).gaps] == [
        ("licence", "3 checks wait", "db01, mail01, web01, web02 and 1 more"),
        ("two-step verification", "2 checks wait", "ksc01.acme.example"),
        ("task states", "1 check waits", ""),
    ]


EXPORT = {"id": "export", "title": "Export", "how": "command", "commands": ["kesl-control -X"], "save_as": "e.ini"}
ONE = {"id": "one", "title": "One by one", "how": "command", "commands": ["kesl-control -O"], "save_as": "o.ini"}
ALL = {"id": "all", "title": "Archive", "how": "clicks", "commands": ["Hand it over."], "save_as": ""}


def a_gap(area, checks, names=(), steps=(EXPORT,), product="kesl"):
    found = {"product": product, "area": area, "checks": checks, "subjects": len(names), "names": list(names)}
    return found | {"steps": list(steps)}


def test_areas_that_one_step_brings_are_one_gap(builder):
    builder.gaps = [
        a_gap("app", ["A-1", "A-2"], ["web01"], (EXPORT, ONE, ALL)),
        a_gap("task.Update", ["A-2", "A-3"], ["web01", "db01"], (EXPORT, ALL)),
        a_gap("task.Backup", ["A-3"], ["db01"], (EXPORT, ALL)),
        a_gap("fleet", ["B-1"], ["ksc01"], (ALL,), "ksc"),
    ]
    first, second = build(builder.build()).gaps
    assert (first.areas, first.checks, first.subjects) == (
        "general settings, task settings (2)",
        ("A-1", "A-2", "A-3"),
        "web01, db01",
    )
    assert first.commands == ("kesl-control -X",)
    assert first.instead == ("Archive",)  # one by one does not bring all of it
    assert (second.commands, second.advice) == ((), ("Hand it over.",))


def test_what_cannot_be_exported_comes_last(builder):
    builder.gaps = [a_gap("x", ["A-1", "A-2"], steps=()), a_gap("app", ["A-3"]), a_gap("y", ["A-4"], steps=())]
    first, last = build(builder.build()).gaps
    assert first.title == "Export"
    assert (last.title, last.areas, last.waiting) == ("", "x, y", "3 checks wait")


HOSTS_FOUND = {"product": "kesl", "kind": "kesl.host", "count": 1, "versions": {"12.1": 1}, "names": ["web01"]}


def test_a_product_of_which_nothing_is_there_is_not_said_to_have_no_export(builder):
    """Its chapter of the guide tells all its steps. It may not be in use, so it follows what is known to be there."""
    builder.inventory = [HOSTS_FOUND]
    builder.gaps = [
        a_gap("server", ["K-1", "K-2"], steps=(), product="ksc"),
        a_gap("server", ["E-1"], steps=(), product="kes") | {"chapter": "ksc"},
        a_gap("x", ["A-2"], steps=()),
        a_gap("app", ["A-1"], ["web01"]),
    ]
    found = build(builder.build()).gaps
    assert [gap.title for gap in found] == ["Export", "Not in the inputs: servers", ""]
    assert (found[1].product, found[1].commands, found[1].checks) == (
        "Kaspersky Security Center", ("auditor guide --product ksc",), ("E-1", "K-1", "K-2"),
    )  # fmt: skip


def test_where_nothing_was_found_the_products_lead(builder):
    builder.gaps = [a_gap("app", ["A-1", "A-2"]), a_gap("host", ["A-3"], steps=())]
    assert [gap.title for gap in build(builder.build()).gaps] == ["Not in the inputs: hosts", "Export"]


@pytest.mark.parametrize(
    ("areas", "text"),
    [
        (["task.Update"], "task settings (Update)"),
        (["state.*"], "task states"),
        (["two_step", "odd_one"], "odd one, two-step verification"),
        (["task.A", "task.B", "row"], "devices, task settings (2)"),
    ],
)
def test_areas_are_told_in_words(builder, areas, text):
    builder.gaps = [a_gap(area, ["A-1"]) for area in areas]
    assert build(builder.build()).gaps[0].areas == text


def test_steps_belong_to_the_product_that_they_are_done_in(builder):
    builder.gaps = [a_gap("row", ["KES-1"], product="kes") | {"chapter": "ksc"}, a_gap("row", ["KSC-1"], product="ksc")]
    assert [gap.product for gap in build(builder.build()).gaps] == ["Kaspersky Security Center"]


def test_devices_that_are_not_known_are_said(builder):
    builder.check("F-1", subject="ksc.host", product="ksc")
    verdict = builder.rollup("F-1", "fail", 10, 2)
    verdict["evidence"] = [{"setting": "row", "note": "hosts.2.json breaks off"}]
    notices = build(builder.build()).findings[0].checks[0].notices
    assert ["".join(notice) for notice in notices] == ["Not every device is known: hosts.2.json breaks off."]


def test_versions_are_told_where_there_are_any(builder):
    builder.inventory = [
        {"product": "ksc", "kind": kind, "count": 2, "versions": {"": 2}, "names": []}
        for kind in ("ksc.policy", "ksc.contents", "ksc.server")
    ]
    report = build(builder.build())
    assert [(row.kind, row.versions) for row in report.inventory] == [
        ("Administration Servers", "not stated (2)"),
        ("policies", ""),
        ("settings without a known owner", ""),
    ]
    assert report.audited == "Kaspersky Security Center (2 Administration Servers, 2 policies)"


def test_many_names_are_counted(builder):
    builder.gaps = [a_gap("app", ["A-1"], [f"h{number}" for number in range(10)]) | {"subjects": 4_000}]
    assert build(builder.build()).gaps[0].subjects.endswith("h8, h9 and 3,990 more")


def test_inputs_are_bounded_and_trouble_comes_first(builder):
    for number in range(1_000):
        builder.input(f"host{number}.ini")
    builder.input("late.ini", "broken", message="cut off", where="line 9")
    inputs = build(builder.build()).inputs
    assert inputs.total == 1_001
    assert [row.path for row in inputs.troubled] == ["late.ini"]
    assert len(inputs.listed) == 300
    assert inputs.left_out.startswith("701 more files")


def test_files_that_nobody_knows_hide_none_that_is_broken(builder):
    for number in range(500):
        builder.input(f"a{number:03}.bin", "unknown", message="no reader")
    builder.input("late.ini", "broken", message="cut off", where="line 9")
    inputs = build(builder.build()).inputs
    assert [row.path for row in inputs.troubled][:2] == ["late.ini", "a000.bin"]
    assert len(inputs.troubled) == 200
    assert inputs.left_out.startswith("301 more files")


def test_streamed_inputs_are_taken_from_the_argument(builder):
    result = builder.build()
    builder.input("a.ini", "unknown", message="no reader")
    assert build(result | {"inputs": []}, iter(builder.inputs)).inputs.troubled[0].path == "a.ini"


def test_only_web_addresses_become_links(builder):
    references = [{"title": "bad", "url": "javascript:alert(1)"}, {"title": "good", "url": "https://a.example/"}]
    builder.check("A-1", references=references)
    builder.verdict("A-1", "fail")
    bad, good = build(builder.build()).findings[0].checks[0].sources
    assert (bad.url, bad.text) == ("", "javascript:alert(1)")
    assert good.url == "https://a.example/"
