"""Profiles of a policy that stand in no input may change it."""

from __future__ import annotations

from typing import Any

import pytest

POLICY = {"KLPOL_PRODUCT": "1103", "KLPOL_ACTIVE": True, "KLPOL_ID": 1, "KLPOL_GROUP_ID": 0}
PROTECTED = {"KLNAG_SVCPRT_PROTECT_NAGENT_SVC": {"KLPRSS_Val": True, "KLPRSS_Mnd": True}}


@pytest.mark.parametrize(("whole", "outcome"), [(True, "pass"), (False, "unknown")])
def test_a_list_of_profiles_that_was_cut_off_is_not_all(dump: Any, whole: bool, outcome: str) -> None:
    dump.call("policies", "Policy.GetPoliciesForGroup", {"PxgRetVal": [POLICY]}, nGroupId=-1)
    dump.call("contents", "Policy.GetPolicyContents", {"PxgRetVal": {"KLNAG_SVCPRT": PROTECTED}}, nPolicy=1)
    listed = dump.call("profiles", "PolicyProfiles.EnumProfiles", {"PxgRetVal": {
        "Offices": {"KLSSPOL_PRF_ENABLED": False}, "Laptops": {"KLSSPOL_PRF_ENABLED": False}}}, nPolicy=1)  # fmt: skip
    if not whole:
        text = listed.read_text()
        listed.write_text(text[: text.index('"Laptops"') - 2])
    assert dump.said("KSC-AGT-002")[0] == outcome
