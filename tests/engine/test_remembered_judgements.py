"""What is judged once on equal content is not judged again, and nothing of one subject shows up at another."""

from __future__ import annotations

import copy
import hashlib
import random
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.baseline import Selection
from auditor.engine.judge import compile_program
from auditor.engine.lines import subject_lines
from auditor.engine.waivers import Waiver
from auditor.errors import BrokenExport
from auditor.intake.kesl.ini import KeslIniReader
from auditor.model.content import Content, Document, Form, Layout, Parcel
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.sdk.views import SubjectView
from benchmarks import kesl_export

from . import bodies


def test_equal_content_is_judged_once(check, compiled, host):
    program = compiled(check(python="tests.engine.bodies:passes", reads=["app"]))
    shared = Settings("app", {"Value": "Yes"})
    bodies.calls.clear()
    for number in range(5):
        program.judge(host(f"web{number}", [shared]))
    assert bodies.calls == ["web0"]
    program.judge(host("web9", [Settings("app", {"Value": "No"})]))
    assert bodies.calls == ["web0", "web9"]


def test_a_body_that_may_read_anything_is_not_remembered(check, compiled, host):
    program = compiled(check(python="tests.engine.bodies:passes"))
    shared = Settings("app", {"Value": "Yes"})
    bodies.calls.clear()
    for number in range(3):
        program.judge(host(f"web{number}", [shared]))
    assert bodies.calls == ["web0", "web1", "web2"]


def test_each_subject_has_its_own_file_and_line(check, compiled, host, written):
    program = compiled(check(expect={"setting": "app.Value", "is": True}))
    shared = Settings("app", {"Value": "No"}, locate=lambda _: 3)
    for key, line in [("web01", 1), ("web02", 40), ("web01", 1), ("web03", 40)]:
        [verdict] = written(program, host(key, [shared], f'{key}/odd %s \u0001 \\u0000 "name".ini', line))
        assert verdict["subject"] == {"kind": "kesl.host", "key": key, "name": key}
        assert verdict["evidence"][0]["file"] == f'{key}/odd %s \u0001 \\u0000 "name".ini'
        assert verdict["evidence"][0]["line"] == line + 3


ODD_TEXTS = ["\x00", "\x01", "\x02", "\x00\x01\x02", '"', "%", "%d", "%%s", "100 %d%", "\\u0000", '"\\u0001"', '\\"',
             "é",
             '"\x00"', '","file":"\x01', "\u2028", "{current}", "\x7f"]  # fmt: skip


@pytest.mark.parametrize("value", [shape for text in ODD_TEXTS for shape in (text, [text], {"k": text}, {text: "v"})],
                         ids=ascii)  # fmt: skip
def test_no_value_is_taken_for_a_mark(check, compiled, host, written, value):
    program = compiled(
        check(expect={"setting": "app.Value", "eq": "never"}), check("T-B-001", expect={"setting": "app.X", "eq": "y"})
    )
    shared = Settings("app", {"Value": value, "X": "x"}, locate=lambda _: 0)
    for key in ("web01", "web02"):
        first, second = written(program, host(key, [shared], f"{key}.ini", 7))
        assert first["subject"]["key"] == key
        evidence = first["evidence"][0]
        assert (evidence["file"], evidence["line"]) == (f"{key}.ini", 7)
        if isinstance(value, str):
            escaped = value.replace("\x00", "\\x00").replace("\x01", "\\x01").replace("\x02", "\\x02")
            assert evidence["value"] == escaped
        assert second["evidence"] == [
            {"setting": "app.X", "value": "x", "expected": "y", "met": False, "file": f"{key}.ini", "line": 7}
        ]


@pytest.mark.parametrize("odd", ["\ud800", 10**30, float("nan"), float("inf")], ids=ascii)
def test_values_that_json_cannot_hold_do_not_end_the_run(check, compiled, host, written, odd):
    program = compiled(check(expect={"setting": "app.Value", "eq": "never"}))
    for value in (odd, [odd], {"k": odd}):
        [verdict] = written(program, host("web01", {"app": {"Value": value}}))
        assert verdict["check_id"] == "T-ONE-001"
        assert verdict["outcome"] in ("fail", "unknown", "error")


