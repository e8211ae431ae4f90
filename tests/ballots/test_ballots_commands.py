"""`quancheng ballot`: exit statuses, and files that are no archives, refused early and without a traceback."""

import json
from pathlib import Path

import pytest

from quancheng.ballots import archive, pages, verify
from quancheng.ballots.canonical import NotCanonical, canonical, parse
from quancheng.ballots.faults import BadArchive
from quancheng.cli import main
from tests.ballots.broken import BAD, HEADER, LINE
from tests.ballots.halls import lines_of, place, rechained


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_no_archive_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes):
    with pytest.raises(BadArchive):
        verify.verify(data)
    file = tmp_path / "x"
    file.write_bytes(data)
    assert main(["ballot", "verify", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and "Traceback" not in shown.err


def test_the_line_the_bad_ones_are_made_of_is_good():
    assert archive.read(HEADER + LINE) == [{"body": {}, "hash": "00" * 32, "type": "manifest"}]
    assert verify.verify(HEADER + LINE).code == "chain"


def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "large"
    with file.open("wb") as handle:
        handle.truncate(100 * 1024 * 1024)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    assert main(["ballot", "verify", str(file)]) == 2


@pytest.mark.parametrize(("limit", "value"), [("LARGEST", 1000), ("MOST_EVENTS", 20)])
def test_bytes_and_events_have_a_limit(archived: bytes, monkeypatch: pytest.MonkeyPatch, limit: str, value: int):
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(BadArchive):
        verify.verify(archived)


def test_a_directory_or_nothing_is_bad_input(tmp_path: Path):
    assert main(["ballot", "verify", str(tmp_path)]) == 2
    assert main(["ballot", "verify", str(tmp_path / "none")]) == 2


def test_verify_prints_totals_and_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str], archived: bytes):
    file = tmp_path / "a"
    file.write_bytes(archived)
    assert main(["ballot", "verify", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "核验通过" in shown and "项目 1　" in shown and "外部审查" in shown
    root = verify.verify(archived).root
    assert root in shown
    assert main(["ballot", "verify", str(file), "--root", root.upper()]) == 0
    assert main(["ballot", "verify", str(file), "--root", "00" * 32]) == 1


def test_verify_names_the_first_broken_thing(tmp_path: Path, capsys: pytest.CaptureFixture[str], archived: bytes):
    lines = lines_of(archived)
    spot = place(lines, "cast", 1)
    lines[spot]["body"]["ballot"]["answers"][0]["sum"].reverse()
    file = tmp_path / "a"
    file.write_bytes(rechained(lines))
    assert main(["ballot", "verify", str(file)]) == 1
    shown = capsys.readouterr().out
    assert f"第 {spot} 个事件（ballot）" in shown and "未通过" in shown and "项目 1" not in shown


def test_simulate_writes_what_verify_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "made"
    assert main(["ballot", "simulate", "--voters", "9", "--options", "4", "--out", str(out)]) == 0
    assert main(["ballot", "verify", str(out)]) == 0
    assert "应到 9" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [[], ["verify"], ["count", "x"], ["verify", "a", "b"], ["verify", "a", "--key", "b"], ["simulate"],
     ["simulate", "--voters", "0", "--options", "4", "--out", "x"], ["simulate", "--voters", "9", "--options", "1", "--out", "x"],
     ["simulate", "--voters", "９", "--options", "4", "--out", "x"], ["simulate", "--voters", "99999999999", "--options", "4", "--out", "x"],
     ["simulate", "--voters", "3", "--options", "4", "--out"], ["simulate", "--voters", "2", "--options", "2", "--out", "/nowhere/x"]],
)  # fmt: skip
def test_wrong_words_are_bad_input(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["ballot", *words]) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "value", [{"a": [1, "二", True]}, {"z": "\u2028 \x7f \\ \" \n \x01", "a": {}}, {"n": 2**53 - 1, "m": -(2**53) + 1}]
)  # fmt: skip
def test_canonical_lines_come_back(value: dict):
    assert parse(canonical(value)) == value
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("value", [{"a": 1.0}, {"a": None}, {"A": 1}, {1: 1}, {"a": 2**53}, {"a": "\ud800"}, {"a": b"x"}])
def test_values_without_a_canonical_line_are_refused(value: dict):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_the_pages_of_the_hall_have_digests_to_compare(capsys: pytest.CaptureFixture[str]):
    assert main(["ballot", "pages"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ") for line in lines] == [[pages.digest(name), f"{name}.html"] for name in pages.NAMES]
