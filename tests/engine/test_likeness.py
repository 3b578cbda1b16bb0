"""What is said about all content whose texts are alike is what a program says that knows nothing but this content."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.baseline import Selection
from auditor.engine.judge import compile_program
from auditor.engine.lines import subject_lines
from auditor.engine.waivers import Waiver
from auditor.intake.kesl.blocks import form_of, whole_export
from auditor.model.content import Content, Document, Layout, Parcel
from auditor.model.snapshot import Settings, SubjectRef
from auditor.sdk.looks import ANYTHING, EACH, Looks, asks, itself
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.views import SubjectView
from benchmarks import kesl_export

TODAY = "2026-03-01"
TEXTS = [
    "", "Yes", "No", "a", "b", "5", "60", "61", "a b", "A", " a ", "100 %d%", "%b", "\x00", "\x01\x02", '"', "\\",
    "\\u0000",
    "é", "\u2028", "{current}", "long " * 90, "long " * 120, "x" * 2500, "/srv/data", "*",
]  # fmt: skip
PLACES = [("A",), ("B",), ("L", 0, "K"), ("L", 0, "M"), ("L", 1, "K"), ("L", 1, "N", 0), ("L", 1, "N", 1), ("G", "X"),
          ("G", "type"), ("G", "value"), ("S", 0), ("S", 1), ("W",)]  # fmt: skip


def checks_of(check):
    """Every form of predicate over these places, with messages that show what they are about."""
    said = {"messages": {"fail": "{setting} is {current}, not {expected}; {current} again."}}
    bodies = [
        {"setting": "app.A", "is": True}, {"setting": "app.A", "in": ["a", "b"], "known": ["Yes"]},
        {"setting": "app.A", "ge": 60}, {"setting": "app.A", "matches": "^a"}, {"setting": "app.A", "empty": False},
        {"setting": "app.A", "exists": True}, {"setting": "app.A", "same_as": "app.B"},
        {"setting": "app.L", "exists": False},
        {"any": [{"setting": "app.A", "is": True}, {"not": {"setting": "app.B", "eq": "a"}}]},
        {"all": [{"setting": "app.A", "not_in": ["a"], "known": ["b", "Yes"]}, {"setting": "app.W", "eq": "5"}]},
        {"setting": "app.S", "contains": "a"}, {"setting": "app.S", "not_contains": "Yes"},
        {"setting": "app.S", "count": {"le": 1}},
        {"setting": "app.S", "empty": True}, {"setting": "app.G", "empty": True}, {"setting": "app.G.X", "eq": "a"},
        {"setting": "app.G", "eq": "5"}, {"setting": "app.G.value", "eq": "5"},
        {"setting": "app.L", "count": {"ge": 3}},
        {"each": "app.L", "of": {"setting": ".K", "eq": "a"}}, {"some": "app.L", "of": {"setting": ".K", "ge": 5}},
        {"none": "app.L", "where": {"setting": ".M", "exists": True}, "of": {"setting": ".K", "matches": "a"}},
        {"each": "app.L", "of": {"any": [{"setting": ".N", "empty": True}, {"setting": ".K", "eq": "b"}]}},
        {"some": "app.L", "of": {"each": ".N", "of": {"setting": ".", "in": ["a", "*"]}}},
        {"each": "app.S", "of": {"setting": ".", "not_matches": "a"}},
        {"each": "app.A", "of": {"setting": ".", "eq": "a"}},
        {"each": "app.G", "of": {"setting": ".X", "eq": "a"}, "absent_is_empty": True},
        {"each": "app.L", "of": {"setting": ".N", "contains": "a"}}, {"setting": "app.L.0.K", "eq": "a"},
        {"each": "app.L", "of": {"setting": ".K", "same_as": ".M"}}, {"setting": "app.W", "locked": True},
    ]  # fmt: skip
    found = [check(f"T-X-{number:03}", expect=body, **said) for number, body in enumerate(bodies)]
    found.append(
        check("T-W-001", expect={"setting": "app.A", "is": True}, when={"setting": "app.B", "eq": "a"}, **said)
    )
    odd = {"fail": "{current!r}, {current:>9}, {{{current}}}"}
    found.append(check("T-M-001", expect={"setting": "app.A", "matches": "^b"}, messages=odd))
    found.append(check("T-P-001", python="tests.engine.bodies:shows_all", reads=["app.G", "app.S"]))
    return found


def built(places, texts):
    """Values nested as their places say, with the line of each place."""
    values, lines = {}, {}
    for number, place in enumerate(places):
        node = values
        for step, following in itertools.pairwise(place):
            empty = [] if isinstance(following, int) else {}
            if isinstance(node, list):
                while len(node) <= step:
                    node.append(empty)
                node = node[step]
            else:
                node = node.setdefault(step, empty)
        if isinstance(node, list):
            while len(node) <= place[-1]:
                node.append(None)
        node[place[-1]] = texts[number]
        lines |= {place[:depth]: lines.get(place[:depth], number) for depth in range(len(place))} | {place: number}
    return Settings("app", values, locate=lines.get)


def one_by_one(program, view):
    """The verdicts of a subject that comes in parts, which no memory of documents knows."""
    parts = [part for parcel in view.parcels for part in parcel.parts()]
    alone = SubjectView(view.ref, logical=view.logical)
    for part in parts:
        alone.add(part)
    return rows(subject_lines(alone, program.judge(alone), {}, TODAY))


def rows(lines):
    return sorted(map(orjson.loads, lines.splitlines()), key=lambda row: row["check_id"])


def view_of(key, *contents, version="12.1", logical=None):
    ref = SubjectRef("kesl.host", key, key, "kesl", version)
    view = SubjectView(ref, logical=logical or {})
    placed = tuple((content, 5 + 40 * number) for number, content in enumerate(contents))
    view.parcels.append(Parcel(ref, Document(placed), f"{key}/odd %b %d.ini"))
    return view


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(TEXTS), min_size=len(PLACES), max_size=len(PLACES)), min_size=2, max_size=6))
def test_every_predicate_over_every_kind_of_text(check, compiled, fleet):
    checks = checks_of(check)
    shared = compiled(*checks)
    layout = None
    for number, texts in enumerate(fleet):
        stated = built(PLACES, texts)
        layout = layout or Layout(((form_of(stated, 0, texts), 0),), len(PLACES))
        view = view_of(f"h{number}", Content(layout=layout, texts=texts))
        for _ in range(2):
            assert rows(subject_lines(view, shared.judge(view), {}, TODAY)) == one_by_one(compiled(*checks), view)


def test_what_is_alike_is_judged_once_and_shown_apart(check, compiled, written):
    shown = []
    program = compiled(
        check(
            python="tests.engine.bodies:asks_for_length",
            reads=["app.A"],
            params={"most": {"type": "integer", "default": 3}},
        )
    )
    layout = None
    from . import bodies

    bodies.calls.clear()
    for number, text in enumerate(["abc", "xyz", "abcd", "uvwx", "odd\\"]):
        layout = layout or Layout(((form_of(built([("A",)], [text]), 0, [text]), 0),), 1)
        [verdict] = written(program, view_of(f"h{number}", Content(layout=layout, texts=[text])))
        shown.append((verdict["outcome"], verdict["evidence"][0]["value"], verdict["evidence"][0]["file"]))
    assert bodies.calls == ["h0", "h2", "h4"]
    assert shown == [
        ("pass", "abc", "h0/odd %b %d.ini"),
        ("pass", "xyz", "h1/odd %b %d.ini"),
        ("fail", "abcd", "h2/odd %b %d.ini"),
        ("fail", "uvwx", "h3/odd %b %d.ini"),
        ("fail", "odd\\", "h4/odd %b %d.ini"),
    ]


def test_a_waiver_and_a_sample_show_the_text_of_their_own_subject(check, compiled, written):
    program = compiled(check(expect={"setting": "app.A", "matches": "^good"}))
    layout = None
    for number, text in enumerate(["bad one", "bad two"]):
        layout = layout or Layout(((form_of(built([("A",)], [text]), 0, [text]), 0),), 1)
        view = view_of(f"h{number}", Content(layout=layout, texts=[text]))
        waiver = Waiver("T-ONE-001", (f"h{number}",), "because", "a person", "2026-12-31")
        [verdict] = written(program, view, [waiver])
        assert verdict["waived"]
        assert verdict["evidence"][0]["value"] == text
        assert verdict["message"] == f"Value is {text}."
        [(sight, _)] = program.judge(view)
        assert sight.judged.judgements[0].evidence[0].value == text


@pytest.fixture(scope="module")
def shipped():
    catalogue = load_checks(load_plugins())
    chosen = {
        item.id: Selection(item, item.parameters({}), item.severity)
        for item in catalogue.checks.values()
        if item.subject == "kesl.host"
    }

    def program():
        return compile_program(chosen, catalogue.logical, datetime(2026, 3, 1, 12, tzinfo=UTC))

    return program, catalogue.logical


VALUES = [
    "Yes", "No", "yes", "0", "1", "90", "", "Block", "Allow", "Recommended", "443", "80-8080", "x", "All", "Selected",
    "6", "3",
    "/", "/etc", "/**", "/srv/data/app", "/opt/kaspersky/kesl/", "*", "*.log", "10.0.0.0/8", "KLServers", "SCServer",
    "05:10:00;;2", "2026/January/12 00:17:00;1", "https://host.example/*", "\\Everyone", 'a "b"', "user@host", "é",
]  # fmt: skip


def test_the_shipped_checks_over_exports_with_other_values(shipped):
    """Many hosts, one memory; each verdict is what a program says that sees this host alone, settings by settings."""
    program, logical = shipped
    shared = program()
    rng = random.Random(11)  # noqa: S311
    policies = [kesl_export.random_policy(random.Random(seed)) for seed in range(2)]  # noqa: S311
    seen = 0
    for number in range(30):
        version = rng.choice(kesl_export.VERSIONS[:4])
        lines = kesl_export.render(kesl_export.build(version, policies[number % 2])).split("\n")
        for at in rng.sample(range(1, len(lines) - 1), rng.choice([1, 3, 40])):
            key, equals, _ = lines[at].partition("=")
            if equals and not lines[at].startswith("Task"):
                lines[at] = f"{key}={rng.choice(VALUES)}"
        read = whole_export("\n".join(lines))
        assert read is not None
        [(_, document)] = read[1]
        ref = SubjectRef("kesl.host", f"h{number}", f"h{number}", "kesl", version)
        view = SubjectView(ref, logical=logical)
        view.parcels.append(Parcel(ref, document, f"h{number}/export.ini"))
        found = rows(subject_lines(view, shared.judge(view), {}, TODAY))
        assert found == one_by_one(program(), view)
        seen += len(found)
    assert seen > 3600


def test_what_is_asked_of_places():
    named = {("app", ("L",)): [], ("app", ("M", EACH, "K")): [str.lower], ("app", ("T",)): [itself]}
    looks = Looks(named, {("app", ("M",))})
    assert looks.asked("app", ("X",)) is None
    assert looks.asked("app", ("M", 3, "J")) is None
    assert looks.asked("app", ("M", 3, "K")).questions == (str.lower,)
    assert looks.asked("app", ("L", 0, "K")).shown == {1}
    assert looks.asked("app", ("M", "K")).shown == {1}
    assert looks.asked("app", ("M",)) == ANYTHING
    assert looks.asked("app", ("T", "K")) == ANYTHING
    assert looks.asked("app", ("M", 3, "type")) == ANYTHING


def test_what_a_body_does_not_name_counts_as_a_whole():
    looks = Looks({("app", ("L",)): []}, declared=True)
    assert looks.asked("app", ("L", 0, "Other")) == ANYTHING

    @asks(lambda _: {})
    def body(ctx):
        return ctx

    assert body.asks({}) == {}


def held(places, texts, *others):
    """Content of a layout of its own that holds one settings object, or several."""
    stated, offset, forms = [], 0, []
    for held_places, held_texts in ((places, texts), *others):
        forms.append((form_of(built(held_places, held_texts), 0, held_texts), offset))
        offset += len(held_texts)
        stated += held_texts
    return Layout(tuple(forms), offset), stated


def told_alike(program, fresh, layout, fleet):
    """What each host of a fleet is told, which must be what it would be told alone."""
    found = []
    for number, texts in enumerate(fleet):
        view = view_of(f"h{number}", Content(layout=layout, texts=texts))
        found.append(rows(subject_lines(view, program.judge(view), {}, TODAY)))
        assert found[-1] == one_by_one(fresh(), view)
    return found


def test_words_that_mean_the_same_are_told_as_they_stand(check):
    places = ({"setting": "app.A", "values": {"Yes": "running", "On": "running", "Running": "running"}},)
    logical = {"state": LogicalSetting("state", "The state", "kesl", places)}
    one = check(expect={"setting": "state", "eq": "running"})

    def fresh():
        moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
        return compile_program({one.id: Selection(one, {}, one.severity)}, logical, moment)

    layout, _ = held([("A",)], ["Yes"])
    found = told_alike(fresh(), fresh, layout, [["Yes"], ["On"], ["Running"], ["yes"], ["Other"]])
    assert [row["evidence"][0].get("note") for [row] in found] == ["read as running"] * 2 + [
        None,
        "read as running",
        None,
    ]


def test_a_list_that_is_too_long_to_be_shown_is_not_shown_short(check, compiled):
    one = check(expect={"setting": "app.S", "count": {"ge": 9}})
    places = [("S", number) for number in range(6)]
    layout, _ = held(places, ["x"] * 6)
    fleet = [["short"] * 6, ["l" * 400] * 6, ["l" * 300] * 5 + ["x"], ["short"] * 5 + ["l" * 450]]
    found = told_alike(compiled(one), lambda: compiled(one), layout, fleet)
    assert [isinstance(row["evidence"][0]["value"], list) for [row] in found] == [True, False, True, True]


def test_a_setting_that_stands_twice_is_compared(check, compiled):
    one = check(expect={"setting": "app.G.X", "matches": "^a"})
    layout, _ = held([("G", "X")], ["a"], ([("G", "X"), ("G", "Y")], ["a", "b"]))
    forms = [replace(form, facet=facet) for (form, _), facet in zip(layout.forms, ("", "G"), strict=True)]
    layout = Layout(((forms[0], 0), (forms[1], 1)), 3)
    found = told_alike(
        compiled(one), lambda: compiled(one), layout, [["a1", "a1", ""], ["a1", "a2", ""], ["a2", "a2", ""]]
    )
    assert [row["outcome"] for [row] in found] == ["pass", "unknown", "pass"]


def test_what_else_a_list_holds_is_not_forgotten(check, compiled):
    one = check(expect={"each": "app.L", "of": {"setting": ".K", "eq": "a"}})
    program = compiled(one)
    short, _ = held([("L", 0, "K")], ["a"])
    long, _ = held([("L", 0, "K"), ("L", 1, "M")], ["a", "x"])
    [[first]] = told_alike(program, lambda: compiled(one), short, [["a"]])
    [[second]] = told_alike(program, lambda: compiled(one), long, [["a", "x"]])
    assert (first["outcome"], second["outcome"]) == ("pass", "unknown")


def test_how_long_one_text_may_be_depends_on_the_others(check, compiled):
    one = check(expect={"setting": "app.S", "count": {"ge": 9}})
    layout, _ = held([("S", number) for number in range(6)], ["x"] * 6)
    fleet = [["l" * 450, *["m" * length] * 5] for length in (300, 320, 300)]
    fleet += [['"' + "l" * 449, *["m" * length] * 5] for length in (300, 320, 300)]
    found = told_alike(compiled(one), lambda: compiled(one), layout, fleet)
    assert [isinstance(row["evidence"][0]["value"], list) for [row] in found] == [True, False, True] * 2


def layout_of(area, places):
    """A layout whose settings are those of an area."""
    found, _ = held(places, ["x"] * len(places))
    return Layout(tuple((replace(form, area=area), offset) for form, offset in found.forms), len(places))


def test_settings_of_several_blocks_keep_their_own_lines_and_texts(check, compiled):
    """Blocks of other layouts state the same settings on other lines; a group may ask of one and look into another."""
    starts = {"setting": "app.A", "matches": "^a"}
    several = [
        check("T-A-001", expect={"all": [starts, {"setting": "net.A", "matches": "^a"}]}),
        check("T-A-002", expect={"all": [starts, {"setting": "net.S", "contains": "a"}]}),
        check("T-A-003", expect={"setting": "app.A", "same_as": "net.A"}),
    ]
    first, near = layout_of("app", [("A",)]), layout_of("net", [("A",), ("S", 0)])
    far = layout_of("net", [("B",), ("W",), ("A",), ("S", 0)])
    program = compiled(*several)
    for number, (text, other) in enumerate([("a1", "a"), ("a2", "a"), ("b", "a"), ("a1", "x"), ("a3", "a")]):
        for layout, texts in ((near, [text, other]), (far, ["", "", text, other])):
            contents = Content(layout=first, texts=[f"{text}!"]), Content(layout=layout, texts=texts)
            view = view_of(f"h{number}", *contents)
            found = rows(subject_lines(view, program.judge(view), {}, TODAY))
            assert found == one_by_one(compiled(*several), view)
