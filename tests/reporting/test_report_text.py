from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.reporting import words
from auditor.reporting.text import clip, one_line, value_text, visible, web_link

ANYTHING = st.text(st.characters(codec=None), max_size=60)  # lone surrogates too


@given(ANYTHING)
def test_nothing_hidden_is_left(text):
    shown = visible(text)
    for char in shown:
        assert char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}, repr(char)
        assert unicodedata.bidirectional(char) not in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
    assert visible(shown) == shown
    shown.encode()


@given(ANYTHING)
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1
    assert "\t" not in one_line(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web01", "web01"),
        ("Büro\n2", "Büro\n2"),
        ("\x1b[31mred", "\u241b[31mred"),
        ("a\x00b", "a\u2400b"),
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("a\u200bb", "a[U+200B]b"),
        ("\x9b2J", "[U+009B]2J"),
        ("a\r\nb", "a\nb"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_what_is_hidden_is_spelt_out(text, shown):
    assert visible(text) == shown


def test_long_text_is_cut_with_its_length():
    shown = clip("x" * 1_000_000, 300)
    assert shown.startswith("x" * 300 + "\u2026")
    assert "1,000,000 characters" in shown
    assert len(shown) < 400
    assert clip("x" * 300, 300) == "x" * 300


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1.5, "1.5"),
        ("No", "No"),
        (["a", 1], '["a", 1]'),
        ({"ä": None}, '{"ä": null}'),
    ],
)
def test_values_read_as_the_export_writes_them(value, shown):
    assert value_text(value) == shown


@pytest.mark.parametrize("url", ["https://support.kaspersky.com/x?a=1", "http://intranet.example/"])
def test_web_addresses_are_links(url):
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://",
        "https://[",
        "https://a.example/\u202ex",
        "https://a.example/ x",
        "",
        "vbscript:x",
    ],
)
def test_everything_else_is_no_link(url):
    assert web_link(url) == ""


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 1000, "<1 %"),
        (999, 1000, ">99 %"),
        (64, 100, "64 %"),
        (1, 200, "1 %"),
        (0, 0, ""),
    ],
)
def test_shares_never_round_to_all_or_nothing(part, whole, text):
    assert words.english().percent(part, whole) == text


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_part_is_never_all_or_nothing(part, rest):
    assert words.english().percent(part, part + rest) not in {"0 %", "100 %"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-03-01T12:00:00Z", "1 March 2026, 12:00 UTC"),
        ("2026-12-31", "31 December 2026"),
        ("2026-13-01", "2026-13-01"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_dates_are_written_out(text, shown):
    assert words.english().instant(text) == shown


def test_every_word_of_the_model_has_words_for_people():
    from auditor.model.inputs import InputStatus
    from auditor.model.outcomes import Outcome, Reason, Severity

    assert set(words.OUTCOMES) == {outcome.value for outcome in Outcome}
    assert list(words.SEVERITIES) == [severity.value for severity in Severity]
    assert set(words.REASONS) == {reason.value for reason in Reason}
    assert set(words.INPUT_STATUSES) == {status.value for status in InputStatus}
    said = words.english()
    families = {"outcome": words.OUTCOMES, "meaning": words.OUTCOMES, "severity": words.SEVERITIES}
    families |= {"reason": words.REASONS, "advice": words.REASONS, "status": words.INPUT_STATUSES}
    for family, codes in families.items():
        assert all(said.labels(family, codes).values())
    assert all(said.kind(kind, 2) and said.counted(kind, 2).startswith("2 ") for kind in words.KIND_RANK)
