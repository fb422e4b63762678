"""An amount in words, as it stands on what people sign."""

from app.values.money import Money, decimals

# fmt: off
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_GROUPS = ("", " thousand", " million", " billion", " trillion", " quadrillion")


def amount_in_words(money: Money) -> str:
    """Like “one thousand two hundred and five and 07/100 USD”; below zero it begins with minus."""
    digits = decimals(money.currency)
    whole, part = divmod(abs(money.amount_minor), 10**digits)
    fraction = f" and {part:0{digits}d}/{10**digits}" if digits else ""
    return f"{'minus ' if money.amount_minor < 0 else ''}{in_words(whole)}{fraction} {money.currency}"


def in_words(number: int) -> str:
    """A whole number from 0 on in English words."""
    if number < 1000:  # noqa: PLR2004
        return _below_thousand(number)
    groups = []
    for name in _GROUPS:
        number, group = divmod(number, 1000)
        if group:
            groups.append(_below_thousand(group) + name)
    return " ".join(reversed(groups))


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        below = _ONES[rest] if rest < len(_ONES) else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
        parts.append(below)
    return " and ".join(parts)
