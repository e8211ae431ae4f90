"""The words of an opinion as the canonical bytes that the ledger stands for."""

from quancheng.consultations.models import Opinion
from quancheng.kernel import receipts


def content_of(opinion: Opinion) -> bytes:
    """Return the canonical bytes of an opinion: what the ledger's salted digest stands for (S13)."""
    return receipts.canonical(
        {
            "anchor": opinion.anchor,
            "area": opinion.area_id,
            "body": opinion.body,
            "channel": opinion.channel,
            "consent": opinion.consent_how,
            "consultation": opinion.consultation_id,
            "display_name": opinion.display_name,
            "legal_wording": opinion.legal_wording,
            "organisation": opinion.organisation,
            "question": opinion.question_id,
            "quoted": opinion.quoted,
            "site": opinion.site_id,
            "witness": opinion.witness,
        }
    )


def decision_content(decision: str, reason: str) -> bytes:
    """Return the canonical bytes of a decision: salted, so that nobody reads it in the ledger before the reply."""
    return receipts.canonical({"decision": decision, "reason": reason})


def change_content(version: int, anchor: str) -> bytes:
    """Return the canonical bytes of a link to a clause of the version with that number."""
    return receipts.canonical({"anchor": anchor, "version": version})
