"""Compiled templates are kept, never stale, and never read from where others can write."""

from __future__ import annotations

import io
import os

import pytest

from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult


class Folder:
    """A template set on disk."""

    def __init__(self, path):
        self.path = path
        (path / "default").mkdir(parents=True)
        self.write("report.html.j2", "{{ report.title }}")
        self.write("style.css", "a{}")
        self.write("report.js", "1")

    def write(self, name, text):
        (self.path / "default" / name).write_text(text, "utf-8")


@pytest.fixture
def own(tmp_path):
    return Folder(tmp_path / "templates")


@pytest.fixture
def page(builder, own, tmp_path):
    def render(cache=tmp_path / "cache"):
        out = io.BytesIO()
        HtmlRenderer((own.path,), cache).render(StoredResult(builder.build()), out)
        return out.getvalue().decode()

    return render


def entries(tmp_path):
    return sorted((tmp_path / "cache").glob("template-*"))


def test_an_entry_is_used_again(page, tmp_path, monkeypatch):
    assert page() == "Kaspersky health check"
    assert len(entries(tmp_path)) == 1
    import jinja2

    def fail(*_, **__):
        raise AssertionError("compiled again")

    monkeypatch.setattr(jinja2.Environment, "compile", fail)
    assert page() == "Kaspersky health check"


def test_a_changed_template_is_never_stale(page, own, tmp_path):
    page()
    own.write("report.html.j2", "changed: {{ report.title }}")
    assert page() == "changed: Kaspersky health check"


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"j2\x00"])
def test_a_damaged_entry_is_replaced(page, tmp_path, damage):
    page()
    entry = entries(tmp_path)[0]
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert page() == "Kaspersky health check"
    assert entry.read_bytes() == whole


def test_a_truncated_entry_is_replaced(page, tmp_path):
    page()
    entry = entries(tmp_path)[0]
    whole = entry.read_bytes()
    for length in range(0, len(whole), 37):
        entry.write_bytes(whole[:length])
        assert page() == "Kaspersky health check"
        assert entry.read_bytes() == whole


def test_a_folder_that_others_can_write_to_is_not_trusted(page, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    assert page() == "Kaspersky health check"
    assert entries(tmp_path) == []


def test_a_folder_of_somebody_else_is_not_trusted(page, tmp_path, monkeypatch):
    page()
    monkeypatch.setattr(os, "getuid", lambda: 4_242, raising=False)
    entries(tmp_path)[0].write_bytes(b"planted")
    assert page() == "Kaspersky health check"
    assert entries(tmp_path)[0].read_bytes() == b"planted"


def test_without_a_usable_folder_nothing_changes(page, tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert page(tmp_path / "file" / "cache") == page(None) == "Kaspersky health check"


def test_no_half_entry_stays(page, tmp_path):
    page()
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".bin"]
