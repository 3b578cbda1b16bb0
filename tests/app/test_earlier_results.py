"""What an earlier run left in the folder says nothing about this one."""

from __future__ import annotations

from pathlib import Path

from auditor.app.audit import Request, run_audit

ROOT = Path(__file__).parents[2]


def test_the_cover_of_an_earlier_result_goes(tmp_path):
    stale = tmp_path / "engagement.json"
    stale.write_text("{}", encoding="utf-8")
    run_audit(Request([ROOT / "examples" / "acme" / "kesl"], tmp_path, jobs=1, formats=()))
    assert not stale.exists()


def test_reports_in_other_languages_are_no_inputs(tmp_path):
    for name in ("report.es.html", "checklist.ru.csv", "engagement.json"):
        (tmp_path / name).write_text("of an earlier run", encoding="utf-8")
    (tmp_path / "export.ini").write_text("[General]\n", encoding="utf-8")
    result = run_audit(Request([tmp_path], tmp_path, jobs=1, formats=()))
    assert [one["path"].rpartition("/")[2] for one in result["inputs"]] == ["export.ini"]