def test_a_waiver_does_not_leak_to_the_next_subject(check, compiled, host, written):
    program = compiled(check(expect={"setting": "app.Value", "is": True}))
    waivers = [Waiver("T-ONE-001", ("web01",), "because", "a person", "2026-12-31")]
    shared = Settings("app", {"Value": "No"}, locate=lambda _: 0)
    found = [
        written(program, host(key, [shared]), waivers)[0] for key in ("web02", "web01", "web02", "web01", "web011")
    ]
    assert ["waived" in verdict for verdict in found] == [False, True, False, True, False]
    assert [verdict["outcome"] for verdict in found] == ["fail"] * 5
    plain = [
        {key: value for key, value in verdict.items() if key not in ("waived", "subject", "evidence")}
        for verdict in found
    ]
    assert all(verdict == plain[0] for verdict in plain)


VALUES = st.sampled_from(
    ["Yes", "No", 1, True, 0, False, 1.0, "1", None, [], ["a"], ["a", "b"], {"K": "a"}, {"K": "b"}]
)
ITEM = st.fixed_dictionaries({}, optional={"K": st.sampled_from(["a", "b", 1, True]), "M": st.just("x")})
PARTS = st.lists(
    st.builds(
        lambda facet, values, items, complete: Settings(
            "app", values if not facet else {"L": items}, complete, facet=facet, locate=len
        ),
        st.sampled_from(["", "", "L"]),
        st.dictionaries(st.sampled_from(["A", "B", "L"]), VALUES, max_size=3),
        st.lists(ITEM, max_size=2),
        st.sampled_from([True, True, False]),
    ),
    max_size=3,
)


def bodies_of_checks(check):
    leaf = {"setting": "app.A", "is": True}
    return [
        check("T-A-001", expect=leaf),
        check("T-A-002", expect={"setting": "app.A", "eq": 1}),
        check("T-A-003", expect={"setting": "app.A", "ge": 1}),
        check("T-A-004", expect={"setting": "app.A", "exists": True}),
        check("T-A-005", expect={"any": [leaf, {"setting": "app.B", "is": True}]}),
        check("T-A-006", expect={"setting": "app.A", "same_as": "app.B"}),
        check("T-A-007", expect={"setting": "app.B", "is": True}, when=leaf),
        check("T-L-001", expect={"each": "app.L", "of": {"setting": ".K", "eq": "a"}}),
        check("T-L-002", expect={"some": "app.L", "of": {"setting": ".K", "ge": 1}}),
        check("T-L-003", expect={"some": "app.L", "of": {"setting": ".M", "exists": False}}),
        check("T-L-004", expect={"none": "app.L", "where": {"setting": ".M", "exists": True},
                                 "of": {"setting": ".K", "eq": "b"}}),
        check("T-L-005", expect={"setting": "app.L", "count": {"le": 1}, "absent_is_empty": True}),
        check("T-L-006", expect={"setting": "app.L.K", "eq": "a"}),
        check("T-L-007", expect={"setting": "app.L", "contains": "a"}),
        check("T-S-001", schema={"area": "app", "needs": ["A"], "schema": {"properties": {"A": {"const": "Yes"}}}}),
    ]  # fmt: skip


@given(st.lists(PARTS, min_size=2, max_size=6), st.lists(st.sampled_from(["12.1", "", "11.1"]), min_size=6, max_size=6))
def test_what_is_remembered_is_what_a_fresh_program_says(check, compiled, many, versions):
    """Every memory (by content, by values, by entry) against a program that has judged nothing before."""
    checks = bodies_of_checks(check)
    shared = compiled(*checks)
    for number, (parts, version) in enumerate(zip(many, versions, strict=False)):
        ref = SubjectRef("kesl.host", f"h{number}", f"h{number}", "kesl", version)
        view = SubjectView(ref)
        for settings in parts:
            view.add(Part(ref, settings, f"h{number}.ini", 1))
        once = subject_lines(view, shared.judge(view), {}, "2026-03-01")
        again = subject_lines(view, shared.judge(view), {}, "2026-03-01")
        assert once == again
        fresh = compiled(*checks)
        assert orjson.loads(b"[" + b",".join(once.splitlines()) + b"]") == orjson.loads(
            b"[" + b",".join(subject_lines(view, fresh.judge(view), {}, "2026-03-01").splitlines()) + b"]"
        )


