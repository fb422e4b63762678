"""Money as whole minor units with an ISO currency; never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from app.values.errors import Refused
from app.values.figures import MINUS, from_text

SYMBOLS = {"USD": "$", "CAD": "CA$", "AUD": "A$", "EUR": "€", "GBP": "£", "JPY": "¥"}
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}
LARGEST_MINOR = 10**15
THOUSAND, MILLION = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of one currency; sums across currencies are refused."""

    amount_minor: int
    currency: str

    def __add__(self, other: Self) -> Self:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} cannot be added. Keep each currency in its own total."
            raise Refused(message)
        return type(self)(self.amount_minor + other.amount_minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.amount_minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        return self + -other


def decimals(currency: str) -> int:
    """How many digits the minor unit takes."""
    return DECIMALS.get(currency, 2)


def rounded(exact: Decimal) -> int:
    """Whole minor units, half to even, so that many small roundings do not drift."""
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def money_from_text(text: str, currency: str) -> Money:
    """An amount as a person writes it ("6", "6.00", "$1,250.50"); raises Refused with a sentence."""
    found = from_text(text.strip().removeprefix(SYMBOLS.get(currency, currency)))
    if found is None:
        message = f"“{text}” is no amount. Write it like 6.00."
        raise Refused(message)
    exact = found.scaleb(decimals(currency))
    if abs(exact) > LARGEST_MINOR:
        message = f"“{text}” is too large for an amount of money."
        raise Refused(message)
    if exact != exact.to_integral_value():
        message = f"“{text}” has more digits after the point than {currency} has. Round it first."
        raise Refused(message)
    return Money(int(exact), currency)


def money_text(money: Money, *, cents: bool = False) -> str:
    """Like $74,900 or $6.00 (cents); a minus sign goes before the symbol."""
    digits = decimals(money.currency)
    amount = Decimal(abs(money.amount_minor)).scaleb(-digits)
    body = f"{amount:,.{digits}f}" if cents else f"{amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN):,}"
    symbol = SYMBOLS.get(money.currency, money.currency + "\u00a0")
    sign = MINUS if money.amount_minor < 0 and body.strip("0.,") else ""
    return f"{sign}{symbol}{body}"


def money_in_brackets(money: Money, *, cents: bool = False) -> str:
    """As money tables print it: a negative amount stands in brackets."""
    text = money_text(money, cents=cents)
    return f"({text[1:]})" if text.startswith(MINUS) else text


def money_short(money: Money) -> str:
    """For ranges and axes: $51k, $1.2M, $640."""
    amount = Decimal(money.amount_minor).scaleb(-decimals(money.currency))
    symbol = SYMBOLS.get(money.currency, money.currency + "\u00a0")
    size = abs(amount)
    sign = MINUS if amount < 0 and round(size) else ""
    if round(size / THOUSAND) >= THOUSAND:
        return f"{sign}{symbol}{size / MILLION:.1f}M"
    if size >= THOUSAND:
        return f"{sign}{symbol}{size / THOUSAND:.0f}k"
    return f"{sign}{symbol}{size:.0f}"
