"""What must not be kept of a text: the numbers of payment cards."""

import re

SHORTEST, LONGEST = 13, 19
_RUN = re.compile(r"(?<![0-9])[0-9](?:[ .\u00a0-]?[0-9]){12,}(?![0-9])")
_GROUP = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")


def without_card_numbers(text: str) -> str:
    """The text with each card number (13 to 19 digits, in groups or not, that pass Luhn's check) reduced to its end."""
    return _RUN.sub(_masked, text)


def without_card_numbers_in_words(text: str) -> str:
    """The same for what may be a text or a number: a number alone is taken as the number that it is."""
    return without_card_numbers(text) if _LETTER.search(text) else text


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  (the sum of the two digits)
    return total % 10 == 0


def _masked(found: re.Match[str]) -> str:
    """Masks card numbers in a run of digits; a number begins and ends where groups of digits do."""
    run = found[0]
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(run)]
    written, done = [], 0
    first = 0
    while first < len(groups):
        last = _card_end(run, groups, first)
        if last is None:
            first += 1
            continue
        start, end = groups[first][0], groups[last][1]
        digits = "".join(_GROUP.findall(run[start:end]))
        written += [run[done:start], f"[card ending {digits[-4:]}]"]
        done, first = end, last + 1
    return "".join(written) + run[done:]


def _card_end(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    digits = ""
    found = None
    for place in range(first, len(groups)):
        start, end = groups[place]
        digits += run[start:end]
        if len(digits) > LONGEST:
            break
        if len(digits) >= SHORTEST and digits[0] in "23456" and passes_luhn(digits):
            found = place
    return found
