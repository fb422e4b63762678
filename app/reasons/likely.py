"""Which reasons a value of a file may mean, by the words that they share and by how alike they are written."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

from app.reasons.rules import BETWEEN_LEVELS

LIKELY = 0.6
MOST_SHOWN = 3
_WORD = re.compile(r"[^\W_]+")
# Words that say nothing about a reason, in English, German, French and Spanish.
FILLERS = frozenset(
    [
        *("a", "an", "and", "the", "of", "to", "for", "is", "my", "in", "on", "or"),
        *("der", "die", "das", "und", "zu", "ist", "mein", "le", "la", "les", "de", "des", "et", "un", "une"),
        *("el", "los", "y", "es", "mi"),
    ]
)


def likely(value: str, paths: Mapping[int, str]) -> list[int]:
    """The reasons, by path, that a value is most like; none where none is at all. The most likely one comes first."""
    told = words(value)
    if not told:
        return []
    scored = [(_of_path(told, path), len(path), reason_id) for reason_id, path in paths.items()]
    ranked = sorted((-found, length, reason_id) for found, length, reason_id in scored if found >= LIKELY)
    return [reason_id for _, _, reason_id in ranked[:MOST_SHOWN]]


def _of_path(told: tuple[str, ...], path: str) -> float:
    """The better of the whole path and its last level alone."""
    return max(score(told, words(path)), score(told, words(path.rpartition(BETWEEN_LEVELS)[2])))


def words(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents, fillers and the s of a plural."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    found = [word for word in _WORD.findall(plain) if word not in FILLERS]
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found)  # noqa: PLR2004


def score(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two texts are, from 0 to 1: the share of the shorter one's words that the other has, or its letters."""
    if not one or not other:
        return 0.0
    shared = set(one) & set(other)
    by_words = (len(shared) / min(len(set(one)), len(set(other))) + len(shared) / max(len(one), len(other))) / 2
    # Letters are compared only where texts begin alike somewhere: comparing all with all takes long.
    beginnings = {word[:3] for word in one} & {word[:3] for word in other}
    by_letters = SequenceMatcher(None, " ".join(one), " ".join(other)).ratio() if beginnings else 0.0
    return max(by_words, by_letters)
