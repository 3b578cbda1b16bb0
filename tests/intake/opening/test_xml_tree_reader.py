"""XML: KSWS areas, generic trees, lines, hostile and damaged documents. All documents are made here, from the structure
that the format notes describe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import AuditorError, BrokenExport, LimitExceeded, UnreadableExport
from auditor.intake.limits import Limits
from auditor.intake.sources import FileSource
from auditor.intake.xml_tree import XmlReader, root_name
from auditor.sdk.reading import Note

KSWS = """<?xml version="1.0" encoding="UTF-8"?>
<KAV-WSEE-Settings xmlns="urn:kaspersky.com/products/wsee/8.0/export/settings">
  <ProductInfo><ProductName>WSEE</ProductName><ProductVersion>8.0.0.0</ProductVersion></ProductInfo>
  <Settings>
    <TrustedZone>
      <__VersionInfo><element>1</element><element>1</element></__VersionInfo>
      <TrustedProcessesEnabled>no</TrustedProcessesEnabled>
      <TrustedProcesses/>
      <ExclutionRules>
        <element>
          <Enabled>yes</Enabled>
          <Objects><element><Type>4</Type><Path>D:\\Data\\</Path></element></Objects>
        </element>
        <element>
          <Enabled>no</Enabled>
          <Password>hunter22</Password>
        </element>
      </ExclutionRules>
    </TrustedZone>
    <Plain>7</Plain>
  </Settings>
  <RealTimeProtectionTasks>
    <NetworkAttackBlocker><Task><Settings>
      <ExcludeAddresses><element><Address>192.0.2.10</Address></element></ExcludeAddresses>
    </Settings></Task></NetworkAttackBlocker>
  </RealTimeProtectionTasks>
