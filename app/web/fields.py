"""Fields for days, amounts, shares and whole numbers; each keeps what was typed and says what is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.widgets import TextInput

from app.values.errors import Refused
from app.values.figures import from_text
from app.values.money import Money, decimals, money_from_text
from app.web import work
from app.web.security import LARGEST_ID

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
BP_A_PERCENT = 100
MOST_DIGITS = 15


class ParsedField(Field):
    """Text that becomes a value; empty text becomes None, or is refused with `needed`."""

    widget = TextInput()
    data: Any

    def __init__(self, label: str, *, needed: str = "", **options: Any) -> None:  # noqa: ANN401  (WTForms' own options)
        super().__init__(label, **options)
        self.needed = needed

    def parse(self, text: str) -> Any:  # noqa: ANN401  (each field has a value of its own)
        """The value; raises Refused with a sentence."""
        raise NotImplementedError

    def written(self, value: Any) -> str:  # noqa: ANN401
        """The value as it is typed."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            if self.needed:
                raise ValueError(self.needed)
            return
        try:
            self.data = self.parse(text)
        except Refused as error:
            raise ValueError(error.sentence) from error


class DayField(ParsedField):
    """A day of the calendar."""

    widget = TextInput("date")

    def parse(self, text: str) -> date:
        """A day like 2026-09-14."""
        return day_from_text(text)


class AmountField(ParsedField):
    """Money in the installation's currency."""

    def parse(self, text: str) -> Money:
        """An amount like 1,250.50."""
        return money_from_text(text, work.settings().currency)

    def written(self, value: Money) -> str:
        """Like 1250.50, without the sign of the currency."""
        digits = decimals(value.currency)
        return f"{Decimal(value.amount_minor).scaleb(-digits):.{digits}f}"


class ShareField(ParsedField):
    """A share in percent, kept in basis points."""

    def parse(self, text: str) -> int:
        """A share like 12.5 or 12.5 %."""
        return share_from_text(text)

    def written(self, value: int) -> str:
        """Like 12.5."""
        return share_text(value)


class WholeField(ParsedField):
    """A whole number."""

    def parse(self, text: str) -> int:
        """A number like 100,000."""
        exact = _decimal(text, f"“{text}” is no whole number. Write it like 30.")
        if exact != exact.to_integral_value():
            message = f"“{text}” is no whole number. Round it first."
            raise Refused(message)
        return int(exact)


def row_id(text: str) -> int | None:
    """The number of a row as an address or a form carries it; none for what no row can have."""
    is_short = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_ID))
    return int(text) if is_short and int(text) <= LARGEST_ID else None


def day_from_text(text: str) -> date:
    """A day like 2026-09-14; raises Refused for what is none, or lies outside the years that anybody means."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        message = f"“{text}” is no day. Write it like 2026-09-14."
        raise Refused(message) from error
    if not FIRST_DAY <= found <= LAST_DAY:
        message = f"“{text}” lies outside the years {FIRST_DAY.year} to {LAST_DAY.year}. Look at the year again."
        raise Refused(message)
    return found


def share_from_text(text: str) -> int:
    """A share in percent like 12.5 or 12.5 %, in basis points; raises Refused with a sentence."""
    exact = _decimal(text.removesuffix("%"), f"“{text}” is no share. Write it in percent, like 12.5.") * BP_A_PERCENT
    if exact != exact.to_integral_value():
        message = f"“{text}” is finer than a hundredth of a percent. Round it first."
        raise Refused(message)
    return int(exact)


def share_text(value: int) -> str:
    """Basis points in percent, like 12.5."""
    return f"{Decimal(value) / BP_A_PERCENT:f}"


def put_faults(form: FlaskForm, faults: Mapping[str, str]) -> None:
    """Put each sentence to its field; one whose field the form has not goes to the form."""
    for fault, sentence in faults.items():
        name = fault.removesuffix("_minor")
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
        else:
            form.form_errors.append(sentence)


def _decimal(text: str, sentence: str) -> Decimal:
    exact = from_text(text)
    if exact is None or abs(exact) >= 10**MOST_DIGITS:
        raise Refused(sentence)
    return exact
