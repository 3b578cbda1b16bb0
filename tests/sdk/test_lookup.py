"""Looking a setting up never turns "not there" into a value: every kind of nothing keeps its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ContentError
from auditor.model.outcomes import Confidence, Reason
from auditor.model.snapshot import Lock, Settings
from auditor.sdk.areas import show, split_name, split_setting
from auditor.sdk.mapping import LogicalSetting, parse_mappings
from auditor.sdk.versions import compile_range, parse
from auditor.sdk.views import ABSENT

KEY = "task.Update.SourceType"
AREA = "task.Update"


def logical(*places):
    return LogicalSetting("update.source", "Source of updates", "kesl", places)


@pytest.mark.parametrize(
    ("areas", "reason"),
    [
        ([], Reason.NOT_COLLECTED),
        ([Settings("app", {"SourceType": "x"})], Reason.NOT_COLLECTED),
        ([Settings(AREA, {})], Reason.KEY_ABSENT),
        ([Settings(AREA, {"Source": "x"})], Reason.KEY_ABSENT),
        ([Settings(AREA, {}, complete=False)], Reason.INCOMPLETE),
        ([Settings(AREA, {}), Settings(AREA, {}, complete=False)], Reason.INCOMPLETE),
        ([Settings(AREA, {"SourceType": "a"}), Settings(AREA, {"SourceType": "b"})], Reason.CONFLICT),
        ([Settings(AREA, {"SourceType": "a"}), Settings(AREA, {}), Settings(AREA, {"SourceType": "b"})],
         Reason.CONFLICT),
        ([Settings(AREA, {"SourceType": "a"}), Settings(AREA, {"SourceType": ["a"]})], Reason.CONFLICT),
    ],
)  # fmt: skip
def test_each_kind_of_nothing(make_view, judge, areas, reason):
    hit = make_view(areas).find(KEY)
    assert hit.reason is reason
    assert hit.areas == (AREA,)
    assert make_view(areas).get(KEY, "default") == "default"
    answer = judge({"setting": KEY, "eq": "a"}, areas)
    assert (answer.truth, answer.reasons) == (None, {reason})


def test_equal_statements_of_several_inputs_are_no_conflict(make_view):
    hit = make_view([Settings(AREA, {"SourceType": "a"}), Settings(AREA, {"SourceType": "a"})]).find(KEY)
    assert (hit.value, hit.reason) == ("a", None)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Yes", "1", True),
        ("true", "yes", True),
        ("0", "No", True),
        ("Yes", "No", False),
        ("1", "No", False),
        ("1", "01", False),
        ("Manual", "6", False),
        (["Yes"], ["1"], False),
    ],
)
def test_two_spellings_of_a_switch_are_one_statement(make_view, one, other, agree):
    """The schedule of one task states Yes where a full export states 1."""
    for values in ((one, other), (other, one)):
        hit = make_view([Settings(AREA, {"SourceType": value}) for value in values]).find(KEY)
        assert hit.reason is (None if agree else Reason.CONFLICT)
        assert hit.value == values[0]


@pytest.mark.parametrize(
    ("one", "other", "meant"),
    [
        ("Manual", "6", "manual"),
        ("MANUAL", "Manual", "manual"),
        ("Weekly", "2", "weekly"),
        ("Weekly", "6", None),
        ("2", "6", None),
        ("Weekly", "Sometimes", None),
        ("Sometimes", "Seldom", None),
    ],
)
def test_two_words_that_a_logical_setting_reads_alike_are_one_statement(make_view, one, other, meant):
    setting = "schedule.Update.RuleType"
    rule = logical(
        {"setting": setting, "values": {"Weekly": "weekly", "Manual": "manual"}},
        {"setting": setting, "values": {"2": "weekly", "6": "manual"}, "confidence": "medium"},
        {"setting": KEY, "values": {"Seldom": "x", "Sometimes": "x"}},
    )
    for values in ((one, other), (other, one)):
        parts = [Settings("schedule.Update", {"RuleType": value}) for value in values]
        view = make_view(parts)
        view.logical = {"rule": rule}
        hit = view.find("rule")
        assert (hit.value, hit.reason) == ((meant, None) if meant else (values[0], Reason.CONFLICT))


def test_a_conflict_never_decides_a_lock_or_a_list(judge):
    ref = judge({"setting": KEY, "exists": True}, {}).trace.view.ref
    path = ("SourceType",)
    parts = [
        Settings(AREA, {"SourceType": "a", "L": ["x"]}, locks={path: Lock(True)}),
        Settings(AREA, {"SourceType": "b", "L": ["y"]}, locks={path: Lock(False)}),
    ]
    assert judge({"setting": KEY, "locked": True}, parts, ref=ref).truth is None
    assert judge({"setting": KEY, "locked": False}, parts, ref=ref).truth is None
    assert judge({"some": "task.Update.L", "of": {"setting": ".", "eq": "x"}}, parts).truth is None
    assert judge({"setting": "task.Update.L", "count": {"le": 1}}, parts).truth is None


def test_what_one_input_says_of_a_conflict_does_not_depend_on_file_names(make_view):
    """Judgements are remembered by content, so nothing in them may come from a file's name."""
    view = make_view([Settings(AREA, {"SourceType": "a"}), Settings(AREA, {"SourceType": "b"})])
    assert "file" not in view.find(KEY).note


