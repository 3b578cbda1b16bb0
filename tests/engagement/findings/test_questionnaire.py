"""Interview questions out and answers back: nothing is lost, nothing is half taken, no workbook does harm."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.app.accounts import contacts
from auditor.app.audit import Request
from auditor.app.findings import questions, workbook_in
from auditor.app.findings.workbook_out import COLUMNS, workbook_bytes
from auditor.app.findings.yaml_questions import read_yaml, yaml_bytes
from auditor.errors import AuditorError, ContentError
from auditor.reporting.reader import load_result
from auditor.sdk import strict_yaml
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.findings.conftest import ROOT, changed, host, run
from tests.store.world import problems

FILLED = {
    "answer": "met",
    "author": "Head of operations",
    "date": date(2026, 11, 20),
    "evidence": "=The protocol of October",
    "valid_until": date(2027, 11, 20),
    "remark": "Twice a year",
}


@pytest.fixture
def day(auditor, engagement, in_work, scene):
    engagement()
    in_work("HC-0001", {"web01": host()})
    yield auditor
    assert problems(scene) == []


def edit(path, change, sheet=0):
    """Change a workbook as a person does."""
    book = openpyxl.load_workbook(path)
    change(book.worksheets[sheet])
    book.save(path)


def put(row, **values):
    def change(sheet):
        for name, value in values.items():
            sheet.cell(row=row, column=COLUMNS.index(name) + 1, value=value)

    return change


def exported(auditor, name="q.xlsx", *more):
    auditor.said("questionnaire", "export", "HC-0001", "--out", name, *more)
    return name


def answers(scene):
    with scene.reading() as reading:
        return {one["identity"]["check"]: one["attestation"] for one in reading.documents("finding").values()}


def test_the_workbook_is_ready_to_be_filled_in(day, tmp_path):
    book = openpyxl.load_workbook(tmp_path / exported(day))
    sheet, about = book.worksheets
    assert (sheet.title, about.title) == ("Questions", "How to")
    header, first, second = (
        [cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4, max_col=len(COLUMNS))
    )
    assert header[0] == "Check"
    assert header[COLUMNS.index("answer")] == "Answer"
    assert (first[0], second[0]) == ("T-ASK-001", "T-ASK-002")
    assert first[1:5] == [
        "Backups are tested", "Is it so that backups are tested?", "Without it the hosts are open to attacks.",
        "A screenshot.",
    ]  # fmt: skip
    assert first[COLUMNS.index("allowed")] == "met, not met, not applicable"
    assert sheet.protection.sheet
    assert sheet.row_dimensions[1].hidden
    assert sheet.freeze_panes == "C3"
    for name in questions.ASKED:
        assert sheet.cell(row=3, column=COLUMNS.index(name) + 1).protection.locked
    for name in questions.ANSWERED:
        assert not sheet.cell(row=3, column=COLUMNS.index(name) + 1).protection.locked
    assert all(12 <= sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width <= 50
               for place in range(1, len(COLUMNS) + 1))  # fmt: skip
    [listed] = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert listed.formula1 == '"met,not met,not applicable"'
    assert "H3" in listed.sqref
    assert {str(one.sqref) for one in sheet.data_validations.dataValidation if one.type == "date"} == {"J3:J4", "L3:L4"}
    assert about["B1"].value == "HC-0001"
    assert about["B2"].value == "madrid"


def test_the_same_content_gives_the_same_bytes(day, tmp_path):
    one, other = (tmp_path / exported(day, name) for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == other.read_bytes()


def test_answers_come_back_whole_and_once(day, scene, tmp_path):
    path = tmp_path / exported(day)
    edit(path, put(3, **{**FILLED, "evidence": "The protocol of October"}))
    assert day.json("questionnaire", "import", path) == {"account": "madrid", "new": 1, "same": 0, "open": 1}
    [found] = [one for check, one in answers(scene).items() if check == "T-ASK-001"]
    assert {name: found[name] for name in ("answer", "author", "on", "evidence", "valid_until", "reason")} == {
        "answer": "pass",
        "author": "Head of operations",
        "on": "2026-11-20",
        "evidence": "The protocol of October",
        "valid_until": "2027-11-20",
        "reason": "Twice a year",
    }
    with scene.reading() as reading:
        before = reading.head()
    assert day.json("questionnaire", "import", path) == {"account": "madrid", "new": 0, "same": 1, "open": 1}
    with scene.reading() as reading:
        assert reading.head() == before


def test_the_next_audit_finds_valid_answers_filled_in_and_ended_ones_beside(day, scene, clock, tmp_path):
    with scene.writing() as writing:
        values = {"account": "madrid", "name": "First Contact", "authorised_from": "2026-01-01"}
        contact = contacts.add_contact(writing, values, PROGRAMMES, act(2026, 11, 3, 9)).contact
    path = tmp_path / exported(day)
    edit(path, put(3, **{**FILLED, "evidence": "seen", "author": f"contact:{contact.id}"}))
    day.said("questionnaire", "import", path)
    clock.at = datetime(2027, 11, 20, 12, tzinfo=UTC)  # the last day
    again = tmp_path / exported(day, "again.xlsx")
    sheet = openpyxl.load_workbook(again).worksheets[0]
    row = {name: sheet.cell(row=3, column=place).value for place, name in enumerate(COLUMNS, 1)}
    assert (row["answer"], row["author"]) == ("met", f"First Contact (contact:{contact.id})")
    assert (row["date"], row["valid_until"]) == (datetime(2026, 11, 20), datetime(2027, 11, 20))  # noqa: DTZ001  # cells have no zone
    assert day.json("questionnaire", "import", again)["same"] == 1
    clock.at = datetime(2027, 11, 21, 12, tzinfo=UTC)
    sheet = openpyxl.load_workbook(tmp_path / exported(day, "later.xlsx")).worksheets[0]
    row = {name: sheet.cell(row=3, column=place).value for place, name in enumerate(COLUMNS, 1)}
    assert (row["answer"], row["author"], row["evidence"]) == (None, None, None)
    assert row["earlier"] == "answer ended 20 Nov 2027: met"


@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_a_questionnaire_in_another_language_comes_back(day, scene, tmp_path, language):
    path = tmp_path / exported(day, "q.xlsx", "--language", language)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    listed = next(one for one in sheet.data_validations.dataValidation if one.type == "list")
    words = listed.formula1.strip('"').split(",")
    edit(path, put(3, **{**FILLED, "answer": words[1], "evidence": "x"}))
    edit(path, put(4, **{**FILLED, "answer": words[2].upper(), "evidence": "x"}))
    assert day.json("questionnaire", "import", path)["new"] == 2
    assert {check: one["answer"] for check, one in answers(scene).items()} == {
        "T-ASK-001": "fail", "T-ASK-002": "not_applicable",
    }  # fmt: skip


def test_yaml_goes_the_same_way(day, scene, tmp_path):
    path = tmp_path / exported(day, "q.yaml")
    document = strict_yaml.load(path.read_text(encoding="utf-8"), "q.yaml")
    assert [one["check"] for one in document["questions"]] == ["T-ASK-001", "T-ASK-002"]
    document["questions"][1] |= {**FILLED, "answer": "fail", "date": "2026-11-20", "valid_until": "2027-11-20"}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert day.json("questionnaire", "import", path) == {"account": "madrid", "new": 1, "same": 0, "open": 1}
    assert answers(scene)["T-ASK-002"]["evidence"] == "=The protocol of October"
    # what looks like a formula is text in the workbook as well
    sheet = openpyxl.load_workbook(tmp_path / exported(day)).worksheets[0]
    cell = sheet.cell(row=4, column=COLUMNS.index("evidence") + 1)
    assert (cell.value, cell.data_type) == ("=The protocol of October", "s")
    again = strict_yaml.load((tmp_path / exported(day, "b.yaml")).read_text(encoding="utf-8"), "b.yaml")
    assert again["questions"][1]["answer"] == "fail"
    assert day.json("questionnaire", "import", "b.yaml")["same"] == 1


def test_without_an_engagement_a_result_is_named(auditor, scene, audit, tmp_path):
    folder = audit("self", {"web01": host()})
    auditor.said("questionnaire", "export", folder, "--out", "q.xlsx")
    edit(tmp_path / "q.xlsx", put(3, **{**FILLED, "evidence": "x"}))
    assert "whose answers" in str(auditor.refused("questionnaire", "import", "q.xlsx"))
    assert "--result" in str(auditor.refused("questionnaire", "import", "q.xlsx", "--account", "madrid"))
    done = auditor.json("questionnaire", "import", "q.xlsx", "--account", "madrid", "--result", folder)
    assert (done["account"], done["new"]) == ("madrid", 1)


def test_a_questionnaire_of_another_engagement_is_refused(day, engagement, in_work, tmp_path):
    engagement("saopaulo")
    in_work("HC-0002", {"web01": host()})
    path = tmp_path / exported(day)
    assert "is for the engagement HC-0001" in str(
        day.refused("questionnaire", "import", path, "--engagement", "HC-0002")
    )


def test_the_answers_that_a_sheet_offers_are_named_in_its_language(day, tmp_path):
    path = tmp_path / exported(day, "q.xlsx", "--language", "es")
    edit(path, put(3, **{**FILLED, "answer": "cumple"}))
    error = str(day.refused("questionnaire", "import", path))
    assert "'cumple' is no answer; there are se cumple, no se cumple, no procede" in error
    edit(path, put(3, **{**FILLED, "answer": "cumple", "allowed": "perhaps"}))  # not what was exported
    assert "there are pass, fail, not_applicable" in str(day.refused("questionnaire", "import", path))


# (what is done to the row of the first question, what is said, the cell)
WRONG = [
    ({"answer": "perhaps"}, "is no answer", "H3"),
    ({"answer": True}, "is no answer", "H3"),
    ({"answer": 1}, "is no answer", "H3"),
    ({"answer": None}, "the answer is missing", "H3"),
    ({"answer": '=IF(1,"met","not met")'}, "holds a formula", "H3"),
    ({"evidence": '=HYPERLINK("http://example.org","x")'}, "holds a formula", "K3"),
    ({"author": None}, "the author is missing", "I3"),
    ({"author": 42}, "42 is no text", "I3"),
    ({"evidence": "   "}, "the evidence is missing", "K3"),
    ({"evidence": "x" * 10_001}, "10000 are the limit", "K3"),
    ({"date": "20.11.2026"}, "is no date", "J3"),
    ({"date": True}, "True is no date", "J3"),
    ({"date": None}, "the date is missing", "J3"),
    ({"date": date(2026, 11, 24)}, "lies in the future", "H3"),
    ({"valid_until": date(2026, 11, 19)}, "before it counts", "H3"),
    ({"valid_until": None}, "the valid until is missing", "L3"),
    ({"check": "T-ASK-009"}, "'T-ASK-009' is no interview question", "A3"),
    ({"check": "T-GEN-001"}, "'T-GEN-001' is no interview question", "A3"),
    ({"check": "T-ASK-002"}, "T-ASK-002 was asked at sheet Questions, cell A3 already", "A4"),
    ({"question": "Is it not so?"}, "the question of T-ASK-001 was changed", "C3"),
    ({"author": "contact:C-0099"}, "there is no contact", "H3"),
]


def test_what_is_wrong_is_named_by_sheet_and_cell_and_nothing_is_taken(day, scene, tmp_path):
    clean = (tmp_path / exported(day)).read_bytes()
    path = tmp_path / "wrong.xlsx"
    for values, said, cell in WRONG:
        path.write_bytes(clean)
        edit(path, put(3, **{**FILLED, "evidence": "x", **values}))
        edit(path, put(4, **{**FILLED, "evidence": "good"}))
        error = day.refused("questionnaire", "import", path)
        assert isinstance(error, ContentError), said
        assert f"sheet Questions, cell {cell}: " in error.message, error.message
        assert said in error.message
    assert answers(scene) == {}


def test_everything_that_is_wrong_is_told_at_once(day, tmp_path):
    path = tmp_path / exported(day)
    edit(path, put(3, answer="perhaps"))
    edit(path, put(4, **{**FILLED, "date": "soon"}))
    message = day.refused("questionnaire", "import", path).message
    assert all(cell in message for cell in ("H3", "I3", "J3", "K3", "L3", "J4", "K4"))


def test_a_question_that_changed_since_the_export_is_asked_anew(day, in_work, tmp_path):
    path = tmp_path / exported(day)
    edit(path, put(3, **{**FILLED, "evidence": "x"}))
    other = {"question": "Is every backup restored once a year?", "evidence": "A screenshot."}
    in_work("HC-0001", {"web01": host()}, checks=changed("T-ASK-001", manual=other))
    assert "export the questionnaire again" in day.refused("questionnaire", "import", path).message


def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def rebuilt(path, change):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    path.write_bytes(packed(members))


def doctype(members):
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    head, _, rest = sheet.partition("?>")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    members["xl/worksheets/sheet1.xml"] = f"{head}?>{bomb}{rest}".encode()


HOSTILE = {
    "a bomb": lambda members: members.update({"xl/media/image1.png": b"\0" * (20 << 20)}),
    "a link to another file": lambda members: members.update({"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "macros": lambda members: members.update({"xl/vbaProject.bin": b"x"}),
    "entities": doctype,
    "a sheet cut off": lambda members: members.update(
        {"xl/worksheets/sheet1.xml": members["xl/worksheets/sheet1.xml"][:900]}
    ),
    "no sheet": lambda members: members.pop("xl/worksheets/sheet1.xml"),
    "no content types": lambda members: members.pop("[Content_Types].xml"),
    "no workbook": lambda members: members.update({"xl/workbook.xml": b"<workbook/>"}),
    "too many members": lambda members: members.update({f"xl/x{number}.xml": b"" for number in range(600)}),
    "the same name twice": lambda members: members.update({"XL/Workbook.xml": b"<x/>"}),
}


@pytest.mark.parametrize("damage", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_workbook_is_refused(tmp_path, damage):
    path = tmp_path / "q.xlsx"
    path.write_bytes(workbook_bytes({"engagement": "", "account": ""}, [{"check": "T-ASK-001"}], "en"))
    assert workbook_in.read_workbook(path, questions.Problems("q.xlsx")).questions
    rebuilt(path, damage)
    with pytest.raises(AuditorError):
        workbook_in.read_workbook(path, questions.Problems("q.xlsx"))


def test_a_row_far_below_costs_nothing(tmp_path):
    path = tmp_path / "q.xlsx"
    path.write_bytes(workbook_bytes({"engagement": "", "account": ""}, [{"check": "T-ASK-001"}], "en"))
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    rebuilt(path, lambda members: members.update(
        {"xl/worksheets/sheet1.xml": members["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", far)}
    ))  # fmt: skip
    with pytest.raises(ContentError, match="more than 5000 rows"):
        workbook_in.read_workbook(path, questions.Problems("q.xlsx"))


def beyond(place):
    """A zip whose only member begins at a place that no file has (ZIP64)."""
    data = packed({"a": b"b"})
    entry, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, place)
    directory = bytearray(data[entry:end] + extra)
    directory[42:46] = b"\xff" * 4
    directory[30:32] = struct.pack("<H", len(extra))
    last = bytearray(data[end:])
    last[12:16] = struct.pack("<I", len(directory))
    return data[:entry] + bytes(directory) + bytes(last)


@pytest.mark.parametrize("data", [b"", b"PK", b"no workbook", packed({}), packed({"a.txt": b"x"}), beyond(2**63 + 5)])
def test_what_is_no_workbook_is_said_to_be_none(tmp_path, data):
    path = tmp_path / "q.xlsx"
    path.write_bytes(data)
    with pytest.raises(ContentError):
        workbook_in.read_workbook(path, questions.Problems("q.xlsx"))


def test_a_file_that_is_neither_is_refused(day, tmp_path):
    (tmp_path / "q.ods").write_bytes(b"x")
    assert "neither .xlsx nor .yaml" in str(day.refused("questionnaire", "import", "q.ods"))
    assert "neither" in str(day.refused("questionnaire", "export", "HC-0001", "--out", "q.csv"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: other/1\n", "is no questionnaire"),
        ("format: auditor-questionnaire/1\nquestions: {}\n", "is no list"),
        ("format: auditor-questionnaire/1\nquestions:\n  - &a {check: x}\n  - *a\n", "aliases"),
        ("[" * 2000, "nested more than 100"),
    ],
)
def test_hostile_yaml_is_refused(tmp_path, text, said):
    path = tmp_path / "q.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=said):
        read_yaml(path, questions.Problems("q.yaml"))


def test_lists_and_mappings_in_place_of_answers_are_told_with_their_places(day, tmp_path):
    path = tmp_path / exported(day, "q.yaml")
    document = strict_yaml.load(path.read_text(encoding="utf-8"), "q.yaml")
    wrong = {"answer": ["pass"], "author": {"name": "x"}, "date": ["2026-11-20"], "evidence": [], "valid_until": {}}
    document["questions"][1] |= wrong
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    said = day.refused("questionnaire", "import", path).message
    assert "questions/1/answer: ['pass'] is no answer" in said
    assert all(f"questions/1/{name}: " in said for name in wrong)


def test_an_unknown_key_in_yaml_is_named(day, tmp_path):
    path = tmp_path / exported(day, "q.yaml")
    text = path.read_text(encoding="utf-8").replace("remark: ''", "remarks: ''", 1)
    path.write_text(text, encoding="utf-8")
    assert "questions/0/remarks: there is no such key" in day.refused("questionnaire", "import", path).message


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1,
    max_size=40,
).filter(str.strip)  # fmt: skip
days = st.dates(date(2000, 1, 1), date(2199, 12, 31))
rows = st.fixed_dictionaries(
    {"answer": st.sampled_from(["pass", "fail", "not_applicable"]), "author": texts, "date": days, "evidence": texts,
     "valid_until": days, "remark": st.just("") | texts}
)  # fmt: skip


def read_back(read, path):
    found = questions.Problems(path.name)
    [one] = read(path, found).questions
    made = questions.given(one, found)
    found.refuse()
    return made


@settings(max_examples=40)
@given(rows)
def test_an_answer_comes_back_as_it_was_given(tmp_path_factory, row):
    folder = tmp_path_factory.mktemp("answers")
    asked = {"check": "T-ASK-001", "title": "t", "question": "q", "why": "w", "show": "s"}
    about = {"engagement": "", "account": ""}
    (folder / "q.xlsx").write_bytes(workbook_bytes(about, [{**asked, **row}], "en"))
    (folder / "q.yaml").write_bytes(yaml_bytes(about, [{**asked, **row}]))
    expected = questions.Given(
        row["answer"], row["author"].strip(), row["date"], row["evidence"].strip(), row["valid_until"],
        row["remark"].strip(),
    )  # fmt: skip
    assert read_back(workbook_in.read_workbook, folder / "q.xlsx") == expected
    assert read_back(read_yaml, folder / "q.yaml") == expected


def test_every_question_of_the_shipped_checks_fits(auditor, tmp_path):
    folder = run(Request([ROOT / "examples" / "acme" / "kesl" / "web01"], tmp_path / "shipped", jobs=1))
    asked = [one["id"] for one in load_result(folder).data["checks"] if one["form"] == "manual"]
    assert f"{len(asked)} questions" in auditor.said("questionnaire", "export", folder, "--out", "q.xlsx")
    found = questions.Problems("q.xlsx")
    came = workbook_in.read_workbook(tmp_path / "q.xlsx", found).questions
    assert sorted(one.values["check"] for one in came) == sorted(asked)
    assert len(questions.paired(came, questions.questions_of(load_result(folder)), found)) == len(asked)
    found.refuse()
