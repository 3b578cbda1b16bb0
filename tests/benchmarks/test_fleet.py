"""The generated fleets have the shape that the benchmarks and their documentation state."""

from __future__ import annotations

import configparser
import json
import re
import statistics
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import fleet, kesl_export

HOSTS = 200
ROOT = "the keys before any section"


def sections_of(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=None, interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(f"[{ROOT}]\n{text}")
    return {name: dict(parser[name]) for name in parser.sections()}


def read(folder: Path) -> dict[str, str]:
    return {path.parent.name: path.read_text() for path in sorted(folder.glob("*/export.ini"))}


@pytest.fixture(params=fleet.VARIETIES)
def variety(request):
    return request.param


def test_every_export_is_well_formed_and_of_the_stated_size(tmp_path, variety):
    written = fleet.write_kesl_fleet(tmp_path, HOSTS, variety, seed=3)
    texts = read(tmp_path)
    assert sorted(texts) == [f"lnx-{n:06d}" for n in range(HOSTS)]
    assert written == sum(len(text.encode()) for text in texts.values())
    assert 12_000 < statistics.mean(map(len, texts.values())) < 16_500
    for text in texts.values():
        assert text.startswith("Version=1")
        assert len(sections_of(text)) >= 77


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path, variety):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        fleet.write_kesl_fleet(tmp_path / name, 20, variety, seed)
    assert read(tmp_path / "a") == read(tmp_path / "b")
    assert read(tmp_path / "a") != read(tmp_path / "c")


def test_realistic_fleets_share_most_sections_and_each_host_has_its_own(tmp_path):
    fleet.write_kesl_fleet(tmp_path, HOSTS, "realistic", seed=3)
    hosts = [sections_of(text) for text in read(tmp_path).values()]
    seen = Counter((name, tuple(section.items())) for host in hosts for name, section in host.items())
    own = [sum(seen[name, tuple(section.items())] == 1 for name, section in host.items()) for host in hosts]
    assert sum(2 <= count <= 5 for count in own) > 0.9 * HOSTS  # a lacking host may add one
    versions = {host[ROOT]["Version"] for host in hosts}
    assert len(versions) >= 5


def test_realistic_fleets_lack_a_section_here_and_there(tmp_path):
    fleet.write_kesl_fleet(tmp_path, 1000, "realistic", seed=3)
    lacking = 0
    for text in read(tmp_path).values():
        host = sections_of(text)
        whole = kesl_export.build(host[ROOT]["Version"], kesl_export.Policy())
        lacking += any(set(whole[name]) - set(host.get(name, ())) for name in whole if name.endswith(".Settings"))
    assert 15 <= lacking <= 50


def test_shared_fleets_deviate_in_two_hosts_of_a_hundred(tmp_path):
    fleet.write_kesl_fleet(tmp_path, 1000, "shared", seed=3)
    texts = Counter(read(tmp_path).values())
    common, count = texts.most_common(1)[0]
    assert 10 <= 1000 - count <= 35
    base = sections_of(common)
    for text in texts:
        other = sections_of(text)
        assert sum(other[name] != base[name] for name in base) <= 1


def test_unique_fleets_repeat_no_section(tmp_path):
    fleet.write_kesl_fleet(tmp_path, HOSTS, "unique", seed=3)
    hosts = [sections_of(text) for text in read(tmp_path).values()]
    whole = Counter((name, tuple(section.items())) for host in hosts for name, section in host.items() if name != ROOT)
    lacking = sum(count - 1 for count in whole.values())
    # sections that lost keys may have lost the one that told them apart
    assert lacking <= 0.001 * sum(whole.values())


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("11.1.0.3013", {"Boot_Scan", "FirstAction", "UseHostBlocker"}, {"Critical_Areas_Scan", "RulesAction"}),
        ("11.2.0.4528", {"Critical_Areas_Scan", "ScanBootSectors"}, {"Boot_Scan", "TaskMode"}),
        ("11.3.0.7441", {"RulesAction", "TaskMode"}, {"OperationMode", "SkipPlainTextFiles"}),
        ("12.1.0.1297", {"OperationMode", "FileBlockDuringScan", "UseHostBlocker"}, {"RulesAction"}),
        ("12.2.0.2412", {"FirstAction", "SourceType"}, {"UseHostBlocker", "ActionOnThreat"}),
        ("12.3.0.1162", {"ActionOnThreat", "SkipDatabaseJournals"}, {"FirstAction", "Sources.item_0000"}),
        ("12.4.0.1001", {"Sources.item_0000"}, {"UseKLServersWhenUnavailable"}),
    ],
)
def test_keys_drift_with_the_version(version, present, absent):
    text = kesl_export.render(kesl_export.build(version, kesl_export.Policy()))
    words = set(re.findall(r"^(?:TaskName=)?(\w+)$|^(\w+)=|\.(\w+\.item_0000)]$", text, re.MULTILINE))
    found = {word for groups in words for word in groups}
    assert present <= found
    assert not absent & found


def test_device_rows_in_one_file(tmp_path):
    path = tmp_path / "hosts.json"
    written = fleet.write_ksc_hosts(path, 300, seed=3)
    bundle = json.loads(path.read_bytes())
    rows = bundle["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"]
    assert written == path.stat().st_size
    assert bundle["format"] == "ksc-openapi-call/1"
    assert bundle["response"]["PxgRetVal"] == len(rows) == 300
    assert 2_200 < written / 300 < 2_700
    assert {len(row["value"]) for row in rows} == {45}
    assert len({row["value"]["KLHST_WKS_HOSTNAME"] for row in rows}) == 300
    healthy = sum(row["value"]["KLHST_WKS_STATUS_ID"] == 0 for row in rows)
    assert 0.78 < healthy / 300 < 0.94


def test_pages_hold_every_device_once(tmp_path):
    fleet.write_ksc_hosts(tmp_path / "pages", 100, seed=3, pages=7)
    fleet.write_ksc_hosts(tmp_path / "one.json", 100, seed=3)
    files = sorted((tmp_path / "pages").iterdir())
    assert [file.name for file in files][:2] == [f"ChunkAccessor.GetItemsChunk.0000{n}.json" for n in (1, 2)]
    assert len(files) == 7
    rows = [
        row for file in files for row in json.loads(file.read_bytes())["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"]
    ]
    assert rows == json.loads((tmp_path / "one.json").read_bytes())["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"]


def test_the_command_line_writes_what_it_says(tmp_path, capsys):
    fleet.main(["kesl", "--hosts", "3", "--variety", "shared", str(tmp_path / "out")])
    fleet.main(["ksc", "--hosts", "10", "--pages", "2", str(tmp_path / "ksc")])
    assert len(read(tmp_path / "out")) == 3
    assert len(list((tmp_path / "ksc").iterdir())) == 2
    assert capsys.readouterr().out.startswith("3 hosts, 0.0 MB in ")
