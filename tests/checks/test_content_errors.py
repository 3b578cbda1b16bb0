"""Wrong content is refused with file and place, and YAML never changes what an author wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.skeleton import SKELETONS
from auditor.engine.catalogue import Root, load_catalogue
from auditor.errors import ContentError
from auditor.sdk.strict_yaml import load

Run = Callable[..., tuple[int, str]]
GOOD = SKELETONS["expect"].replace("CHECK-ID", "OWN-SYS-001")


def loading(folder: Path) -> str:
    """The message of the error that loading a folder ends in."""
    with pytest.raises(ContentError) as raised:
        load_catalogue([Root("own", folder)], None)
    return str(raised.value)


def test_the_skeleton_that_is_broken_below_is_right(tmp_path: Path) -> None:
    (tmp_path / "OWN-SYS-001.yaml").write_text(GOOD, encoding="utf-8")
    assert list(load_catalogue([Root("own", tmp_path)], None).checks) == ["OWN-SYS-001"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("severity: medium", "severity: [medium", "line"),
        ("severity: medium", "severity: medium\nseverity: high", "duplicate key 'severity'"),
        ("severity: medium", "severity: medium\nseverety: high", "'severety' was unexpected"),
        ("severity: medium", "severity: serious", "severity: 'serious'"),
        ("revision: 1", "revision: one", "revision: 'one'"),
        ("revision: 1", "revision: 01", "revision: '01'"),
        ("revision: 1", "1: 1", "key 1 is not text"),
        ("id: OWN-SYS-001", "id: OWN-SYS-002", "id OWN-SYS-002 differs from the file's name"),
        ("title: ", "title: Ensure that ", "title"),
        ("title: ", f"title: {'x' * 100}", "title"),
        ("type: integer", "type: whole", "params/events/type: 'whole'"),
        ("outcome: pass", "outcome: passed", "examples/0/outcome: 'passed'"),
        ("verify: ", "# verify: ", "'verify' is a required property"),
        ("{title: field practice}", '{title: practice, url: "ftp://docs.example"}', "references/0/url"),
        ("tags: [own]", "tags: &t [own]\naliases: *t", "anchors and aliases are not allowed"),
        ("tags: [own]", "tags: [own]\nmanual: {question: Is it really so?, evidence: Look at it.}", "top level"),
    ],
)
def test_a_wrong_check_is_refused_with_file_and_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys" / "OWN-SYS-001.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    message = loading(tmp_path)
    assert message.startswith("own:sys/OWN-SYS-001.yaml")
    assert words in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("steps: [", "steps: [*, ", "step 'export' is there twice"),
        ("how: command", "how: command, only: [other]", "step 'export' is for the unknown product 'other'"),
    ],
)
def test_a_collection_guide_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    step = "{id: export, provides: [], title: Export, how: command, commands: [x], save_as: x, needed_for: full}"
    guide = (
        "{guide: demo, title: Demo, intro: Some text., "
        f"products: [{{code: demo, name: Demo, words: {{}}}}], steps: [{step}]}}"
    )
    (tmp_path / "collection").mkdir()
    (tmp_path / "collection" / "demo.yaml").write_text(guide.replace(old, new.replace("*", step)))
    assert loading(tmp_path) == f"own:collection/demo.yaml: {words}"


def test_bytes_that_are_no_text_are_named_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "OWN-SYS-001.yaml").write_bytes(b"title: \xff\n")
    assert loading(tmp_path) == "own:OWN-SYS-001.yaml, byte 7: not UTF-8"


def test_a_line_that_yaml_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "OWN-SYS-001.yaml").write_text("id: OWN-SYS-001\nrevision: 1\ntitle: [\n", encoding="utf-8")
    assert loading(tmp_path).startswith("own:OWN-SYS-001.yaml, line 4: ")


def test_an_id_that_two_files_claim_names_both(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "OWN-SYS-001.yaml").write_text(GOOD, encoding="utf-8")
    roots = [Root("first", tmp_path / "a"), Root("second", tmp_path / "b")]
    with pytest.raises(ContentError) as raised:
        load_catalogue(roots, None)
    assert str(raised.value).startswith("second:OWN-SYS-001.yaml: OWN-SYS-001 is already defined by first")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ge: $events", "ge: $days", "no parameter is named 'days'"),
        ("default: 500000", "default: many", "parameter events of OWN-SYS-001 is no integer: 'many'"),
        ("ge: $events", "atleast: 3", "not understood: ['atleast']"),
        ("ge: $events", "not_in: [1]", "not_in needs known"),
        ("ge: $events", "ge: 1, le: 2", "exactly one operator"),
        ("{setting: app.MaxEventsNumber, ge: $events}", "{setting: app, ge: $events}", "names an area"),
        ("{setting: app.MaxEventsNumber, ge: $events}", "{ge: $events}", "needs a setting"),
    ],
)
def test_a_body_that_means_nothing_is_named_by_the_test_command(
    auditor: Run, tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in GOOD
    (tmp_path / "OWN-SYS-001.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    code, text = auditor("checks", "test", tmp_path)
    assert code == 3
    assert "OWN-SYS-001: " in text
    assert words in text


def test_one_wrong_file_does_not_hide_the_others(auditor: Run, tmp_path: Path) -> None:
    (tmp_path / "OWN-SYS-001.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "OWN-SYS-002.yaml").write_text("id: [", encoding="utf-8")
    (tmp_path / "OWN-SYS-003.yaml").write_text(
        GOOD.replace("OWN-SYS-001", "OWN-SYS-003").replace("ge:", "gt:"), encoding="utf-8"
    )
    code, text = auditor("checks", "test", tmp_path)
    assert code == 3
    assert "OWN-SYS-002.yaml" in text
    assert "OWN-SYS-003: example 1-pass states pass, is fail" in text
    assert "2 checks, 8 examples, 2 problems" in text


def test_nothing_to_test_is_a_problem(auditor: Run, tmp_path: Path) -> None:
    code, text = auditor("checks", "test", tmp_path)
    assert code == 3
    assert "no check was found: nothing was tested" in text


TRAPS = [
    *("On", "on", "off", "Yes", "yes", "No", "y", "n", "True", "FALSE", "Null", "NULL"),
    *("010", "0x1F", "0o17", "1_000", "+5", "1e3", ".5", "5.", "12.10", "12:30", "12:30:45", "190:20:30"),
    *("2026-03-01", "2026-03-01T10:00:00Z", "=", "<<", ".inf", ".nan", "11.10"),
]


@pytest.mark.parametrize("text", TRAPS)
def test_what_yaml_would_change_stays_text(text: str) -> None:
    assert load(f"a: {text}\nb: [{text}]\n", "x") == {"a": text, "b": [text]}


@given(st.from_regex(r"[0-9]{1,4}([:._/-][0-9]{1,4}){0,4}", fullmatch=True))
def test_digits_are_a_number_only_when_they_read_back_alike(text: str) -> None:
    value = load(f"a: {text}\n", "x")["a"]
    assert isinstance(value, str | int | float)
    assert str(value) == text, "a version, time or padded number may not change"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30))
def test_quoted_text_comes_back_as_it_was(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    separators = {"\x85", "\u2028", "\u2029", "\ufeff"}  # line breaks to YAML, and the byte order mark
    if not separators & set(text):
        assert load(f"a: {quoted}\n", "x") == {"a": text}


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_an_error_with_its_place(text: str) -> None:
    error = error_of(text)
    assert error is None or error.where.startswith("check.yaml")


def error_of(text: str) -> ContentError | None:
    try:
        load(text, "check.yaml")
    except ContentError as error:
        return error
    return None


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "a:\n" + "? " * 100_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    error = error_of(text)
    assert error is not None
    assert error.message == "nested more than 100 levels deep"
    assert error.where.startswith("check.yaml, line ")


def test_nesting_up_to_the_limit_is_read() -> None:
    assert error_of("[" * 100 + "]" * 100) is None
