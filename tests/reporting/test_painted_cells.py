"""Cells of a table in plain text: cut to their column, however long they are."""

from __future__ import annotations

import io
import time

import pytest

from auditor.reporting.paint import Grid, paint


@pytest.mark.parametrize("letter", ["k", "\u5b57", "e\u0301"], ids=["narrow", "wide", "marked"])
def test_a_cell_of_megabytes_is_soon_cut(monkeypatch, letter):
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    started = time.process_time()
    paint([Grid(("Areas", "Name"), ((letter * 1_000_000, "web01"),), ("",), 0)], stream)
    assert time.process_time() - started < 10
    assert letter * 40 in stream.getvalue()
    assert "..." in stream.getvalue()
    assert len(stream.getvalue()) < 1_000