class Source:
    def __init__(self, number, text):
        self.path, self.host, self.name, self._text = f"h{number}/export.ini", f"h{number}", "export.ini", text
        self.head, self.head_text = text[:65536].encode(), text[:65536]

    def text(self):
        return self._text

    def digest(self):
        return hashlib.sha256(self._text.encode()).hexdigest()


def disturbed(text, rng):
    """The export with a few lines lost, repeated, changed or the end cut off."""
    lines = text.split("\n")
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(lines))
        kind = rng.randrange(5)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif kind == 2 and "=" in lines[at]:
            lines[at] = lines[at].partition("=")[0] + "=" + rng.choice(["Yes", "No", "0", "99", "", "odd"])
        elif kind == 3:
            lines[at] = "damage"
        elif kind == 4:
            lines = [*lines[: max(at, 20)], ""]
    return "\n".join(lines)


def test_the_shipped_checks_over_a_disturbed_fleet():
    catalogue = load_checks(load_plugins())
    selections = {
        item.id: Selection(item, item.parameters({}), item.severity)
        for item in catalogue.checks.values()
        if item.subject.startswith("kesl.")
    }
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    shared = compile_program(selections, catalogue.logical, moment)
    rng = random.Random(5)  # noqa: S311
    reader = KeslIniReader()
    texts = []
    for version in kesl_export.VERSIONS[:3]:
        document = kesl_export.build(version, kesl_export.random_policy(rng))
        texts.append("".join(kesl_export.section_text(name, section) for name, section in document.items()))
    seen = broken = 0
    for number in range(40):
        source = Source(number, disturbed(rng.choice(texts), rng))
        views: dict[str, SubjectView] = {}
        try:
            for item in reader.read(source, "kesl.export"):
                if isinstance(item, Parcel):
                    view = views.setdefault(item.subject.key, SubjectView(item.subject, logical=catalogue.logical))
                    view.parcels.append(item)
        except BrokenExport:
            broken += 1  # damaged on purpose; what was read before counts
        fresh = compile_program(selections, catalogue.logical, moment)
        for view in views.values():
            lines = subject_lines(view, shared.judge(view), {}, "2026-03-01").splitlines()
            expected = subject_lines(view, fresh.judge(copy.copy(view)), {}, "2026-03-01").splitlines()
            for line, wanted in zip(lines, expected, strict=True):
                assert orjson.loads(line) == orjson.loads(wanted)
            seen += len(lines)
    assert seen > 4000
    assert 0 < broken < 40


@pytest.mark.parametrize("pair", [(1, True), (True, 1), (1, 1.0), (0, False), ("1", 1), (0.0, -0.0)], ids=repr)
def test_values_that_python_takes_for_equal_are_judged_apart(check, compiled, host, written, pair):
    program = compiled(check(expect={"setting": "app.Value", "eq": "never"}))
    shown = [written(program, host(f"web{value!r}", [Settings("app", {"Value": value}, locate=len)])) for value in pair]
    assert [repr(verdict["evidence"][0]["value"]) for [verdict] in shown] == [repr(value) for value in pair]


def parcel_of(key, *contents, apart=10):
    """A host whose file holds blocks of settings, so many lines apart."""
    ref = SubjectRef("kesl.host", key, key, "kesl", "12.1")
    view = SubjectView(ref)
    placed = tuple((content, apart * (number + 1)) for number, content in enumerate(contents))
    view.parcels.append(Parcel(ref, Document(placed), f"{key}/export.ini"))
    return view


def block(area, **values):
    return Content(((Settings(area, values, locate=len), 0),))


