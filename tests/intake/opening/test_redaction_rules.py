"""What is redacted, what is not, and that nothing planted survives."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.intake.redaction import (
    is_secret_name,
    mask_tail,
    may_hold_secret,
    redact_text,
    redact_tree,
    redact_value,
)


@pytest.mark.parametrize(
    "name",
    [
        "Password",
        "ProxyPassword",
        "dbpass",
        "UserPass",
        "pass",
        "PWD",
        "KLSPL_USER_PWD_ENCRYPTED",
        "ClientSecret",
        "ApiToken",
        "Credentials",
        "KLLICSRV_KEYDATA",
        "Authorization",
        "X-KSC-Session",
        "KLLIC_CUSTOMER_INFO",
        "private_key",
    ],
)
def test_secret_names(name):
    assert is_secret_name(name)
    assert redact_value(name, "hunter22") == "***"


@pytest.mark.parametrize(
    "name",
    ["BypassFwMark", "KLSRV_MASTER_SRV_PASSIVE_SLAVE", "AuthorizationMode", "CompassView", "ProxyServer", "Path", ""],
)
def test_ordinary_names(name):
    assert not is_secret_name(name)
    assert redact_value(name, "0x400") == "0x400"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PasswordProtection", True),
        ("PasswordProtection", "Yes"),
        ("PasswordMinLength", 8),
        ("PasswordMinLength", "8"),
        ("PasswordMaxAgeDays", "86400"),
        ("Password", ""),
        ("Password", None),
        ("Token", 123456),
    ],
)
def test_switches_numbers_and_nothing_stay(name, value):
    assert redact_value(name, value) is value


def test_a_password_of_digits_is_a_password():
    assert redact_value("Password", "12345678") == "***"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("user:s3cret@proxy:3128", "user:***@proxy:3128"),
        ("http://user:p@ss/w:d@proxy.acme.example:3128/x", "http://user:***@proxy.acme.example:3128/x"),
        ("CORP\\user:s3cret@proxy", "CORP\\user:***@proxy"),
        ("http://:s3cret@192.0.2.1", "http://:***@192.0.2.1"),
        ("ftp://bob:s3cret@[2001:db8::1]/x", "ftp://bob:***@[2001:db8::1]/x"),
        ("ask ivan.petrov@acme.example now", "ask ***@acme.example now"),
        ("ABCDE-12345-FGHIJ-K6789", "*****-*****-*****-*6789"),
        ("1C5E-000451-5F2A2B3C", "***2B3C"),
        ('Authorization: KSCBasic user="aXZhbg==", pass="cHc="', "Authorization: ***"),
        ('KSCBasic user="aXZhbg==", pass="cHc=", internal="1"', 'KSCBasic user="aXZhbg==", pass="***", internal="1"'),
        ("X-KSC-Session: nsPbUpP1oAVZlM1lODEbg8A==", "X-KSC-Session: ***"),
        ("run --password=abc123", "run --password=***"),
        ("Bearer abcdefghijkl.mno", "Bearer ***"),
        ("see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1 here", "see *** here"),
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
            "a\n-----PRIVATE KEY ***-----\nb",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", "-----PRIVATE KEY ***-----"),
    ],
)
def test_secrets_in_text(text, clean):
    assert redact_text(text) == clean
    assert redact_text(clean) == clean
    assert redact_value("Anything", text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "http://proxy.acme.example:3128",
        "2024/January/25 23:05:00;10",
        "550e8400-e29b-41d4-a716-446655440000",
        "BypassFwMark=0x400",
        "PasswordProtection=Yes",
        "root@web01",
        "C:\\Data\\*.mdb",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_ordinary_text_is_the_same_object(text):
    assert redact_text(text) is text or redact_text(text) == text
    tree = {"a": [text, {"b": text}]}
    assert redact_tree(tree) == (tree, 0)
    assert redact_tree(tree)[0] is tree


def test_masking_keeps_the_end_only():
    assert mask_tail("1C5E-000451-5F2A2B3C") == "***2B3C"
    assert mask_tail(mask_tail("1C5E-000451-5F2A2B3C")) == "***2B3C"
    assert mask_tail("2B3C") == "***"
    assert mask_tail("") == ""
    assert mask_tail("abcdef", keep=2) == "***ef"
    assert redact_value("KLLIC_SERIAL", "1C5E-000451-5F2A2B3C") == "***2B3C"


def test_trees_are_redacted_by_name_inheritance_pairs_and_wrappers():
    tree = {
        "PasswordProtection": {"Enabled": True, "Hash": "f00ba4", "Areas": ["Exit", "No"], "Attempts": 5},
        "Pwd": {"type": "binary", "value": "cGFzcw=="},
        "Proxy": {"type": "string", "value": "u:p4ss@h:1"},
        "Rows": [{"Name": "ApiToken", "Value": "t0ken"}, {"Name": "Timeout", "Value": "60"}],
        "ivan@acme.example": 1,
        "petr@acme.example": 2,
    }
    clean, changed = redact_tree(tree)
    assert clean == {
        "PasswordProtection": {"Enabled": True, "Hash": "***", "Areas": ["***", "No"], "Attempts": 5},
        "Pwd": {"type": "binary", "value": "***"},
        "Proxy": {"type": "string", "value": "u:***@h:1"},
        "Rows": [{"Name": "ApiToken", "Value": "***"}, {"Name": "Timeout", "Value": "60"}],
        "***@acme.example": 1,
        "***@acme.example (2)": 2,
    }
    assert changed == 7
    assert tree["Pwd"]["value"] == "cGFzcw=="


SECRET = st.text(alphabet="abcdefXYZ0123456789!$%*()+~|?", min_size=12, max_size=24).map("Zq9".__add__)
NAMES = st.sampled_from(["Password", "proxyPwd", "X-KSC-Session", "secret", "Path", "Description"])
PLACES = st.sampled_from(
    ["http://u:{}@proxy:8080", "u:{}@h", "password={}", 'pass="{}"', "Authorization: Basic {}", "Token: {}"]
)


@given(SECRET, PLACES, NAMES, st.sampled_from(["{}", "x {}", "{}\nnext"]))
def test_a_planted_secret_never_survives(secret, place, name, around):
    planted = around.format(place.format(secret))
    tree = {"a": [{name: planted}, {"type": "string", "value": planted}], planted: 1}
    clean, changed = redact_tree(tree)
    assert secret not in repr(clean)
    assert changed == 3


@given(st.text(max_size=120))
def test_redaction_is_stable_and_the_cheap_look_is_honest(text):
    clean = redact_text(text)
    assert redact_text(clean) == clean
    if not may_hold_secret(text):
        assert clean == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet="aZ9@:.-=p ", max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=20,
    )
)
def test_any_tree_keeps_its_shape(tree):
    def shape(value):
        if isinstance(value, dict):
            return [shape(item) for item in value.values()]
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    clean, changed = redact_tree(tree)
    assert shape(clean) == shape(tree)
    assert (changed == 0) == (clean == tree)


@pytest.mark.parametrize(
    "piece", ["a:", "@:", "@a.", "password", "@A", "-----BEGIN PRIVATE KEY-----", "eyJaaaa", "x@y-", "-abcde-"]
)
def test_long_text_takes_time_in_proportion(piece):
    started = time.perf_counter()
    redact_text("@" + piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 3
