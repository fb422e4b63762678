"""Text of one line, like a name: tidied once, before it is kept."""

import re
import unicodedata

# Signs that nobody sees: they control a terminal, turn the direction of what follows, or make two equal names two.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """The text in one form (NFC), with single spaces and without signs that control instead of being read."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", text)).split())