@pytest.mark.parametrize("first", ["one", "both"])
def test_every_verdict_once_whatever_else_other_hosts_bring(check, compiled, written, first):
    """A block is judged with the blocks beside it: what was said about it alone does not stand where there are more."""
    program = compiled(check(expect={"any": [{"setting": "app.A", "is": True}, {"setting": "net.B", "is": True}]}))
    app = block("app", A="No")
    hosts = {"one": [app], "both": [app, block("net", B="Yes")]}
    found = {}
    for name in (first, *hosts, *hosts):
        [verdict] = written(program, parcel_of(name, *hosts[name]))
        found.setdefault(name, []).append(verdict["outcome"])
    assert set(found["one"]) == {"unknown"}
    assert set(found["both"]) == {"pass"}


def test_a_body_that_reads_settings_sees_nothing_else(check, compiled, host, written):
    program = compiled(check(python="tests.engine.bodies:sees_its_settings", reads=["app.Value", "net"]))
    [verdict] = written(program, host("web01", {"app": {"Value": "Yes", "Other": "No"}, "net": {"Any": "1"}}))
    assert verdict["evidence"][0]["value"] == ["app.Value", "net.Any"]


def test_a_body_that_reads_settings_is_not_asked_again_for_equal_ones(check, compiled, host):
    program = compiled(check(python="tests.engine.bodies:passes", reads=["app.Value"]))
    bodies.calls.clear()
    for number, other in enumerate(["a", "b", "c"]):
        program.judge(host(f"web{number}", {"app": {"Value": "Yes", "Other": other}}))
    assert bodies.calls == ["web0"]
    program.judge(host("web9", {"app": {"Value": "No", "Other": "a"}}))
    assert bodies.calls == ["web0", "web9"]


def layout_of(*areas):
    """A layout of areas with one key each on lines of their own."""
    forms = [(Form(area, "", {key: 0}, {(): 0, (key,): 0}, (((key,), 0),)), line) for line, (area, key) in areas]
    return Layout(tuple(forms), len(forms))


def test_content_of_a_layout_is_found_again_by_its_texts(check, compiled, written):
    program = compiled(
        check(python="tests.engine.bodies:passes", reads=["app.Value"]),
        check("T-B-001", expect={"setting": "net.B", "is": True}),
        check("T-C-001", expect={"all": [{"setting": "app.Value", "is": True}, {"setting": "info.C", "is": True}]}),
    )
    first = layout_of((1, ("app", "Value")), (3, ("net", "B")))
    second = layout_of((0, ("info", "C")))
    bodies.calls.clear()
    for number, (value, other, third) in enumerate(
        [("Yes", "No", "Yes"), ("Yes", "Yes", "No"), ("No", "Yes", "Yes")] * 2
    ):
        contents = Content(layout=first, texts=("", value, "", other)), Content(layout=second, texts=(third,))
        found = {v["check_id"]: v for v in written(program, parcel_of(f"h{number}", *contents, apart=10 + number))}
        assert found["T-B-001"]["outcome"] == ("pass" if other == "Yes" else "fail")
        assert found["T-B-001"]["evidence"][0] | {"expected": ""} == {
            "setting": "net.B", "value": other, "expected": "", "met": other == "Yes", "file": f"h{number}/export.ini",
            "line": 13 + number,
        }  # fmt: skip
        assert found["T-C-001"]["outcome"] == ("pass" if (value, third) == ("Yes", "Yes") else "fail")
        assert [item["line"] for item in found["T-C-001"]["evidence"]] == [11 + number, 20 + 2 * number]
    assert bodies.calls == ["h0", "h2"]


def test_places_that_are_no_lines_name_their_file_too(check, compiled, written):
    program = compiled(check(expect={"setting": "app.A", "is": True}))
    content = Content(((Settings("app", {"A": "No"}, locate=lambda _: "/app/A"), 0),))
    for key in ("h1", "h2", "h1", "h1"):
        [verdict] = written(program, parcel_of(key, content))
        assert (verdict["evidence"][0]["file"], verdict["evidence"][0]["pointer"]) == (f"{key}/export.ini", "/app/A")
