"""Templates are filled and found again; values come through as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.phrases.templates import Sentences, template_of

HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(["{", "}", "{all}", "{0}", "%s", "<script>alert(1)</script>", "a\nb", "\x00", " of ", "", "Ж{{"]),
)


def test_a_sentence_gives_its_values_back():
    template = template_of("{part} of {all} judged devices fail")
    assert template.values("3 of 60 judged devices fail") == {"part": "3", "all": "60"}
    assert template.values("3 of 60 devices fail") is None
    assert template_of("no place").values("no place") == {}
    assert template_of("no place").values("no place ") is None


def test_beginning_and_end_do_not_share_characters():
    assert template_of("ab{x}ba").values("aba") is None
    assert template_of("ab{x}ba").values("abba") == {"x": ""}


def test_a_name_that_stands_twice_has_one_value():
    template = template_of("{x} and {x}")
    assert template.values("a and a") == {"x": "a"}
    assert template.values("a and b") is None


@pytest.mark.parametrize("text", ["{", "}", "{0}", "{a.b}", "{a[0]}", '{"format": 1}', "{}", "{..}"])
def test_other_braces_make_no_template(text):
    assert template_of(text) is None


def test_doubled_braces_are_braces():
    assert template_of("{{{x}}}").values("{7}") == {"x": "7"}


@given(HOSTILE, HOSTILE, HOSTILE)
def test_what_was_filled_is_found_and_says_the_same(first, second, third):
    """Also where a value holds the words of the template: then another reading gives the same sentence."""
    template = template_of("From {a}, expected {b}: <{c}>.")
    sentence = template.fill({"a": first, "b": second, "c": third})
    assert sentence == f"From {first}, expected {second}: <{third}>."
    found = template.values(sentence)
    assert found is not None
    assert template.fill(found) == sentence
    if not any(words in value for words in (", expected ", ": <") for value in (first, second, third)):
        assert found == {"a": first, "b": second, "c": third}


@given(HOSTILE, HOSTILE)
def test_a_value_is_never_read_as_a_template(first, second):
    """The other language may say the values in another order."""
    found = template_of("{a}|{b}").values(f"{first}|{second}")
    if "|" not in first:
        assert template_of("{b} <- {a} {{x}}").fill(found) == f"{second} <- {first} {{x}}"


def test_the_template_with_most_words_of_its_own_comes_first():
    texts = ("not {x}", "not older than {x} days", "not older than {x}", "{x} days")
    sentences = Sentences((template_of(text), text) for text in texts)
    found = sentences.readings("not older than 7 days")
    assert [text for text, _ in found] == ["not older than {x} days", "not older than {x}", "{x} days", "not {x}"]
    assert sentences.readings("older") == []


def test_a_long_hostile_sentence_is_read_in_a_moment():
    import time

    template = template_of("It is {a}, expected {b}, since {c}!")
    started = time.perf_counter()
    assert template.values("It is " + ", expected " * 200_000 + "?") is None
    assert template.values("It is " + ", expected " * 200_000 + "!") is None
    assert time.perf_counter() - started < 1
