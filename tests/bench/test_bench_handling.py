"""The figures of handling are measured in a database of their own, and each is one that was reached."""

import json

from quancheng import bench


def test_handling_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "quancheng" / "bench" / "__init__.py"))
    bench.main_bench(["--only", "handling", "--quick"])
    found = {one["name"]: one for one in json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))}
    assert len(found) == 5 and found["　督办函恰好每项一份"]["value"] == 300
    assert found["　再巡查一次新增"]["value"] == 0
