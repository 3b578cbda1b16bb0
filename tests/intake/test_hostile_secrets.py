"""Looking for secrets in a text takes no longer than the text is long, and many that look alike are soon told apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count, product

import pytest

from auditor.intake.names import without_secrets
from auditor.intake.redaction import is_secret_name, redact_text, redact_tree

BEGINNINGS = ["", "/", "password=", "lic", "bearer ", "http://a:", "-----BEGIN PRIVATE KEY-----"]
REPEATED = [
    *[
        "eyJaaaaaaaa",
        "-eyJaaaaaaaa",
        "eyJaaaaaaaa.",
        "lic_",
        "lic ",
        "pass",
        "a:",
        "a@",
        "@a",
        "a.",
        "12345-",
        "abcde-",
        "0000-",
    ],
    *["cookie:", "token=", "-----BEGIN ", " ", "=", '"', "bearer ", "bypass", "aA", "x-ksc", "/", "://", ":b@"],
]
ENDS = ["", "!", "@b", ".x"]
NUMBERS = count()
TEXTS = list(product(BEGINNINGS, REPEATED, ENDS))


def seconds(look: Callable[[str], object], parts: tuple[str, str, str], length: int) -> float:
    begin, repeated, end = parts
    text = begin + repeated * (length // len(repeated)) + f"{end}{next(NUMBERS)}"  # no text twice: names are remembered
    started = time.process_time()
    look(text)
    return time.process_time() - started


@pytest.mark.parametrize("look", [redact_text, is_secret_name])
def test_texts(look):
    """Four times as long takes about four times as long; with a square in it, sixteen."""
    slow = sorted(TEXTS, key=lambda parts: seconds(look, parts, 2_000))[-12:]
    for parts in slow:
        short, long = (min(seconds(look, parts, length) for _ in range(3)) for length in (8_000, 32_000))
        assert long < 9 * max(short, 0.001), (parts, short, long)


@pytest.mark.parametrize("shape", ["keys", "files"])
def test_names_that_look_alike(shape):
    def took(number: int) -> float:
        names = [f"user{n}@x.example" if shape == "keys" else f"password=a{n}.ini" for n in range(number)]
        started = time.process_time()
        shown = redact_tree(dict.fromkeys(names, 1))[0] if shape == "keys" else set(without_secrets(names).values())
        spent = time.process_time() - started
        assert len(shown) == number
        return spent

    short, long = min(took(1_000) for _ in range(2)), min(took(4_000) for _ in range(2))
    assert long < 9 * max(short, 0.002), (short, long)
