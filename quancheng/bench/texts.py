"""Law texts: how many come back whole, and how long a comparison takes."""

import os
import time
from pathlib import Path

from quancheng.bench import at_least, at_most, figure, note
from quancheng.texts import corpus_check
from quancheng.texts.compare import compare
from quancheng.texts.parse import parse
from quancheng.texts.read import plain_markdown

REVISED = "立法法"


def folder() -> Path:
    """Return the folder of law texts: BENCH_CORPUS, or shared/corpus/laws beside the checkout."""
    named = os.environ.get("BENCH_CORPUS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "corpus" / "laws"


def main() -> None:
    """Measure."""
    laws = folder()
    if not laws.is_dir():
        note(f"没有找到法律文本目录 {laws.name}；用 --corpus 指定。")
        figure("法律文本：没有目录，未测", 0, "部", "", None)
        return
    note("逐部解析……")
    found = corpus_check.check(laws)
    at_least(f"法律文本解析后一字不差的比例（{found['files']} 部）", found["whole"] / found["files"], 1, "")
    placed = 1 - len(found["unplaced"]) / found["files"]
    at_least("法律文本全部归位的比例", placed, 0.99, "")
    versions = sorted(path for path in laws.rglob("*.md") if REVISED in path.name and "地方" not in path.name)
    if len(versions) < 2:
        note(f"没有找到{REVISED}的两个版本。")
        return
    old, new = (parse(plain_markdown(path.read_text(encoding="utf-8"))) for path in versions[:2])
    began = time.process_time()
    result = compare(old, new)
    at_most(f"对照{REVISED}两个版本", time.process_time() - began, 1, "秒 CPU")
    figure(
        f"{REVISED}对照：旧稿、新稿各条都恰好出现一次", 1.0, "", "= 1",
        sum(1 for row in result.rows if row.old_anchor) == len(old.articles())
        and sum(1 for row in result.rows if row.new_anchor) == len(new.articles()),
    )  # fmt: skip


if __name__ == "__main__":
    main()
