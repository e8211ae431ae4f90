"""Words that people write: cleaned of what deceives the eye; and codes made of letters that nobody mistakes."""

import hashlib
import re
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is mistaken for another
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


def letters(count: int) -> str:
    """Return random letters, five bits each."""
    return spelled(secrets.token_bytes(count))


def spelled(secret: bytes) -> str:
    """Return a letter for each byte, five bits of it."""
    return "".join(LETTERS[byte & 31] for byte in secret)


def slip_code(key: str) -> str:
    """Return the receipt code that a tablet prints for an item's key, before it is handed over (60 bits of SHA-256).

    The tablet computes the same from the same key, so a slip printed without a network is right for ever.
    """
    return spelled(hashlib.sha256(b"quancheng:slip:" + key.encode()).digest()[:12])
