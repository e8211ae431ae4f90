"""`quancheng bench`: it measures what is there, says what is not, and keeps what it wrote before."""

import json

import pytest

from quancheng import bench
from quancheng.bench import addresses

LAW = "# 某市井盖条例\n\n第一条　为了加强井盖管理，制定本条例。\n\n第二条　井盖缺失的，应当当天补装。\n"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A checkout of its own for the result: bench writes beside the package."""
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "quancheng" / "bench" / "__init__.py"))
    return tmp_path / "var" / "bench.json"


def test_an_unknown_part_is_named(capsys):
    assert bench.main_bench(["--only", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_law_texts_are_measured_and_written(tmp_path, written, capfd):
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "某市井盖条例.md").write_text(LAW, encoding="utf-8")
    assert bench.main_bench(["--only", "texts", "--corpus", str(laws)]) == 0
    found = json.loads(written.read_text(encoding="utf-8"))
    assert [set(one) for one in found] == [{"name", "value", "unit", "reach", "ok"}] * len(found)
    assert found[0]["value"] == 1 and found[0]["ok"] is True and "1 部" in found[0]["name"]
    assert "quancheng bench --only texts" in capfd.readouterr().out


def test_a_missing_corpus_is_no_success_in_disguise(tmp_path, written, capfd):
    assert bench.main_bench(["--only", "texts", "--corpus", str(tmp_path / "none")]) == 0
    [one] = json.loads(written.read_text(encoding="utf-8"))
    assert one["ok"] is None and "未测" in one["name"]


def test_figures_of_other_parts_stay(tmp_path, written, capfd):
    figure = {"value": 1, "unit": "", "reach": "", "ok": True}
    (written.parent / "bench").mkdir(parents=True)
    (written.parent / "bench" / "load.json").write_text(json.dumps([{"name": "提交", **figure}]))
    (written.parent / "bench" / "texts.json").write_text(json.dumps([{"name": "旧的", **figure}]))
    bench.main_bench(["--only", "texts", "--corpus", str(tmp_path / "none")])
    names = [one["name"] for one in json.loads(written.read_text(encoding="utf-8"))]
    assert "提交" in names and "旧的" not in names


def test_a_part_that_breaks_off_is_no_success(tmp_path, written, capfd):
    broken = tmp_path / "laws"
    broken.mkdir()
    (broken / "坏的.md").write_bytes(b"\xff\xfe\xff")
    assert bench.main_bench(["--only", "texts", "--corpus", str(broken)]) == 1
    assert json.loads(written.read_text(encoding="utf-8"))[-1]["ok"] is False


def test_a_page_that_is_not_counted_is_named(monkeypatch):
    before = addresses.not_counted()
    assert "desk_opinions" not in before and "open_data" not in before
    monkeypatch.setattr(addresses, "LISTS", tuple(one for one in addresses.LISTS if one.name != "desk_opinions"))
    monkeypatch.setattr(addresses, "DETAILS", tuple(one for one in addresses.DETAILS if one.name != "desk_opinions"))
    assert addresses.not_counted() == sorted([*before, "desk_opinions"])
