"""auditor key and auditor verify as a person runs them: words and exit codes."""

from __future__ import annotations

import sys

import pytest

from auditor.app.evidence.keys import load_key
from auditor.app.evidence.sealing import seal
from auditor.cli.main import run as run_cli
from tests.engagement.evidence.deliveries import FACTS, KEY, OTHER_KEY, REPORTS, manifest_in, resigned


@pytest.fixture
def auditor(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, words)])
        code = run_cli()
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_a_delivery_that_holds(auditor, delivery):
    code, out, _ = auditor("verify", delivery.folder, "--key", KEY.public.fingerprint, "--exports", delivery.exports)
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[1:9] if not line.startswith(" " * 20)] == [
        ["manifest", "holds"], ["signature", "holds"], ["result", "holds"], ["inputs", "holds"], ["checks", "holds"],
        ["verdicts", "holds"], ["reports", "holds"],
    ]  # fmt: skip
    assert f"valid, made by the key you named, {KEY.public.fingerprint}" in out
    assert "exports    holds           3 hashed again, each is the one that was audited" in out
    assert "not proven" not in out


def test_without_a_key_nobody_is_named_as_signer(auditor, delivery):
    code, out, _ = auditor("verify", delivery.folder)
    assert code == 0
    assert f"valid, but by a key that you have not named, {KEY.public.fingerprint}" in out
    assert out.splitlines()[-1] == "Who signed is not proven: name the key with --key."


def test_another_key_than_the_named_one_is_no_success(auditor, delivery):
    code, out, _ = auditor("verify", delivery.folder, "--key", OTHER_KEY.public.fingerprint)
    assert code == 3
    assert "First broken link: manifest.sig: is valid, but was made by another key than the one you named" in out
    assert f"expected {OTHER_KEY.public.fingerprint}" in out
    assert f"found    {KEY.public.fingerprint}" in out
    assert "result     not reached" in out


def test_a_broken_delivery_names_the_link(auditor, delivery):
    report = delivery.folder / "report.es.html"
    report.write_text(report.read_text().replace("Informe", "Informa"))
    code, out, _ = auditor("verify", delivery.folder)
    assert code == 3
    assert "reports    BROKEN" in out
    assert "First broken link: report.es.html: was changed" in out


def test_control_characters_of_a_hostile_manifest_are_shown_not_obeyed(auditor, delivery):
    manifest = manifest_in(delivery.folder)
    manifest["tool"]["version"] = "\x1b[2J\u202e"
    resigned(delivery.folder, manifest)
    code, out, _ = auditor("verify", delivery.folder)
    assert code == 3
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_words_that_cannot_be(auditor, delivery, tmp_path):
    assert auditor("verify", tmp_path / "nothing")[0] == 3
    assert auditor("verify", delivery.folder, "--key", "nobody")[0] == 2
    assert auditor("verify", delivery.folder, "--replay")[0] == 2
    assert auditor("verify", delivery.folder, "--exports", tmp_path / "nothing")[0] == 2


def test_a_replay_that_is_not_possible_here(auditor, delivery):
    code, out, _ = auditor("verify", delivery.folder, "--exports", delivery.exports, "--replay")
    assert code == 4
    assert "replay     not comparable" in out
    assert "the audit could not be run again here" in out


def test_a_key_from_making_to_signing(auditor, tmp_path, delivery):
    assert "no key in" in auditor("key", "list")[1]
    code, out, _ = auditor("key", "create", "acme")
    assert code == 0
    assert "by the rights of the file only" in out
    key = load_key("acme")
    assert key.public.fingerprint in auditor("key", "list")[1]
    assert key.public.pem.decode() in auditor("key", "show", "acme")[1]
    assert auditor("key", "create", "acme")[0] == 2
    assert auditor("key", "export", "acme", "--out", tmp_path / "acme.pub") == (
        0,
        f"written: {tmp_path}/acme.pub\n",
        "",
    )
    assert auditor("key", "export", "acme", "--out", tmp_path / "acme.pub")[0] == 3
    assert (tmp_path / "acme.pub").read_bytes() == key.public.pem
    assert auditor("key", "export", "acme")[1] == key.public.pem.decode()
    for name in ("manifest.json", "manifest.sig", "manifest.pub"):
        (delivery.folder / name).unlink()
    seal(delivery.folder, FACTS, REPORTS, key)
    code, out, _ = auditor("verify", delivery.folder, "--key", tmp_path / "acme.pub")
    assert code == 0
    assert "valid, made by your key acme" in out
    assert auditor("key", "show", "nobody")[0] == 2


def test_a_passphrase_comes_from_the_environment_or_is_asked_for(auditor, monkeypatch):
    monkeypatch.setenv("AUDITOR_KEY_PASSPHRASE", "correct horse")
    assert "by a passphrase" in auditor("key", "create", "one")[1]
    monkeypatch.delenv("AUDITOR_KEY_PASSPHRASE")
    monkeypatch.setattr("click.prompt", lambda _text, **options: "typed" if options["hide_input"] else "")
    assert "by a passphrase" in auditor("key", "create", "two", "--passphrase")[1]
    assert load_key("two", lambda: "typed").public.fingerprint
    code, out, _ = auditor("key", "create", "three", "--passphrase=secret")
    assert code == 2
    assert "secret" not in out


def test_no_private_key_is_ever_printed(auditor):
    for words in (("create", "acme"), ("show", "acme"), ("list",), ("export", "acme")):
        _, out, err = auditor("key", *words)
        assert "PRIVATE" not in out + err
