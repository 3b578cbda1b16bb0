"""Settings written as the vendor documents the format come back equal, each value at its line."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.kesl.tree import KNOWN_KEYS
from auditor.model.inputs import InputStatus

AREA = "task.File_Threat_Protection"
HEAD = "[MonitoringTask.item_0000]\nTaskType=OAS\nTaskName=File_Threat_Protection\nActive=Yes\n"
TAIL = "[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
ROOT = "MonitoringTask.item_0000.Settings"

# No key here names a secret, so nothing is redacted; documented and unknown names are mixed.
PLAIN_KEYS = ("ScanArchived", "FirstAction", "TimeLimit", "SizeLimit", "UseExcludeMasks", "HostNote", "x-Unknown_Key")
LIST_KEYS = ("ExcludeMasks", "DeviceNameMasks", "MyWords")
SECTION_LISTS = ("ScanScope", "ExcludedFromScanScope", "MyRules")
INNER_LISTS = ("AccessRules", "Schedules")

values = st.text(
    st.sampled_from("abcXYZ019 /*.:;,%$#=[]\\'\"-_(){}éжß日|&<>@!?~^`+"), max_size=20
).map(str.strip).filter(lambda text: "@" not in text and "://" not in text)  # fmt: skip
plain = st.dictionaries(st.sampled_from(PLAIN_KEYS), values, max_size=4)
words = st.dictionaries(st.sampled_from(LIST_KEYS), st.lists(values, min_size=1, max_size=3), max_size=2)
leaf_items = st.lists(plain, min_size=1, max_size=3)
items = st.lists(
    st.builds(lambda own, more, inner: {**own, **more, **inner}, plain, words,
              st.dictionaries(st.sampled_from(INNER_LISTS), leaf_items, max_size=1)),
    min_size=1, max_size=3,
)  # fmt: skip
trees = st.builds(
    lambda own, more, lists, groups: {**own, **more, **lists, **groups},
    plain,
    words,
    st.dictionaries(st.sampled_from(SECTION_LISTS), items, max_size=2),
    st.dictionaries(st.just("DeviceClass"), plain, max_size=1),
)


class Style:
    """How a writer may lay the same settings out (topic 201432): blanks, quotes, gaps in numbers, case of names."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.step = self.rng.choice((1, 1, 3))
        self.indent = self.rng.choice(("", "", "  ", "\t"))
        self.mixed_case = self.rng.random() < 0.5
        self.blank_lines = self.rng.random() < 0.3

    def name(self, key: str) -> str:
        known = key.lower() in KNOWN_KEYS
        return self.rng.choice((key, key.lower(), key.upper())) if self.mixed_case and known else key

    def item(self, number: int) -> str:
        return f"item_{number * self.step:04d}"

    def pair(self, key: str, value: str) -> str:
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        if quoted or self.rng.random() < 0.2:
            value = f'"{value}"'
        equals = self.rng.choice(("=", " = ", "= ", "  ="))
        return f"{self.indent}{key}{equals}{value}\n"

    def section(self, prefix: str, node: dict) -> str:
        text = f"{self.indent}[{prefix}]\n"
        below = ""
        for key, value in node.items():
            name = self.name(key)
            if isinstance(value, str):
                text += self.pair(name, value)
            elif isinstance(value, dict):
                below += self.section(f"{prefix}.{name}", value)
            elif isinstance(value[0], str):
                for number, word in enumerate(value):
                    text += self.pair(f"{name}.{self.item(number)}", word)
            else:
                for number, item in enumerate(value):
                    below += self.section(f"{prefix}.{name}.{self.item(number)}", item)
            if self.blank_lines:
                text += "\n"
        return text + below


def encoded(text: str, seed: int) -> bytes:
    text = text.replace("\n", "\r\n") if seed % 3 == 0 else text
    return (b"\xef\xbb\xbf" if seed % 2 else b"") + text.encode()


@settings(max_examples=300)
@given(trees, st.integers(0, 10_000))
def test_a_full_export_comes_back(read, scalars_of, tree, seed):
    text = HEAD + Style(seed).section(ROOT, tree) + TAIL
    reading = read(encoded(text, seed))
    assert reading.record.status is InputStatus.READ, reading.record.message
    assert reading.values(AREA) == tree
    for part in reading.view().parts[AREA]:
        assert part.settings.complete
        for path, value in scalars_of(part.settings.values):
            check_line(reading.line(part, path), path, value)


