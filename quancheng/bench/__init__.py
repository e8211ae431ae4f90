"""`quancheng bench`: the figures of the product, each with the command that repeats it, written to var/bench.json.

Every part runs in a process and a database of its own, so that nothing of the city is touched and no part warms
the next. Figures are counts of SQL statements, CPU seconds of application and database (SQLite computes in our
process, PostgreSQL in a backend whose clock is read too), ratios, and throughput under load.
"""

import json
import os
import subprocess  # noqa: S404  # each part is our own module in a process of its own
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
PARTS = ("texts", "ballots", "booth", "pages", "pages-postgres", "live", "load", "load-postgres", "handling", "handling-postgres", "hall", "hall-postgres", "agreement", "routes")


def main_bench(argv: list[str]) -> int:
    """Measure and print; `--only PART`, `--quick`, `--corpus FOLDER`. Returns 0 when every reach is met, else 1."""
    wanted = [argv[argv.index("--only") + 1]] if "--only" in argv[:-1] else list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        print(f"没有“{unknown[0]}”这一项，可以选择：{'、'.join(PARTS)}。", file=sys.stderr)
        return 2
    corpus = argv[argv.index("--corpus") + 1] if "--corpus" in argv[:-1] else ""
    for part in wanted:
        print(f"\n== {part}    重复测量：.venv/bin/quancheng bench --only {part}", flush=True)
        found = _measured(part, "--quick" in argv, corpus)
        for one in found:
            print(_line(one), flush=True)
        _keep(part, found)
    return 0 if all(one["ok"] is not False for one in _written(wanted)) else 1


def figure(name: str, value: float, unit: str, reach: str, ok: bool | None) -> None:
    """Hand a figure to the parent: one JSON line on standard output. `ok` is None where there is no reach."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "reach": reach, "ok": ok}), flush=True)


def note(sentence: str) -> None:
    """Say how far the part has got; standard error is shown as it comes."""
    print(f"   {sentence}", file=sys.stderr, flush=True)


def at_most(name: str, value: float, most: float, unit: str) -> None:
    """Hand over a figure that may not be more than `most`."""
    figure(name, value, unit, f"≤ {most:g}", value <= most)


def at_least(name: str, value: float, least: float, unit: str) -> None:
    """Hand over a figure that may not be less than `least`."""
    figure(name, value, unit, f"≥ {least:g}", value >= least)


def _measured(part: str, quick: bool, corpus: str) -> list[dict[str, Any]]:
    module, _, database = part.partition("-")
    with tempfile.TemporaryDirectory(prefix="quancheng-bench-") as folder:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUANCHENG_")},
            "QUANCHENG_DATA": folder, "DJANGO_SETTINGS_MODULE": "quancheng.settings",
            "DATABASE_URL": "", "BENCH_QUICK": "1" if quick else "",
            "BENCH_CORPUS": corpus or os.environ.get("QUANCHENG_CORPUS", ""),
        }  # fmt: skip
        if database:
            environ["BENCH_SERVER"] = os.environ.get("DATABASE_URL") or POSTGRES
        made = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", f"quancheng.bench.{module}"], env=environ, stdout=subprocess.PIPE, text=True,
            check=False,
        )
    found = [json.loads(line) for line in made.stdout.splitlines() if line.startswith("{")]
    if made.returncode:
        found.append({"name": f"{part}：没有测完", "value": None, "unit": "", "reach": "", "ok": False})
    return found


def _line(one: dict[str, Any]) -> str:
    verdict = {True: "达到", False: "未达到", None: "－"}[one["ok"]]
    return f"  {verdict}　{one['name']}：{one['value']} {one['unit']}　{one['reach']}"


def _keep(part: str, found: list[dict[str, Any]]) -> None:
    """Keep what a part found in place of what it found before, and write all parts together to var/bench.json."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{part}.json").write_text(_json(found))
    (folder.parent / "bench.json").write_text(_json(_written(PARTS)))
    print("  已写入 var/bench.json", flush=True)


def _written(parts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the figures of the parts as they were measured last."""
    files = [_folder() / f"{part}.json" for part in parts]
    return [one for file in files if file.exists() for one in json.loads(file.read_text())]


def _folder() -> Path:
    return Path(__file__).resolve().parent.parent.parent / "var" / "bench"


def _json(found: list[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
