"""What a reader gets from a source: text by encoding, limits, one pass, one hash."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import BrokenExport, LimitExceeded
from auditor.intake.decoding import decode, decode_head
from auditor.intake.limits import KIB, MIB, Limits
from auditor.intake.sources import FileSource

INI = "[General]\r\nLocale=ru_RU\rИмя=Сервер\n"
FOLDED = "[General]\nLocale=ru_RU\nИмя=Сервер\n"


def source_of(put, data, limits=None, name="a.ini"):
    path = put(name, data)
    return FileSource(str(path), name, limits or Limits())


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_encodings_and_line_ends(put, codec, mark):
    source = source_of(put, mark + INI.encode(codec))
    assert source.head_text == FOLDED
    assert source.text() == FOLDED


def test_an_empty_file_is_empty_text(put):
    source = source_of(put, b"")
    assert (source.head, source.text(), source.size) == (b"", "", 0)
    assert source.digest() == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"A=1\nB=\x00\nC=3\n", "byte 6"),
        (b"ab=\x00cd", "byte 3"),
        (b"A=1\nB=\xcf\xf0\n", "byte 6"),
        (b"\xef\xbb\xbfA=\xff", "byte 5"),
        (b"\xff\xfe" + "A=1\0".encode("utf-16-le"), "byte 8"),
        (b"\xff\xfe" + "A=1".encode("utf-16-le") + b"x", "byte 8"),
        (b"A" * 5000 + b"\0", "byte 5000"),
    ],
)
def test_what_is_no_text_is_broken_at_a_byte(put, data, place):
    with pytest.raises(BrokenExport) as caught:
        source_of(put, data).text()
    assert caught.value.where == place


def test_legacy_code_pages_are_named_and_not_guessed():
    with pytest.raises(BrokenExport, match="windows-1251 are not guessed"):
        decode("Имя=Сервер".encode("cp1251"))


@given(st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_utf8_comes_back_as_it_was(text):
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text
    assert decode(b"\xff\xfe" + text.encode("utf-16-le")) == text
    assert decode(b"\xfe\xff" + text.encode("utf-16-be")) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_broken(data):
    decode_head(data)
    text, where = "", ""
    try:
        text = decode(data)
    except BrokenExport as error:
        where = error.where
    assert not {"\0", "\r"} & set(text)
    assert not where or 0 <= int(where.removeprefix("byte ")) < len(data)


def test_the_whole_file_limit_is_inclusive(put):
    assert source_of(put, b"x" * 10, Limits(max_file_bytes=10)).read() == b"x" * 10
    with pytest.raises(LimitExceeded, match="--limit max-file-bytes"):
        source_of(put, b"x" * 11, Limits(max_file_bytes=10)).read()


def test_a_large_file_is_recognised_streamed_and_hashed_in_one_pass(put):
    data = bytes(range(256)) * (12 * KIB)
    source = source_of(put, data)
    assert source.head == data[: 64 * KIB]
    assert source.size == len(data)
    with source.open() as stream:
        assert stream.read(100_000) == data[:100_000]
    assert source.digest() == hashlib.sha256(data).hexdigest()
    with pytest.raises(RuntimeError, match="read already"):
        source.open()


def test_a_large_file_can_be_read_whole_after_its_head(put):
    data = b"0123456789abcdef" * (128 * KIB)
    source = source_of(put, data)
    assert source.head_text.startswith("0123")
    assert source.read() == data
    assert source.digest() == hashlib.sha256(data).hexdigest()
    assert source.open().read() == data


def test_a_closed_large_file_has_no_hash_rather_than_a_wrong_one(put):
    source = source_of(put, b"x" * (2 * MIB))
    assert source.head
    source.close()
    assert source.sha256 == ""


def test_a_gigabyte_on_one_line_is_refused_at_once_by_whole_file_readers(tmp_path):
    path = tmp_path / "long.ini"
    with path.open("wb") as file:
        file.truncate(1024 * MIB)  # sparse: takes no space
    source = FileSource(str(path), "long.ini", Limits(max_stream_bytes=512 * MIB))
    assert len(source.head) == 64 * KIB
    with pytest.raises(LimitExceeded):
        source.text()
    with pytest.raises(LimitExceeded):
        source.open()
    assert source.sha256 == ""


def test_a_file_that_grows_without_end_is_stopped(put):
    limits = Limits(max_stream_bytes=3 * MIB)
    source = source_of(put, b"x" * (2 * MIB), limits)
    assert source.head
    feed = source._opened()
    feed._read = lambda size: b"x" * size
    with source.open() as stream, pytest.raises(LimitExceeded, match="goes on and on"):
        stream.read()
