"""Baselines that extend another one, and rules that concern one check together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.baseline import load_baselines, select
from auditor.engine.catalogue import Root
from auditor.errors import ContentError
from auditor.sdk.check import Check

BASE = """
id: base
title: Base
revision: 1
description: Strict
references: [{title: field practice}]
include: ["T-*"]
checks:
  T-ONE-001: {params: {days: 7, share: 1}}
"""
PARAMS = {"days": {"type": "integer", "default": 30}, "share": {"type": "integer", "default": 50}}


@pytest.fixture
def params(tmp_path: Path, check: Callable[..., Check]) -> Callable[[str], dict[str, Any]]:
    """The parameters of T-ONE-001 in a baseline that extends BASE with such rules."""

    def run(rules: str) -> dict[str, Any]:
        (tmp_path / "base.yaml").write_text(BASE)
        own = BASE.replace("id: base", "id: own\nextends: base").partition("checks:")[0]
        (tmp_path / "own.yaml").write_text(f"{own}checks: {rules}\n")
        found = load_baselines([Root("own", tmp_path)])["own"]
        return dict(select(found, {"T-ONE-001": check(params=PARAMS)})["T-ONE-001"].params)

    return run


@pytest.mark.parametrize("pattern", ["T-ONE-001", "T-ONE-*"])
def test_a_parameter_leaves_the_others_as_the_parent_states_them(
    params: Callable[[str], dict[str, Any]], pattern: str
) -> None:
    assert params(f"{{{pattern}: {{params: {{share: 2}}}}}}") == {"days": 7, "share": 2}
    assert params(f"{{{pattern}: {{severity: low, severity_reason: Of little worth here.}}}}") == {
        "days": 7,
        "share": 1,
    }


def test_a_baseline_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(BASE.encode().replace(b"Strict", b"\xd1\xf2\xf0"))
    with pytest.raises(ContentError, match=r"own:own.yaml, byte \d+: not UTF-8"):
        load_baselines([Root("own", tmp_path)])
