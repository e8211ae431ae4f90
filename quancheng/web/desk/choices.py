"""The words of every choice on the desk, read from where they are declared, so that no second list can go stale."""

from typing import Any

from quancheng.procedures import declare
from quancheng.texts import queries as texts
from quancheng.web.parts.consulting import Pairs


def consultation_states() -> Pairs:
    """Return the states of a consultation with their labels, as the procedure declares them."""
    return [(key, state.label) for key, state in declare.get("consultation").states.items()]


def article_choices(version_id: int, digest: str = "") -> Pairs:
    """Return (anchor, label with its heading or first words) of the articles of a version.

    Whoever has the version at hand gives its digest, and no statement is needed.
    """
    return articles_of(texts.provisions(version_id, digest))


def articles_of(rows: list[Any]) -> Pairs:
    """Return (anchor, label with its heading or first words) of the articles among the provisions of a version."""
    first: dict[str, str] = {}
    for row in rows:
        if row.text:
            first.setdefault(row.parent_anchor, row.text)
    return [
        (row.anchor, f"{row.label} {row.heading or (row.text or first.get(row.anchor, ''))[:22]}")
        for row in rows
        if row.kind in ("article", "point")
    ]


ENTRY_WORDS = {
    "opinion.received": "收到", "opinion.decided": "作出决定", "opinion.merged": "并入同类意见", "opinion.split": "拆出单独处理",
    "opinion.changed_clause": "记下改变的条文", "opinion.unlinked_clause": "撤回条文关联", "opinion.replied": "答复",
    "opinion.withheld": "不公开显示", "opinion.appealed": "作者申诉", "opinion.appeal_decided": "申诉复核",
    "opinion.erased": "依申请删除原文", "identity.opened": "查看联系电话",
    "text.imported": "导入文本", "text.edited": "修改文本", "text.explained": "修改草案说明", "text.matched": "确认条文对应",
    "text.fixed": "文本定稿", "publication.released": "公开文件",
    "publication.withheld": "决定不予公开", "parameter.set": "设定参数", "calendar.imported": "导入工作日历",
    "clock.extended": "延长期限",
}  # fmt: skip


def entry_words() -> dict[str, str]:
    """Return what each kind of entry in the ledger records, the steps of cases as they are declared."""
    steps = (step for procedure in declare.registered() for step in procedure.steps)
    return ENTRY_WORDS | {f"case.{step.key}": step.label for step in steps} | {"case.open": "立案或者开始"}

