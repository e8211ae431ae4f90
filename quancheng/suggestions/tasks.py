"""What suggestions tell the engine of handling, and their check of the ledger."""

from collections.abc import Iterator

from quancheng.handling import rules as handling
from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger
from quancheng.ledger.models import Entry
from quancheng.suggestions import deciding, rules
from quancheng.suggestions.models import Suggestion


def changed_suggestions() -> Iterator[str]:
    """Yield a line for every submitted suggestion whose words no longer match their newest digest (S13)."""
    entries = dict(
        Entry.objects.filter(kind="suggestion.submitted").order_by("id").values_list("subject", "digest")
    )
    found = Suggestion.objects.select_related("case").exclude(case__state__in=("draft", "returned"))
    for one in found.exclude(submitted_at=None).iterator(chunk_size=2000):
        stored = entries.get(one.case.number)
        if stored is None:
            yield f"建议 {one.case.number} 没有入账。"
        elif receipts.digest(bytes(one.salt), rules.content_of(one)) != bytes(stored):
            yield f"建议 {one.case.number} 的原文与台账摘要不符。"
    known = set(Suggestion.objects.exclude(submitted_at=None).values_list("case__number", flat=True))
    for subject in sorted(set(entries) - known):
        yield f"台账中的建议 {subject} 在数据库里不存在。"


def register() -> None:
    """Tell the engine who the authors are, and hand the ledger the check of stored words."""
    handling.register(
        "suggestion",
        handling.Matter(
            authors=rules.authors, heading=rules.heading, titles=rules.titles, rater=rules.lead_of, settled=deciding.settled
        ),
    )
    ledger.register_checker("suggestions", changed_suggestions)