def test_evidence_of_a_conflict_shows_every_side(judge):
    parts = [Settings(AREA, {"SourceType": "a"}), Settings(AREA, {"Other": "x"}), Settings(AREA, {"SourceType": "b"})]
    found = judge({"setting": KEY, "eq": "a"}, parts).trace.evidence
    assert [(item.value, item.source, item.met) for item in found] == [("a", 0, None), ("b", 2, None)]


def test_no_place_is_no_mapping_and_needs_no_area(make_view):
    view = make_view({AREA: {"SourceType": "a"}})
    view.logical = {"update.source": logical()}
    hit = view.find("update.source")
    assert (hit.reason, hit.areas, hit.value) == (Reason.NO_MAPPING, (), ABSENT)


def test_the_first_place_that_is_there_wins(make_view):
    places = logical({"setting": "task.Update.New"}, {"setting": "task.Update.Old"})
    for values, value in [({"New": "n", "Old": "o"}, "n"), ({"Old": "o"}, "o"), ({"New": "n"}, "n")]:
        view = make_view({AREA: values})
        view.logical = {"update.source": places}
        assert view.find("update.source").value == value


def test_a_key_is_absent_only_where_every_place_lacks_it(make_view):
    places = logical({"setting": "task.Update.New"}, {"setting": "app.Old"})
    for areas, reason in [
        ([Settings(AREA, {}), Settings("app", {})], Reason.KEY_ABSENT),
        ([Settings(AREA, {})], Reason.NOT_COLLECTED),
        ([Settings("app", {})], Reason.NOT_COLLECTED),
        ([Settings(AREA, {}), Settings("app", {}, complete=False)], Reason.INCOMPLETE),
    ]:
        view = make_view(areas)
        view.logical = {"update.source": places}
        assert view.find("update.source").reason is reason


def test_the_old_place_is_not_asked_where_the_new_one_may_have_been_cut_off(make_view):
    view = make_view([Settings(AREA, {"Old": "o"}, complete=False)])
    view.logical = {"update.source": logical({"setting": "task.Update.New"}, {"setting": "task.Update.Old"})}
    assert view.find("update.source").reason is Reason.INCOMPLETE


def test_words_are_translated_and_others_are_not_understood(make_view):
    place = {"setting": KEY, "values": {"KLServers": "vendor", "SCServer": "server"}, "confidence": "medium"}
    for word, value, reason in [("klservers", "vendor", None), ("Elsewhere", "Elsewhere", Reason.NOT_UNDERSTOOD)]:
        view = make_view({AREA: {"SourceType": word}})
        view.logical = {"update.source": logical(place)}
        hit = view.find("update.source")
        assert (hit.value, hit.reason, hit.confidence) == (value, reason, Confidence.MEDIUM)


