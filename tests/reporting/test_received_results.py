"""Results that somebody else wrote or changed: what is not as the schema says is told with its place."""

from __future__ import annotations

import orjson
import pytest

from auditor.app.plugins import load_plugins
from auditor.app.reports import render_stored
from auditor.errors import ResultError


@pytest.mark.parametrize(
    ("steps", "value", "place"),
    [
        (("inventory", 0, "kind"), None, "/inventory/0/kind: None is not of type 'string'"),
        (("checks", 0), [None], "/checks/0: .* is not of type 'object'"),
        (("checks", 0, "title"), {"a": 1}, "/checks/0/title: .* is not of type 'string'"),
        (("inventory", 0, "count"), -1e300, r"/inventory/0/count: -1e\+300 is not of type 'integer'"),
        (("inputs", 0, "values"), "\x1b[31m", "/inputs/0/values: .* is not of type 'integer'"),
    ],
)
def test_a_changed_result_is_told_with_its_place(acme_result, tmp_path, steps, value, place):
    changed = orjson.loads(orjson.dumps(acme_result))
    inner = changed
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    (tmp_path / "result.json").write_bytes(orjson.dumps(changed))
    with pytest.raises(ResultError, match=place) as caught:
        render_stored(tmp_path / "result.json", tmp_path, ("html", "checklist", "findings"), load_plugins())
    assert caught.value.where == str(tmp_path / "result.json")
