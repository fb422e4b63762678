"""How much room words take, without knowing the reader's font: guesses err on the wide side."""

from unicodedata import category, east_asian_width

ELLIPSIS = "…"
JOINERS = "\u200c\u200d\ufe0e\ufe0f"
WIDTHS_EM = (("fijlrt", 0.36), (" .,:;'!|()[]/-\u00a0", 0.36), ("mwMW%@&", 0.95))
BOLD = 1.08


def width(words: str, size: float, *, bold: bool = False) -> float:
    """The room that words take at a font size, in drawing units."""
    return sum(map(_em, words)) * size * (BOLD if bold else 1)


def fit(words: str, room: float, size: float, *, bold: bool = False) -> str:
    """The words, cut and closed with an ellipsis where they need more than the room."""
    if width(words, size, bold=bold) <= room:
        return words
    room -= width(ELLIPSIS, size, bold=bold)
    kept = ""
    for character in words:
        room -= width(character, size, bold=bold)
        if room < 0:
            break
        kept += character
    return kept.rstrip(JOINERS + " \u00a0>,;:-") + ELLIPSIS


def spread(wished: list[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights as near to the wished ones as a gap between any two allows, in the same order, from top to bottom."""
    order = sorted(range(len(wished)), key=lambda i: (wished[i], i))
    placed = [0.0] * len(wished)
    edge = top
    for i in order:
        placed[i] = max(wished[i], edge)
        edge = placed[i] + gap
    edge = max(bottom, top + gap * (len(wished) - 1))
    for i in reversed(order):
        placed[i] = min(placed[i], edge)
        edge = placed[i] - gap
    return placed


def _em(character: str) -> float:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    for characters, em in WIDTHS_EM:
        if character in characters:
            return em
    return 0.72 if character.isupper() else 0.63