def test_absent_is_empty_counts_in_a_complete_area_only(judge):
    each = {"each": "app.L", "of": {"setting": ".X", "is": True}}
    count = {"setting": "app.L", "count": {"le": 0}}
    for predicate in (each, count):
        allowed = {**predicate, "absent_is_empty": True}
        assert judge(predicate, {"app": {}}).truth is None
        assert judge({**predicate, "absent_is_empty": False}, {"app": {}}).truth is None
        assert judge(allowed, {"app": {}}).truth is True
        assert judge(allowed, [Settings("app", {}, complete=False)]).truth is None
        assert judge(allowed, {}).truth is None
        assert judge(allowed, {"app": {"L": "no list"}}).truth is None


def test_exists(judge):
    present, absent = {"setting": "app.K", "exists": True}, {"setting": "app.K", "exists": False}
    for areas, truth in [
        ({"app": {"K": ""}}, True),
        ({"app": {"K": None}}, True),
        ({"app": {"J": "x"}}, False),
        ([Settings("app", {}, complete=False)], None),
        ({}, None),
    ]:
        assert judge(present, areas).truth is truth
        assert judge(absent, areas).truth is (None if truth is None else not truth)


GOOD, BAD, ODD = {"Path": "/srv"}, {"Path": "/"}, {}
LISTS = ([], [GOOD, GOOD], [GOOD, BAD], [BAD, BAD], [GOOD, ODD], [BAD, ODD])


@pytest.mark.parametrize(
    ("quantifier", "truths"),
    [
        ("each", (True, True, False, False, None, False)),
        ("some", (False, True, True, False, True, None)),
        ("none", (True, False, False, True, False, None)),
    ],
)
def test_lists(judge, quantifier, truths):
    predicate = {quantifier: "app.L", "of": {"setting": ".Path", "matches": "^/."}}
    for items, truth in zip(LISTS, truths, strict=True):
        assert judge(predicate, {"app": {"L": items}}).truth is truth
    assert judge(predicate, {"app": {}}).truth is None
    assert judge(predicate, {}).truth is None
    assert judge(predicate, {"app": {"L": "text"}}).reasons == {Reason.NOT_UNDERSTOOD}


def test_where_selects_items_and_an_undecided_selection_is_undecided(judge):
    predicate = {"each": "app.L", "where": {"setting": ".On", "is": True}, "of": {"setting": ".N", "ge": 5}}
    assert judge(predicate, {"app": {"L": [{"On": "No", "N": "1"}, {"On": "Yes", "N": "5"}]}}).truth is True
    assert judge(predicate, {"app": {"L": [{"On": "Yes", "N": "4"}]}}).truth is False
    assert judge(predicate, {"app": {"L": [{"N": "4"}]}}).truth is None
    assert judge(predicate, {"app": {"L": [{"N": "4"}, {"On": "Yes", "N": "4"}]}}).truth is False


def test_relative_names_reach_lists_inside_items_and_the_item_itself(judge):
    data = {"app": {"L": [{"Rules": [{"A": "1"}, {"A": "2"}]}, {"Rules": []}], "W": ["a", "b"]}}
    nested = {"each": "app.L", "of": {"each": ".Rules", "of": {"setting": ".A", "le": 2}}}
    assert judge(nested, data).truth is True
    assert judge({"each": "app.L", "of": {"each": ".Rules", "of": {"setting": ".A", "le": 1}}}, data).truth is False
    assert judge({"some": "app.W", "of": {"setting": ".", "eq": "b"}}, data).truth is True
    bad = judge({"each": "app.L", "of": {"each": ".Rules", "of": {"setting": ".A", "le": 1}}}, data)
    assert "app.L[0].Rules[1].A" in {item.setting for item in bad.trace.evidence}


POLICY = "section.KLNAG"


@pytest.mark.parametrize(
    ("lock", "truth", "words"),
    [
        (Lock(own=True), True, "locked here"),
        (Lock(own=False), False, "not locked"),
        (Lock(own=False, above=True), True, "above"),
        (Lock(own=False, inherited=True, policy="Base", group="Madrid"), True, "Base / Madrid"),
        (Lock(own=False, inherited=True), True, "upper policy"),
    ],
)
def test_locks(judge, lock, truth, words):
    settings = [Settings("section", {"K": 1}, locks={("K",): lock})]
    for wanted in (True, False):
        answer = judge({"setting": "section.K", "locked": wanted}, settings)
        assert answer.truth is (truth if wanted else not truth)
        assert words in answer.trace.evidence[0].lock
        assert answer.trace.evidence[0].locked is truth


