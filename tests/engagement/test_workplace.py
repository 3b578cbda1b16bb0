"""Where the work of an engagement lies: once for each store, by whatever path the store is named."""

from __future__ import annotations

from auditor.app.engagements.workplace import Workplace


def test_one_store_has_one_place_by_any_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "acme.db")
    named = ("acme.db", "./acme.db", str(tmp_path / "acme.db"), f"sqlite:///{tmp_path}/acme.db", "link.db")
    assert len({Workplace("HC-0001", db).folder for db in named}) == 1


def test_stores_of_one_name_in_two_folders_never_meet(tmp_path, monkeypatch):
    places = set()
    for folder in (tmp_path / "acme", tmp_path / "other"):
        folder.mkdir()
        monkeypatch.chdir(folder)
        places.add(Workplace("HC-0001", "auditor.db").folder)
    assert len(places) == 2


def test_a_server_is_the_same_with_another_password():
    urls = ("postgresql://tam:one@db.example/acme", "postgresql://tam:two@db.example/acme")
    assert len({Workplace("HC-0001", url).folder for url in urls}) == 1
