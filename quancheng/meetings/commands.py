"""Command line: `quancheng draw verify`; needs no database and no settings."""

import json
import sys
from pathlib import Path

from quancheng.kernel import draws

USAGE = "用法：quancheng draw verify 抽签记录.json [--key 公钥]"
LARGEST = 20 * 1024 * 1024


def main_draw(argv: list[str]) -> int:
    """`verify`: 0 when the draw is as published, 1 when something was changed, 2 on bad input."""
    match argv:
        case ["verify", name]:
            return _verify(name, None)
        case ["verify", name, "--key", key]:
            return _verify(name, key)
    print(USAGE, file=sys.stderr)
    return 2


def _verify(name: str, key: str | None) -> int:
    try:
        if Path(name).stat().st_size > LARGEST:
            raise ValueError("文件太大")
        result = draws.verify(json.loads(Path(name).read_text(encoding="utf-8")), vkey=key)
    except (OSError, ValueError, RecursionError) as error:
        print(f"{name}：{error}".replace("\n", " "), file=sys.stderr)
        return 2
    print("\n".join(result.lines))
    print("结论：抽签结果核验通过。" if result.ok else "结论：核验未通过。")
    return 0 if result.ok else 1
