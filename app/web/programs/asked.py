"""What a program may ask for in an address, and what is said of one that asks for something else."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from flask import request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.json_schema import WithJsonSchema

from app.values.errors import Refused
from app.values.periods import Period
from app.web.fields import FIRST_DAY, LAST_DAY, day_from_text
from app.web.programs.faults import faults_of
from app.web.programs.problems import Fault, WrongAddress

MOST_ROWS, USUAL_ROWS = 1000, 100
LARGEST_NUMBER = 2**31 - 1
Query = TypeVar("Query", bound="Asked")


def _day(text: Any) -> date:  # noqa: ANN401
    try:
        return day_from_text(text)
    except Refused as error:
        raise ValueError(error.sentence) from error


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {"type": "string", "format": "date", "description": f"A day from {FIRST_DAY} to {LAST_DAY}, like 2026-09-14."}
    ),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Channel = Literal["phone", "email", "chat", "web", "letter", "social", "other"]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class Asked(BaseModel):
    """What all addresses have in common: nothing that is not listed, nothing twice."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class AskedContacts(Asked):
    """Which contacts: the days are half-open, `cursor` is what the page before gave as `next`."""

    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")
    channel: Channel | None = None
    source: Text | None = None
    reason: Text | None = Field(default=None, description="A path like “Delivery > Late”, with all below it.")
    limit: Limit = USUAL_ROWS
    cursor: Text | None = None


class AskedRanking(Asked):
    """Which ranking: of the days from `from` up to, not including, `to`."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    by: Literal["contacts", "cost", "minutes"] = "contacts"
    level: Annotated[int, Field(ge=1, le=3)] | None = Field(default=None, description="Reasons of this level.")
    channel: Channel | None = None
    source: Text | None = None
    tree_of: Day | None = Field(default=None, description="Reasons as they stood on this day.")


class AskedLedger(Asked):
    """Which entries: of months that begin on `from` or later and before `to`."""

    initiative: Number | None = None
    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")
    limit: Limit = USUAL_ROWS
    cursor: Number | None = None


class AskedNothing(Asked):
    """An address without a question."""


class Sending(Asked):
    """How contacts are taken in."""

    new_reasons: Literal["create", "wait"] = Field(
        default="create",
        description="Whether a value that no reason is known for becomes a reason, or waits until somebody maps it.",
    )


def read(model: type[Query]) -> Query:
    """What the address of this request asks for; raises WrongAddress."""
    given = request.args.to_dict(flat=False)
    twice = [Fault(name[:120], "It stands in the address twice.") for name, values in given.items() if len(values) > 1]
    if twice:
        raise WrongAddress(twice)
    try:
        return model.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise WrongAddress(list(faults_of(error))) from error


def wrong(name: str, sentence: str) -> WrongAddress:
    """What is said of one parameter."""
    return WrongAddress([Fault(name, sentence)])


def period(start: date, end: date) -> Period:
    """The days of an address; raises WrongAddress where they are none."""
    if end <= start:
        raise wrong("to", f"This day is not after {start}, so the period would hold no day.")
    return Period(start, end)
