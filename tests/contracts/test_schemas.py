"""The published JSON Schemas: valid, identified, and printable."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from auditor.cli.main import cli
from auditor.cli.schema import NAMES

FILES = {entry.name.removesuffix(".schema.json"): entry for entry in (files("auditor.sdk") / "schemas").iterdir()}


def test_every_schema_is_published():
    assert set(FILES) == set(NAMES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_schema_is_valid_and_identified(name):
    schema = json.loads(FILES[name].read_bytes())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith(f"urn:auditor:schema:{name}:")
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", sorted(FILES))
def test_schema_is_printed_as_it_is(name):
    done = CliRunner().invoke(cli, ["schema", name])
    assert done.exit_code == 0
    assert done.output == FILES[name].read_text("utf-8")
