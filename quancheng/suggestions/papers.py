"""What a deputy writes, and what it must hold before it is kept (R7.01, R7.02, R7.15)."""

from dataclasses import dataclass

from quancheng.kernel.text import normalise
from quancheng.suggestions import rules
from quancheng.suggestions.models import Suggestion


class SuggestionRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Paper:
    """What a deputy writes: 案由、案据、方案 in a motion, else `body` alone. `proposed_unit` is only a proposal (R7.04)."""

    title: str
    body: str
    category: str = "other"
    kind: str = "suggestion"
    grounds: str = ""
    plan: str = ""
    proposed_unit: str = ""
    openness: str = "shown"
    openness_reason: str = ""


def checked(paper: Paper) -> dict[str, str]:
    """Return the columns of a paper. Raises SuggestionRefused."""
    title, body = normalise(paper.title), normalise(paper.body)
    if not 4 <= len(title) <= 80:
        raise SuggestionRefused("标题须为4至80字，一件建议只写一件事。", "title")
    for field, words in (("body", body), ("grounds", paper.grounds), ("plan", paper.plan)):
        if len(words) > rules.LONGEST:
            raise SuggestionRefused(f"最多{rules.LONGEST}字，现有{len(words)}字，请删减。写下的内容还在。", field)
    if len(body) < rules.SHORTEST_BODY:
        raise SuggestionRefused(f"请写清情况和具体建议（不少于{rules.SHORTEST_BODY}字）。", "body")
    if paper.kind not in Suggestion.Kind.values or paper.category not in Suggestion.Category.values:
        raise SuggestionRefused("请选择类型和类别。", "kind")
    motion = paper.kind == Suggestion.Kind.MOTION
    grounds, plan = (normalise(paper.grounds), normalise(paper.plan)) if motion else ("", "")
    if motion and min(len(grounds), len(plan)) < rules.SHORTEST_BODY:  # R7.01
        raise SuggestionRefused("议案须有案由、案据和方案，每项不少于20字；没有的请作为建议提出。", "grounds")
    reason = paper.openness_reason.strip()[:200]
    if paper.openness not in Suggestion.Openness.values or (paper.openness == "unsuitable" and len(reason) < 5):
        raise SuggestionRefused("认为不宜公开的，请写明理由。", "openness_reason")
    return {
        "title": title, "body": body, "category": paper.category, "kind": paper.kind, "grounds": grounds, "plan": plan,
        "openness": paper.openness, "openness_reason": reason if paper.openness == "unsuitable" else "",
    }