</KAV-WSEE-Settings>
"""


def read(tmp_path, text, limits=None, name="fs01/settings.xml"):
    """Format, parts by area, notes, and the error at the end."""
    path = tmp_path / "x"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = FileSource(str(path), name, limits or Limits())
    reader = XmlReader()
    parts, notes, failure = {}, [], None
    format_id = reader.recognise(source)
    try:
        for item in reader.read(source, format_id) if format_id else ():
            if isinstance(item, Note):
                notes.append(str(item))
            else:
                assert item.settings.area not in parts
                parts[item.settings.area] = item
    except AuditorError as error:
        failure = error
    return format_id, parts, notes, failure


@pytest.mark.parametrize("product", ['<ProductName kind="x">WSEE</ProductName>', "<ProductName/><ProductName/>"])
def test_a_product_name_of_another_form_is_a_remark_only(tmp_path, product):
    _, parts, notes, failure = read(tmp_path, KSWS.replace("<ProductName>WSEE</ProductName>", product))
    assert failure is None
    assert "Settings.TrustedZone" in parts
    assert [note for note in notes if note.startswith("the product calls itself")]


def test_ksws_settings_come_by_area(tmp_path):
    format_id, parts, notes, failure = read(tmp_path, KSWS)
    assert (format_id, failure) == ("ksws.settings", None)
    assert {area: part.settings.values for area, part in parts.items()} == {
        "ProductInfo": {"ProductName": "WSEE", "ProductVersion": "8.0.0.0"},
        "Settings.TrustedZone": {
            "TrustedProcessesEnabled": "no",
            "TrustedProcesses": "",
            "ExclutionRules": [
                {"Enabled": "yes", "Objects": [{"Type": "4", "Path": "D:\\Data\\"}]},
                {"Enabled": "no", "Password": "***"},
            ],
        },
        "Settings": {"Plain": "7"},
        "RealTimeProtectionTasks.NetworkAttackBlocker": {
            "Task": {"Settings": {"ExcludeAddresses": [{"Address": "192.0.2.10"}]}}
        },
    }
    subject = parts["Settings"].subject
    assert (subject.kind, subject.key, subject.product, subject.version) == ("ksws.settings", "fs01", "ksws", "")
    assert all(part.settings.complete for part in parts.values())
    assert notes == ["1 format versions (__VersionInfo) left out", "1 secrets redacted"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("TrustedProcessesEnabled",), "<TrustedProcessesEnabled>"),
        (("ExclutionRules", 0, "Objects", 0, "Path"), "<Path>"),
        (("ExclutionRules", 1, "Enabled"), "<Enabled>no"),
        ((), "<TrustedZone>"),
        (("ExclutionRules", 1, "Missing"), "<element>\n          <Enabled>no"),
    ],
)
def test_evidence_stands_on_the_line_of_the_value(tmp_path, path, text):
    part = read(tmp_path, KSWS)[1]["Settings.TrustedZone"]
    assert part.line + part.settings.locate(path) == KSWS[: KSWS.index(text)].count("\n") + 1


def test_a_list_of_one_is_a_list_in_an_area_too(tmp_path):
    text = "<KAV-WSEE-Settings><S><L><element><A>1</A></element></L></S></KAV-WSEE-Settings>"
    assert read(tmp_path, text)[1]["S.L"].settings.values == {"element": [{"A": "1"}]}


def test_another_product_of_the_same_layout_is_mentioned(tmp_path):
    notes = read(tmp_path, KSWS.replace(">WSEE<", ">OTHER<"))[2]
    assert "the product calls itself OTHER; it was read by the layout of KSWS" in notes


def test_a_truncated_export_keeps_what_stood_before_and_says_that_it_is_incomplete(tmp_path):
    cut = KSWS.index("Data")
    _, parts, _, failure = read(tmp_path, KSWS[:cut])
    assert isinstance(failure, BrokenExport)
    assert failure.where == f"line {KSWS[:cut].count(chr(10)) + 1}"
    assert parts["ProductInfo"].settings.complete
    zone = parts["Settings.TrustedZone"].settings
    assert not zone.complete
    assert zone.values["TrustedProcessesEnabled"] == "no"
    assert zone.values["ExclutionRules"] == [{"Enabled": "yes", "Objects": [{"Type": "4"}]}]


@given(st.integers(0, len(KSWS) - 2))
def test_no_truncation_invents_or_changes_a_value(tmp_path_factory, cut):
    folder = tmp_path_factory.getbasetemp()
    whole = read(folder, KSWS)[1]
    format_id, parts, _, failure = read(folder, KSWS[:cut].rstrip())
    if format_id == "ksws.settings" and cut < len(KSWS.rstrip()):
        assert isinstance(failure, BrokenExport)
        for area, part in parts.items():
            if part.settings.complete:
                assert part.settings.values == whole[area].settings.values
            else:
                assert _within(part.settings.values, whole[area].settings.values)


def _within(less, more):
    if isinstance(less, dict):
        return isinstance(more, dict) and all(key in more and _within(less[key], more[key]) for key in less)
    if isinstance(less, list):
        return len(less) <= len(more) and all(map(_within, less, more))
    return less == more


def test_other_documents_are_generic_trees(tmp_path):
    text = '<!-- c --><x:conf xmlns:x="u" x:v="1"><a>1</a><a>2</a><b k="v">t</b>free</x:conf>'
    format_id, parts, notes, _ = read(tmp_path, text, name="gw01/conf.xml")
    part = parts["document"]
    assert format_id == "xml.document"
    assert part.settings.values == {
        "conf": {"@v": "1", "a": ["1", "2"], "b": {"@k": "v", "#text": "t"}, "#text": "free"}
    }
    assert (part.subject.key, part.subject.product) == ("gw01/conf.xml", "unmapped")
    assert "unmapped product" in notes[0]


@pytest.mark.parametrize(
    ("root", "product"),
    [("klms8settings", "klms"), ("KWTS", "kwts"), ("kavhttpd", "scan-engine"), ("other", "unmapped")],
)
def test_products_are_named_when_the_root_tells(tmp_path, root, product):
    assert read(tmp_path, f"<{root}><a>1</a></{root}>")[1]["document"].subject.product == product


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS + "]><l>&j;</l>",
        "<!DOCTYPE l [<!ELEMENT l ANY>]><l/>",
        "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><l>&x;</l>",
        "<!DOCTYPE l SYSTEM 'http://192.0.2.1/x.dtd'><l/>",
        "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY % p SYSTEM 'http://192.0.2.1/'> %p;]><l/>",
    ],
)
def test_document_types_and_entities_are_refused(tmp_path, text):
    format_id, parts, _, failure = read(tmp_path, text)
    assert (format_id, parts) == ("xml.document", {})
    assert isinstance(failure, UnreadableExport)
    assert failure.where == "line 1"


def test_nesting_and_size_are_limited(tmp_path):
    deep = "<a>" * 5 + "</a>" * 5
    assert read(tmp_path, deep, Limits(max_nesting=5))[3] is None
    assert isinstance(read(tmp_path, deep, Limits(max_nesting=4))[3], LimitExceeded)
    wide = "<a>" + "<b/>" * 9 + "</a>"
    assert read(tmp_path, wide, Limits(max_values=10))[3] is None
    assert isinstance(read(tmp_path, wide, Limits(max_values=9))[3], LimitExceeded)
    assert read(tmp_path, wide, Limits(max_file_bytes=len(wide)))[3] is None
    assert isinstance(read(tmp_path, wide, Limits(max_file_bytes=len(wide) - 1))[3], LimitExceeded)
    hidden = "<KAV-WSEE-Settings><__VersionInfo>" + "<a>" * 200
    assert isinstance(read(tmp_path, hidden)[3], LimitExceeded)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_encodings(tmp_path, codec):
    assert read(tmp_path, "<a>я</a>".encode(codec))[1]["document"].settings.values == {"a": "я"}


@pytest.mark.parametrize(
    "text", ["", "A=1", '{"a": "<b>"}', "<html><p/></html>", "<!DOCTYPE html><html/>", "a < b", "< a>"]
)
def test_what_is_no_xml_export_is_left_to_others(tmp_path, text):
    assert read(tmp_path, text)[0] == ""


@pytest.mark.parametrize(
    "text", ["<a><b></a>", "<a>&nope;</a>", "<a/><b/>", "<a>\x01</a>", "<?xml version='1.0' encoding='no-such'?><a/>"]
)
def test_damage_is_broken_with_a_line(tmp_path, text):
    failure = read(tmp_path, text)[3]
    assert isinstance(failure, BrokenExport)
    assert failure.where == "line 1"


@given(st.text(alphabet='<>!?-[]ax \n:"=/', max_size=80))
def test_any_beginning_has_a_root_or_none(text):
    root = root_name(text)
    assert root in {"", "?"} or root in text


@given(st.text(alphabet="<>/!?&;ab=' \n", max_size=60), st.sampled_from(["{}", "<a>{}</a>", "<KAV-WSEE-Settings>{}"]))
def test_any_markup_is_read_or_blamed(tmp_path_factory, text, around):
    read(tmp_path_factory.getbasetemp(), around.format(text))
