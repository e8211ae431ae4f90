"""Command line of the ledger: `quancheng receipt …` (offline, no database) and `quancheng ledger …`."""

import json
import sys
from pathlib import Path

from quancheng.kernel import receipts

LARGEST = 5_000_000


def main_receipt(argv: list[str]) -> int:
    """`receipt verify FILE [--key VKEY] [--checkpoint FILE]`: 0 proved, 1 not proved, 2 bad input."""
    options = _options(argv, ("--key", "--checkpoint"))
    if options is None or len(options[0]) != 2 or options[0][0] != "verify":
        print("用法：quancheng receipt verify 回执文件 [--key 公钥] [--checkpoint 检查点文件]", file=sys.stderr)
        return 2
    (_, name), given = options
    try:
        receipt = json.loads(_read(name))
        note = _read(given["--checkpoint"]) if "--checkpoint" in given else None
        result = receipts.verify(receipt, vkey=given.get("--key"), checkpoint=note)
    except json.JSONDecodeError:
        print(f"{name}：不是回执文件（不是 JSON）。", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError, receipts.BadReceipt) as error:
        print(f"{name}：{error}".replace("\n", " "), file=sys.stderr)
        return 2
    print("\n".join(result.lines))
    print("结论：核验通过。" if result.ok else "结论：核验未通过。")
    return 0 if result.ok else 1


def _read(name: str) -> str:
    path = Path(name)
    if path.stat().st_size > LARGEST:
        raise receipts.BadReceipt("文件过大，不是回执。")
    return path.read_text(encoding="utf-8")


def _options(argv: list[str], names: tuple[str, ...]) -> tuple[list[str], dict[str, str]] | None:
    """Split words from `--name value` options; None when an option lacks its value or is unknown."""
    words: list[str] = []
    given: dict[str, str] = {}
    rest = iter(argv)
    for word in rest:
        if word in names:
            value = next(rest, None)
            if value is None:
                return None
            given[word] = value
        elif word.startswith("--"):
            return None
        else:
            words.append(word)
    return words, given


def main_ledger(argv: list[str]) -> int:
    """`ledger verify|seal|key|export-tiles DIR`: 0 done or whole, 1 faults found, 2 bad input."""
    match argv:
        case ["verify"]:
            return _verify()
        case ["seal"]:
            return _seal()
        case ["key"]:
            from quancheng.ledger import keys  # noqa: PLC0415  # needs Django, which verifying a receipt does not

            print(keys.verifier())
            return 0
        case ["export-tiles", folder]:
            return _export(Path(folder))
    print("用法：quancheng ledger verify|seal|key|export-tiles 目录", file=sys.stderr)
    return 2


def _verify() -> int:
    from quancheng.ledger import keys, queries  # noqa: PLC0415  # needs Django, see above

    count = 0
    for fault in queries.faults(keys.verifier()):
        count += 1
        print("✗ " + fault)
    state = queries.state()
    print(f"台账 {state['size']} 条，待封存 {state['waiting']} 条。" + (f"发现 {count} 处问题。" if count else "全部核验通过。"))
    return 1 if count else 0


def _seal() -> int:
    from django.utils import timezone  # noqa: PLC0415  # needs Django, see above

    from quancheng.ledger import acts  # noqa: PLC0415  # as above

    made = acts.seal(at=timezone.now())
    print(f"已封存至 {made.size} 条。" if made else "没有等待封存的条目。")
    return 0


def _export(folder: Path) -> int:
    from quancheng.ledger import queries  # noqa: PLC0415  # needs Django, see above

    size = queries.state()["size"]
    if not size:
        print("台账还是空的。", file=sys.stderr)
        return 2
    _write(folder / "checkpoint", queries.checkpoint().encode())
    for full in range(size // queries.TILE):
        _write(folder / "tile" / "entries" / queries.tile_path(full), queries.entries_bundle(full))
    if rest := size % queries.TILE:
        place = folder / "tile" / "entries" / (queries.tile_path(size // queries.TILE) + f".p/{rest}")
        _write(place, queries.entries_bundle(size // queries.TILE, rest))
    level, count = 0, size
    while count:
        for full in range(count // queries.TILE):
            _write(folder / "tile" / str(level) / queries.tile_path(full), queries.tile(level, full))
        if rest := count % queries.TILE:
            place = folder / "tile" / str(level) / (queries.tile_path(count // queries.TILE) + f".p/{rest}")
            _write(place, queries.tile(level, count // queries.TILE, rest))
        level, count = level + 1, count // queries.TILE
    print(f"已导出 {size} 条到 {folder}。")
    return 0


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