@given(plain.filter(lambda tree: "FirstAction" in tree), words, st.integers(0, 10_000))
def test_a_file_of_one_task_comes_back(read, scalars_of, own, more, seed):
    tree = {**own, **more, "ScanByAccessType": "SmartCheck"}
    text = Style(seed).section("x", tree).split("\n", 1)[1]
    reading = read(encoded(text, seed), "web01/task_1_File_Threat_Protection.ini")
    assert reading.values(AREA) == tree
    for part in reading.view().parts[AREA]:
        for path, value in scalars_of(part.settings.values):
            check_line(reading.line(part, path), path, value)


def check_line(line, path, value):
    """The line states this value under the last name of the path."""
    name, _, stated = line.partition("=")
    last = next(step for step in reversed(path) if isinstance(step, str))
    assert last.lower() in name.strip().lower().split(".")
    stated = stated.strip()
    assert stated in (value, f'"{value}"')


def test_item_gaps_and_empty_items_keep_their_lines(read):
    text = HEAD + (
        f"[{ROOT}]\nScanArchived=Yes\n"
        f"[{ROOT}.ScanScope.item_0003]\n"
        f"[{ROOT}.ScanScope.item_0007]\nPath=/srv\nAreaMask.item_0002=*\nAreaMask.item_0009=*.sh\n"
    ) + TAIL  # fmt: skip
    reading = read(text)
    assert reading.values(AREA)["ScanScope"] == [{}, {"Path": "/srv", "AreaMask": ["*", "*.sh"]}]
    [part] = [part for part in reading.view().parts[AREA] if "ScanScope" in part.settings.values]
    assert reading.line(part, ("ScanScope", 1, "Path")) == "Path=/srv"
    assert reading.line(part, ("ScanScope", 1, "AreaMask", 1)) == "AreaMask.item_0009=*.sh"
    assert reading.line(part, ("ScanScope", 0)) == f"[{ROOT}.ScanScope.item_0003]"


def test_items_are_ordered_by_number_not_by_place(read):
    text = HEAD + f"[{ROOT}]\nExcludeMasks.item_0002=b\nExcludeMasks.item_0001=a\n" + TAIL
    reading = read(text)
    assert reading.values(AREA)["ExcludeMasks"] == ["a", "b"]
    [part] = [part for part in reading.view().parts[AREA] if "ExcludeMasks" in part.settings.values]
    assert reading.line(part, ("ExcludeMasks", 0)) == "ExcludeMasks.item_0001=a"


def test_lists_inside_items(read):
    prefix = "MonitoringTask.item_0000.Settings.HardDrivePrincipals.item_0000"
    text = (
        "[MonitoringTask.item_0000]\nTaskType=DeviceControl\nTaskName=Device_Control\n"
        f"[MonitoringTask.item_0000.Settings]\nOperationMode=Block\n[{prefix}]\nPrincipal=\\Everyone\n"
        f"[{prefix}.AccessRules.item_0000]\nAccess=Allow\nScheduleName=Default\n[{prefix}.AccessRules.item_0001]\nAccess=Block\n"
    ) + TAIL
    rules = [{"Access": "Allow", "ScheduleName": "Default"}, {"Access": "Block"}]
    reading = read(text)
    assert reading.values("task.Device_Control") == {
        "OperationMode": "Block",
        "HardDrivePrincipals": [{"Principal": "\\Everyone", "AccessRules": rules}],
    }
    [part] = [p for p in reading.view().parts["task.Device_Control"] if "HardDrivePrincipals" in p.settings.values]
    assert reading.line(part, ("HardDrivePrincipals", 0, "AccessRules", 1, "Access")) == "Access=Block"


def test_the_example_exports_locate_every_value(read, scalars_of, exports):
    for text in exports.values():
        reading = read(text)
        located = 0
        for part in reading.parts:
            for path, value in scalars_of(part.settings.values):
                line = reading.line(part, path)
                assert line.partition("=")[2].strip() == value or "PLANTED" in line
                located += 1
        pairs = sum("=" in line for line in text.split("\n"))
        assert located == pairs - text.startswith("Version=")


@pytest.mark.parametrize("wanted", ["ruff-free", "PLANTED"])
def test_secrets_in_values_are_gone(read, scalars_of, wanted):
    text = f"[AppSettings]\nProxyServer=user:{wanted}@proxy.acme.example:3128\n" + TAIL
    found = [value for part in read(text).parts for _, value in scalars_of(part.settings.values)]
    assert any("proxy.acme.example" in value for value in found)
    assert not any(wanted in value for value in found)
