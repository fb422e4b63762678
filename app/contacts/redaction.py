"""What must not be kept of a text: the numbers of payment cards; phone numbers and e-mail addresses where set."""

import re
from dataclasses import dataclass

SHORTEST, LONGEST = 13, 19
_RUN = re.compile(r"(?<![0-9])[0-9](?:[ .\u00a0-]?[0-9]){12,}(?![0-9])")
_GROUP = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
FEWEST_PHONE_DIGITS = 8
PHONE, EMAIL = "[phone number]", "[e-mail address]"
# The part before the @ is read from its first letter only, so that long texts take no longer than they are.
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]+@(?:[\w-]+\.)+[\w-]{2,}")
_SEVEN_DIGITS = re.compile(r"[0-9](?:[ ().\u00a0/-]{0,3}[0-9]){6}")
_ALONE = re.compile(r"\s*[0-9]+\s*")
# What is a phone number by its look, also where its country is not known: (416) 555-0123, 416-555-0123, 030 123 4567.
_LOOKS = re.compile(
    r"(?<![\w.,:/+-])(?:"
    r"(?:\+?1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}"
    r"|\(?0[1-9][0-9]{1,4}\)?[ /-][0-9]{3,5}(?:[ -]?[0-9]{2,5}){1,2}"
    r"|(?:\+|00)[1-9][0-9]{0,2}[ ./-]?(?:\(0\)[ ]?)?[0-9]{1,5}(?:[ ./-]?[0-9]{2,5}){1,4}"
    r")(?![\w/-])"
)
_NAMES_A_PHONE = re.compile(r"phone|mobile|\btel|telefon|\bfax|\bani\b|caller|msisdn|whatsapp", re.IGNORECASE)


def without_card_numbers(text: str) -> str:
    """The text with each card number (13 to 19 digits, in groups or not, that pass Luhn's check) reduced to its end."""
    return _RUN.sub(_masked, text)


def without_card_numbers_in_words(text: str) -> str:
    """The same for what may be a text or a number: a number alone is taken as the number that it is."""
    return without_card_numbers(text) if _LETTER.search(text) else text


@dataclass(frozen=True, slots=True)
class Masks:
    """What is masked beside card numbers; national phone numbers are known as they are dialled in `region`."""

    phones: bool = False
    emails: bool = False
    region: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything is masked."""
        return self.phones or self.emails

    def text(self, text: str) -> str:
        """A text without what is masked; masked again it stays the same."""
        if self.emails and "@" in text:
            text = _EMAIL.sub(EMAIL, text)
        if self.phones and _SEVEN_DIGITS.search(text):
            text = _without_phones(text, self.region)
        return text

    def attribute(self, name: str, text: str) -> str:
        """The same for an attribute: digits alone are a phone number only where the name says so."""
        if not self.phones or not _ALONE.fullmatch(text):
            return self.text(text)
        return PHONE if _SEVEN_DIGITS.search(text) and _NAMES_A_PHONE.search(name) else text


def contact_points(text: str, region: str | None) -> list[str]:
    """The e-mail addresses and phone numbers in a text, as they stand there."""
    found = [one[0] for one in _EMAIL.finditer(text)] if "@" in text else []
    if _SEVEN_DIGITS.search(text):
        found += [text[start:end] for start, end in _phones(text, region)]
    return found


def _without_phones(text: str, region: str | None) -> str:
    for start, end in reversed(_phones(text, region)):
        text = text[:start] + PHONE + text[end:]
    return text


def _phones(text: str, region: str | None) -> list[tuple[int, int]]:
    """Where phone numbers stand, in order: those of the numbering plans, and those that look like one."""
    from phonenumbers import PhoneNumberMatcher

    found = [(one.start, one.end) for one in PhoneNumberMatcher(text, region or "ZZ")]
    found += [one.span() for one in _LOOKS.finditer(text) if len(re.sub("[^0-9]", "", one[0])) >= FEWEST_PHONE_DIGITS]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


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
