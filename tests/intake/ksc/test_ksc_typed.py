from __future__ import annotations

from typing import Any

import pytest

from auditor.errors import BrokenExport
from auditor.intake.ksc.typed import plain_tree, settings_of
from auditor.model.snapshot import Lock


def node(value: Any, closed: bool | None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"KLPRSS_Val": value, **more}
    if closed is not None:
        body["KLPRSS_Mnd"] = closed
    return {"type": "params", "value": body}


def group(**members: Any) -> dict[str, Any]:
    return {"type": "params", "value": members}


def test_every_wrapper_is_taken_off() -> None:
    raw = {
        "Long": {"type": "long", "value": 5_000_000_000},
        "When": {"type": "datetime", "value": "2026-02-25T08:14:43Z"},
        "Day": {"type": "date", "value": ""},
        "Ratio": {"type": "double", "value": 0.5},
        "Share": {"type": "float", "value": 1.25},
        "Blob": {"type": "binary", "value": "AAECAw=="},
        "Inner": group(Deep=group(Leaf=[{"type": "long", "value": 1}, None, "x"])),
        "NotAWrapper": {"type": "colour", "value": 3},
        "Data": {"type": "long", "value": 3, "more": 1},
    }
    assert plain_tree(raw).values == {
        "Long": 5_000_000_000, "When": "2026-02-25T08:14:43Z", "Day": "", "Ratio": 0.5, "Share": 1.25,
        "Blob": "(binary, 4 bytes)", "Inner": {"Deep": {"Leaf": [1, None, "x"]}},
        "NotAWrapper": {"type": "colour", "value": 3}, "Data": {"type": "long", "value": 3, "more": 1},
    }  # fmt: skip


def test_value_and_lock_at_every_level() -> None:
    raw = {
        "Box": node(
            group(
                Switch=node(True, True),
                Limit=node({"type": "long", "value": 30}, False),
                Upper=node("on", False, KLPRSS_ValLck=True, KLPRSS_ValLckPolicy="Head", KLPRSS_ValLckGroup="Top"),
            ),
            True,
        ),
        "Open": node(group(Item=node(1, False), Plain=2), False),
        "Loose": 7,
        "Unstated": node(1, None),
    }
    plain = plain_tree(raw)
    assert plain.values == {
        "Box": {"Switch": True, "Limit": 30, "Upper": "on"}, "Open": {"Item": 1, "Plain": 2}, "Loose": 7, "Unstated": 1,
    }  # fmt: skip
    assert plain.locks == {
        ("Box",): Lock(own=True),
        ("Box", "Switch"): Lock(own=True, above=True),
        ("Box", "Limit"): Lock(own=False, above=True),
        ("Box", "Upper"): Lock(own=False, above=True, inherited=True, policy="Head", group="Top"),
        ("Open",): Lock(own=False),
        ("Open", "Item"): Lock(own=False),
        ("Open", "Plain"): Lock(own=False, above=False),
    }
    assert plain.locks["Box", "Limit"].enforced
    assert not plain.locks["Open", "Item"].enforced


def test_a_lock_reaches_every_level_below() -> None:
    raw = {"A": node(group(B=node(group(C=node(group(D=node(1, False)), False)), False)), True)}
    locks = plain_tree(raw).locks
    assert all(locks[path].above for path in [("A", "B"), ("A", "B", "C"), ("A", "B", "C", "D")])
    upper = {"A": node(group(B=node(group(C=node(1, False)), False)), False, KLPRSS_ValLck=True)}
    assert plain_tree(upper).locks["A", "B", "C"] == Lock(own=False, above=True)


def test_an_unstated_lock_inside_an_open_container_stays_unknown() -> None:
    plain = plain_tree({"Open": node(group(Unstated=node(1, None)), False)})
    assert ("Open", "Unstated") not in plain.locks
    plain = plain_tree({"Shut": node(group(Unstated=node(1, None)), True)})
    assert plain.locks["Shut", "Unstated"] == Lock(own=False, above=True)


def test_items_of_lists_have_locks_and_extra_members_are_kept() -> None:
    raw = {"List": node([node("a", True), node("b", False)], False, KLPRSS_ValConcatArray=True)}
    settings = settings_of("section.X", raw, "/r")
    assert settings.values == {"List": ["a", "b"], "#KLPRSS": {"List": {"KLPRSS_ValConcatArray": True}}}
    assert settings.locks is not None
    assert settings.locks["List", 0].own
    assert not settings.locks["List", 1].enforced


def test_pointers_lead_back_into_the_file(kit: Any) -> None:
    raw = {"Box": node(group(**{"a/b": node({"type": "long", "value": 30}, False)}), True), "P": group(Q=[group(R=5)])}
    document = {"response": {"PxgRetVal": raw}}
    settings = settings_of("section.X", raw, "/response/PxgRetVal")
    assert settings.locate is not None
    assert kit.resolve(document, str(settings.locate(("Box", "a/b")))) == 30
    assert kit.resolve(document, str(settings.locate(("P", "Q", 0, "R")))) == 5


def test_secrets_do_not_survive() -> None:
    raw = {
        "KLLICSRV_KEYDATA": {"type": "binary", "value": "S0VZQk9EWQ=="},
        "KLLIC_SERIAL": "1A2B-000451-06F2C0DE",
        "KLLIC_CUSTOMER_INFO": group(Name="Acme", Mail="it@acme.example"),
        "KLSPL_USER_PWD": "plain1",
        "KLSPL_USER_PWD_ENCRYPTED": {"type": "binary", "value": "cGxhaW4y"},
        "KLSPL_USER_MAIL": "user@acme.example",
        "KLSPL_USER_PHONE": "+49 30 000000",
        "userPrincipalName": "user@acme.example",
        "Proxy": group(ProxyPassword="plain3"),
    }
    values = settings_of("user", raw, "").values
    assert not {"KLLICSRV_KEYDATA", "KLSPL_USER_PWD", "KLSPL_USER_PWD_ENCRYPTED"} & values.keys()
    text = str(values)
    for secret in ("S0VZ", "cGxhaW4y", "plain", "acme.example", "+49", "000451", "1A2B"):
        assert secret not in text
    assert str(values["KLLIC_SERIAL"]).endswith("C0DE")


def test_a_root_that_is_no_object_is_kept(kit: Any) -> None:
    settings = settings_of("x", {"type": "long", "value": 3}, "/response/PxgRetVal")
    assert settings.values == {"Value": 3}
    assert settings.locate is not None
    assert settings.locate(("Value",)) == "/response/PxgRetVal/value"


@pytest.mark.parametrize("kind", ["params", "node", "list", "dict"])
def test_absurd_nesting_is_refused(kind: str) -> None:
    tree: Any = 1
    for _ in range(5000):
        tree = {
            "params": lambda inner: {"type": "params", "value": inner},
            "node": lambda inner: {"KLPRSS_Val": inner, "KLPRSS_Mnd": True},
            "list": lambda inner: [inner],
            "dict": lambda inner: {"a": inner},
        }[kind](tree)
    with pytest.raises(BrokenExport):
        plain_tree({"x": tree})