def test_a_lock_that_the_export_does_not_tell_is_unknown(judge):
    predicate = {"setting": "section.K", "locked": True}
    assert judge(predicate, [Settings("section", {"K": 1}, locks=None)]).truth is None
    assert judge(predicate, [Settings("section", {"K": 1}, locks={})]).truth is None
    assert judge(predicate, [Settings("section", {}, locks={})]).truth is None
    assert judge(predicate, {}).reasons == {Reason.NOT_COLLECTED}


def test_a_lock_beside_a_value_needs_both(judge):
    predicate = {"setting": "section.K", "ge": 2, "locked": True}
    for value, closed, truth in [(2, True, True), (1, True, False), (2, False, False), ("x", False, False),
                                 ("x", True, None)]:  # fmt: skip
        settings = [Settings("section", {"K": value}, locks={("K",): Lock(closed)})]
        assert judge(predicate, settings).truth is truth


def test_names():
    assert split_setting("kesl.host", "task.Update.Sources") == ("task.Update", ("Sources",))
    assert split_setting("kesl.task", "task.Update.Sources") == ("task", ("Update", "Sources"))
    assert split_setting("kesl.host", "info.[Key with. dot]") == ("info", ("Key with. dot",))
    assert split_setting("ksc.policy", "section.[A.B].[C D].E") == ("section.A.B", ("C D", "E"))
    assert split_setting("ksc.host", "KLHST_WKS_STATUS") == ("row", ("KLHST_WKS_STATUS",))
    assert show("task.X", ("ScanScope", 0, "Path")) == "task.X.ScanScope[0].Path"


@pytest.mark.parametrize("name", ["a..b", "a.[]", "a.[b", "a.b]", ".", "a.[b]c", ""])
def test_what_is_no_name(name):
    with pytest.raises(ContentError):
        split_setting("kesl.host", name)


@given(st.lists(st.text(st.characters(blacklist_characters="[]"), min_size=1, max_size=6), min_size=1, max_size=4))
def test_steps_in_brackets_come_back(steps):
    assert split_name(".".join(f"[{step}]" for step in steps)) == steps


@pytest.mark.parametrize(
    ("condition", "version", "truth"),
    [
        (">=11.1", "11.1.0.3013", True),
        (">=11.1", "11.0.9", False),
        (">=11.1", "11.10", True),
        (">=11.1", "12", True),
        (">=12.1", "12", False),
        ("<12.1", "12.0.99", True),
        ("<12.1", "12.1.0.1", False),
        ("<=12.1", "12.1.0.1543", True),
        (">12.1", "12.1.0.1543", False),
        (">12.1", "12.2", True),
        ("12.1", "12.1.0.1543", True),
        ("==12.1", "12.10", False),
        (">=11.1 <12.3", "12.2.5", True),
        (">=11.1, <12.3", "12.3.0", False),
        ("", "1", True),
    ],
)
def test_version_ranges(condition, version, truth):
    parsed = parse(version)
    assert parsed is not None
    assert compile_range(condition)(parsed) is truth


@pytest.mark.parametrize("condition", ["~=1.2", ">= 11", "11.x", ">=", "latest"])
def test_a_wrong_range_is_refused(condition):
    with pytest.raises(ContentError):
        compile_range(condition)


@given(st.text(max_size=20))
def test_a_text_without_version_is_none(text):
    version = parse(text)
    assert version is None or all(part >= 0 for part in version)


def test_mapping_files_are_strict():
    good = {"settings": {"a.b": {"title": "T", "product": "kesl", "places": [{"setting": "app.X"}]}}}
    assert parse_mappings(good, "m.yaml")[0].places == ({"setting": "app.X"},)
    for wrong in ([], {}, {"settings": []}, {"settings": {"a.b": {"title": "T"}}},
                  {"settings": {"a.b": {"title": "T", "product": "kesl", "plces": []}}}):  # fmt: skip
        with pytest.raises(ContentError):
            parse_mappings(wrong, "m.yaml")
