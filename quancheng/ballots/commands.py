"""Command line: `quancheng ballot verify|simulate|rank|pages`; needs no database and no settings."""

import sys
from pathlib import Path

from quancheng.ballots import archive, pabulib, pages, simulate, verify
from quancheng.ballots.canonical import Body
from quancheng.ballots.faults import BadArchive

USAGE = """用法：quancheng ballot verify 存档文件 [--root 会场公布的根]
      quancheng ballot simulate --voters 人数 --options 项目数 --out 存档文件
      quancheng ballot rank 文件.pb …    # 参与式预算的公开数据：按票数排列的结果与文件自己的结果核对
      quancheng ballot pages            # 会场各页的 SHA-256，与会场服务器给出的核对"""
MOST_VOTERS, MOST_OPTIONS, MOST_MARKS = 5000, 60, 10


def main_ballot(argv: list[str]) -> int:
    """`verify`: 0 with the totals, 1 with the first broken thing, 2 on bad input. `simulate`: 0 or 2. `pages`: 0.

    `rank`: 0, or 1 if plain ranking gives another result than a file's own, or 2 on bad input.
    """
    match argv:
        case ["verify", name]:
            return _verify(name, "")
        case ["verify", name, "--root", root]:
            return _verify(name, root.lower())
        case ["pages"]:
            print("\n".join(f"{pages.digest(name)}  {name}.html" for name in pages.NAMES))
            return 0
        case ["rank", *names] if names:
            return _rank(names)
        case ["simulate", *rest]:
            return _simulate(rest)
    print(USAGE, file=sys.stderr)
    return 2


def _verify(name: str, root: str) -> int:
    try:
        verdict = verify.verify(archive.load(Path(name)), root=root)
    except (OSError, BadArchive) as error:
        print(f"{name}：{error}".replace("\n", " "), file=sys.stderr)
        return 2
    if not verdict.ok:
        print(f"✗ 第 {verdict.number} 个事件（{verdict.code}）：{verdict.text}。")
        print("结论：核验未通过。")
        return 1
    print("\n".join(_totals(verdict)))
    print("结论：核验通过。")
    if not root:
        print("· 请将上面的根与会场大屏或者会议记录中公布的核对（也可用 --root 给出）。")
    print("· 本软件的密码部分尚未经过外部审查；能证明什么、不能证明什么，见 docs/decisions/0007-secret-ballots.md。")
    return 0


def _rank(names: list[str]) -> int:
    words = {"same": "一致", "differs": "不一致", "tie": "票数相等，按本规则须再次投票，不比较", "other": "不是单纯按票数排列的规则，不比较"}
    try:
        found = pabulib.compare((name, Path(name).read_text("utf-8-sig")) for name in names)
    except (OSError, UnicodeDecodeError, pabulib.BadFile) as error:
        print(str(error).replace("\n", " "), file=sys.stderr)
        return 2
    for name, verdict in found:
        print(f"{name}：{words[verdict]}")
    counts = {key: sum(verdict == key for _name, verdict in found) for key in words}
    print(f"共{len(found)}个文件：一致{counts['same']}，不一致{counts['differs']}，相等{counts['tie']}，其他规则{counts['other']}。")
    return 1 if counts["differs"] else 0


def _totals(verdict: verify.Verdict) -> list[str]:
    body, result = verdict.manifest, verdict.result
    lines = [
        f"{body['organ']}　{body['session']}　{body['title']}", f"表决编号 {verdict.eid}", f"截止时的根 {verdict.root}",
        f"应到 {body['base']}　到会 {result['present']}　电子票 {result['electronic']}　发出纸票 {result['issued']}"
        f"　收回纸票 {result['box']}　未按 {result['idle']}",
    ]  # fmt: skip
    for question, found in zip(body["questions"], result["questions"], strict=True):
        lines.append(f"【{question['title']}】{_outcome(question, found['outcome'])}")
        lines += [
            f"  {option['title']}　{total}" for option, total in zip(question["options"], found["totals"], strict=True)
        ]
    return lines


def _outcome(question: Body, outcome: Body) -> str:
    if "passed" in outcome:
        return f"{'通过' if outcome['passed'] else '未通过'}（{outcome['votes']} 票，须 {outcome['needed']} 票）"
    titles = {option["id"]: option["title"] for option in question["options"]}
    said = f"选定 {len(outcome['chosen'])} 项：" + "、".join(titles[one] for one in outcome["chosen"])
    if outcome["revote"]:
        tied = "、".join(titles[one] for one in outcome["revote"])
        return f"{said}；{tied} 票数相等，须就所余 {outcome['open']} 个名额重新投票"
    return said + (f"；所余 {outcome['open']} 个名额空缺" if outcome["open"] else "")


def _simulate(rest: list[str]) -> int:
    given = dict(zip(rest[::2], rest[1::2], strict=False))
    if len(rest) != 6 or set(given) != {"--voters", "--options", "--out"}:
        print(USAGE, file=sys.stderr)
        return 2
    voters, options = _number(given["--voters"], 1, MOST_VOTERS), _number(given["--options"], 2, MOST_OPTIONS)
    if voters is None or options is None:
        print(f"人数须在 1—{MOST_VOTERS} 之间，项目数须在 2—{MOST_OPTIONS} 之间。", file=sys.stderr)
        return 2
    questions = [
        simulate.approval(options, min(MOST_MARKS, options), max(1, options * 4 // 5)),
        simulate.choice("决议草案", ("赞成", "反对", "弃权"), "majority"),
        simulate.choice("满意度测评", ("满意", "基本满意", "不满意", "弃权"), "grades"),
    ]
    made = simulate.simulate(voters, questions)
    try:
        Path(given["--out"]).write_bytes(made)
    except OSError as error:
        print(f"{given['--out']}：{error}", file=sys.stderr)
        return 2
    print(f"已写入 {given['--out']}（{len(made) // 1024} KB，{voters} 人，{options} 项）。")
    return 0


def _number(text: str, least: int, most: int) -> int | None:
    good = text.isascii() and text.isdecimal() and len(text) <= 6
    return int(text) if good and least <= int(text) <= most else None
