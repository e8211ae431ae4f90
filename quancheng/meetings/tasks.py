"""What meetings hand to the ledger: the check that signed words are still those that were signed (S13)."""

from collections.abc import Iterator

from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger
from quancheng.ledger.models import Entry
from quancheng.meetings.models import Minutes, Motion
from quancheng.meetings.recording import motion_words


def changed_words() -> Iterator[str]:
    """Yield a line for signed minutes and submitted motions whose words no longer match their digest."""
    digests: dict[tuple[str, str], set[bytes]] = {}
    entries = Entry.objects.filter(kind__in=("meeting.minutes", "meeting.motion_words")).values_list("kind", "subject", "digest")
    for kind, subject, digest in entries:
        digests.setdefault((kind, subject), set()).add(bytes(digest))
    signed = Minutes.objects.filter(signed_at__isnull=False).select_related("meeting__case")
    for one in signed:
        content = receipts.canonical({"body": one.body, "kind": one.kind})
        if receipts.digest(bytes(one.salt), content) not in digests.get(("meeting.minutes", one.meeting.case.number), set()):
            yield f"会议 {one.meeting.case.number} 的{one.get_kind_display()}与台账摘要不符。"
    for motion in Motion.objects.filter(submitted_at__isnull=False).select_related("meeting__case"):
        content = receipts.canonical(motion_words(motion))
        kept = digests.get(("meeting.motion_words", motion.meeting.case.number), set())
        if receipts.digest(bytes(motion.salt), content) not in kept:
            yield f"会议 {motion.meeting.case.number} 的{motion.get_kind_display()}“{motion.title}”与台账摘要不符。"


def register() -> None:
    """Hand the ledger the check."""
    ledger.register_checker("meetings", changed_words)
