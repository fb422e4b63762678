"""Durations as files write them, made into whole seconds: in which unit, with which sign before the fraction."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.values.errors import Refused

CLOCK = "h:mm:ss"
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "milliseconds": 0.001}
UNITS = (*UNIT_SECONDS, CLOCK)
MOST_SECONDS = 2_000_000_000
# How headers and cells name the units, in English, German, French and Spanish.
UNIT_WORDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden"), "seconds"),
    **dict.fromkeys(("seconde", "secondes", "seg", "segundo", "segundos"), "seconds"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"), "minutes"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), "hours"),
    **dict.fromkeys(
        ("ms", "millisecond", "milliseconds", "millisekunden", "millisecondes", "milisegundos"), "milliseconds"
    ),
    **dict.fromkeys(("heure", "heures", "hora", "horas"), "hours"),
}
SHORT = frozenset({"s", "m", "h"})
_THREE = re.compile(r"(-?)(\d{1,3}):([0-5]\d):([0-5]\d)(?:\.\d+)?", re.ASCII)
_TWO = re.compile(r"(-?)(\d{1,4}):([0-5]\d)", re.ASCII)
_PART = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+(?:\s*[^\W\d_]+\.?)?", re.ASCII)
_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-zà-ÿ])")
_THOUSANDS_DIGITS = 3


class NotADuration(Refused):
    """The text is no duration; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How the durations of one file are written: the unit of bare numbers, and whether a comma begins the fraction."""

    unit: str = "seconds"
    has_decimal_comma: bool = False

    def seconds(self, text: str) -> int | None:
        """Whole seconds; none for an empty cell or a dash. Raises NotADuration with a sentence.

        A clock (0:04:30) and a number with its unit (270 s, 4 min 30 s) say themselves what they are.
        """
        cleaned = text.strip()
        if not cleaned or cleaned == "-":
            return None
        found = self._clock(cleaned)
        if found is None:
            found = self._number(cleaned)
        if found is None:
            wanted = "duration like 0:04:30" if self.unit == CLOCK else f"number of {self.unit}"
            raise NotADuration(f"“{cleaned[:40]}” is no {wanted}.")
        if abs(found) > MOST_SECONDS:
            raise NotADuration(f"“{cleaned[:40]}” is too large for a duration.")
        return found

    def _clock(self, text: str) -> int | None:
        if found := _THREE.fullmatch(text):
            seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4])
        elif self.unit != "seconds" and (found := _TWO.fullmatch(text)):
            seconds = (int(found[2]) * 60 + int(found[3])) * (60 if self.unit == "hours" else 1)
        else:
            return None
        return -seconds if found[1] else seconds

    def _number(self, text: str) -> int | None:
        if self.unit == CLOCK:
            return self._with_units(text)
        try:
            return round(self._float(text) * UNIT_SECONDS[self.unit])
        except (ValueError, OverflowError):
            return self._with_units(text)

    def _with_units(self, text: str) -> int | None:
        total, end = 0.0, 0
        sign, bare = (-1, text[1:]) if text[0] == "-" else (1, text)
        while found := _PART.match(bare, end):
            unit = UNIT_WORDS.get(found[2].casefold())
            if unit is None or ("," in found[1] and not self.has_decimal_comma):
                return None
            total += self._float(found[1]) * UNIT_SECONDS[unit]
            end = found.end()
        return sign * round(total) if end == len(bare) and end else None

    def _float(self, text: str) -> float:
        return float(text.replace(",", ".") if self.has_decimal_comma else text)


def unit_of(header: str) -> str:
    """The unit that a header names, like “Dauer (Min)”; seconds where it names none."""
    words = [word.casefold() for word in _WORD.findall(header)]
    if {"mm", "ss"} <= set(words):
        return CLOCK
    named = [UNIT_WORDS[word] for word in words if word in UNIT_WORDS]
    if len(words) > 1 and len(named) > 1:  # “h” or “s” may be but a letter of the name
        named = [UNIT_WORDS[word] for word in words if word in UNIT_WORDS and word not in SHORT] or named
    return named[-1] if named else "seconds"


def has_decimal_comma(cells: Iterable[str]) -> bool:
    """Whether commas begin fractions: every one can, at least one can be nothing else, and no point stands for it."""
    is_proven = False
    for cell in cells:
        if "," in cell:
            if not _COMMA.fullmatch(cell):
                return False
            digits = re.sub(r"\D", "", cell.partition(",")[2])
            is_proven = is_proven or len(digits) != _THOUSANDS_DIGITS or cell.lstrip("-").startswith("0,")
        elif "." in cell and any(letter.isdigit() for letter in cell.partition(".")[2]):
            return False
    return is_proven
