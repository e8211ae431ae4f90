"""The words of an opinion: cleaned of what deceives the eye, and as the canonical bytes that the ledger stands for."""

import re

from quancheng.consultations.models import Opinion
from quancheng.kernel import receipts

_PICTURE = "\u00a9\u00ae\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters that show nothing
# Controls, marks that turn or hide what follows (a reader would see other words than are stored), characters that
# are none. A joiner stays inside a picture, tags stay in a flag; marks that choose a variant of a character stay.
_UNSEEN = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    "|[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    f"|(?<![{_PICTURE}])\u200d|\u200d(?![{_PICTURE}])"
)


def clean(words: str) -> str:
    """Return words with line ends made alike and what cannot be seen taken out; nothing else is touched."""
    if words.isascii() and words.isprintable():
        return words.strip()
    seen = _BLANKS.sub(" ", _BREAKS.sub("\n", words))
    return _UNSEEN.sub(lambda found: found["flag"] or "", seen).strip()


def one_line(words: str) -> str:
    """Return a name as one line: cleaned, every run of spaces one space."""
    return " ".join(clean(words).split())


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
