"""What programs are told: the shapes of all answers, from which the document is made too."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from app.values.money import Money as Amount


def _rfc_3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[
    datetime, PlainSerializer(_rfc_3339, return_type=str), Field(json_schema_extra={"format": "date-time"})
]
Channel = Literal["phone", "email", "chat", "web", "letter", "social", "other"]
Share = Annotated[float, Field(description="0 to 1.")]


class Told(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_mode_override="serialization")


class Money(Told):
    """Whole minor units, like cents, of one currency."""

    amount_minor: int
    currency: str = Field(description="ISO 4217.", examples=["USD"])

    @classmethod
    def of(cls, amount: Amount | None) -> Self | None:
        """None where the amount is unknown."""
        return None if amount is None else cls(amount_minor=amount.amount_minor, currency=amount.currency)

    @classmethod
    def minor(cls, amount_minor: int | None, currency: str) -> Self | None:
        """The same of minor units."""
        return None if amount_minor is None else cls(amount_minor=amount_minor, currency=currency)


class Wrong(Told):
    """One thing that is wrong: the field, or the way to it, and a sentence."""

    field: str
    detail: str


class ItemTold(Told):
    """What became of one item, by its place in the request, from 0."""

    index: int
    status: Literal["new", "updated", "unchanged", "rejected", "ignored"]
    external_id: str | None
    id: UUID | None = Field(description="Its number in the tracker; none where it was rejected.")
    errors: list[Wrong]


class Received(Told):
    """What became of a request: read = new + updated + unchanged + rejected + ignored."""

    read: int
    new: int
    updated: int
    unchanged: int
    rejected: int
    ignored: int
    untagged: int = Field(description="How many of the new ones have no reason.")
    items: list[ItemTold]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] = Field(default=[])


class ContactTold(Told):
    """A contact; `raw_reason` is what its source calls the reason, `day` the day at the installation."""

    id: UUID
    source: str
    external_id: str | None
    occurred_at: Moment
    day: date
    channel: Channel
    direction: Literal["inbound", "outbound"]
    abandoned: bool
    reason: str | None
    further_reasons: list[str]
    raw_reason: str | None
    queue: str | None
    handle_seconds: int | None
    note: str | None
    attributes: dict[str, Any]


class Contacts(Told):
    """A page of contacts, newest first; `next` is the cursor of the page behind it."""

    contacts: list[ContactTold]
    next: str | None


class ReasonTold(Told):
    """A reason in the tree as it stands now."""

    id: int
    path: str
    name: str
    level: int
    parent_id: int | None
    department: str | None = Field(description="Who can remove it.")
    is_other: bool
    is_retired: bool


class Reasons(Told):
    """All reasons, from the top down; merged ones are left out."""

    reasons: list[ReasonTold]


class Ranked(Told):
    """One reason's place; figures that are unknown are null."""

    reason: str
    reason_id: int
    path: str
    contacts: int
    share: Share | None
    cumulative_share: Share | None
    handle_seconds: int | None
    cost: Money | None
    per_100_driver: float | None
    repeat_share: Share | None


class Ranking(Told):
    """The ranking of a period."""

    start: date
    end: date
    by: Literal["contacts", "cost", "minutes"]
    level: int | None
    contacts: int
    tagged: int
    coverage: Share | None
    other_share: Share | None
    reasons: list[Ranked]


class Promise(Told):
    """What a projection says a year."""

    contacts_a_year: int
    saving_a_year: Money | None
    net_a_year: Money | None


class Projection(Told):
    """A projection with its range."""

    version: int
    frozen_at: Moment | None
    payback_months: int | None
    low: Promise
    likely: Promise
    high: Promise


class Realised(Told):
    """What was measured since go-live; indicative until finance has validated it."""

    is_indicative: bool
    start: date
    end: date
    avoided: int | None
    saving: Money | None
    contacts_a_year: int | None
    saving_a_year: Money | None


class InitiativeTold(Told):
    """An initiative."""

    id: int
    code: str
    name: str
    stage: str
    owner: str | None
    sponsor: str | None
    reasons: list[str]
    channels: list[str]
    due_on: date | None
    go_live_on: date | None
    projected: Projection | None
    forecast: Projection | None
    realised: Realised | None
    measured_a_year: Money | None = Field(description="What the ledger holds measured, capacity a year.")
    validated_a_year: Money | None = Field(description="What finance has signed of it.")


class Initiatives(Told):
    """All initiatives, those with the most money first."""

    initiatives: list[InitiativeTold]


class MeasurementTold(Told):
    """One look at one month-end; amounts are cumulative since go-live."""

    id: int
    month: date
    number: int
    measured_at: Moment
    measured_by: str
    state: str
    method_version: str
    avoided: int
    net: Money | None
    low: Money | None
    high: Money | None
    booked: Money | None
    figures: dict[str, Any] = Field(description="All that the calculation found, as it was kept.")


class Measurements(Told):
    """Everything that was measured of an initiative, the oldest first."""

    initiative: int
    measurements: list[MeasurementTold]


class EntryTold(Told):
    """One entry of the ledger."""

    number: int
    initiative: str
    initiative_id: int
    month: date
    kind: str
    column: str
    contacts: int
    amount: Money
    method: str
    method_version: str
    plan_number: int | None
    plan_hash: str | None
    rates_hash: str | None
    result_id: int | None
    act_id: int | None
    reverses: int | None
    about: int | None
    note: str | None
    at: Moment
    by: str
    basis: dict[str, Any]


class Ledger(Told):
    """A page of entries, newest first; `next` is the cursor of the page behind it."""

    entries: list[EntryTold]
    next: int | None


class GoalTold(Told):
    """The goal; nobody has set it yet where `valid_from` is null."""

    contacts: int
    cost_per_contact: Money
    money: Money
    valid_from: date | None


class RungTold(Told):
    """A level of the ladder: everything that reached it, added up."""

    level: str
    initiatives: list[int]
    contacts: int
    money: Money | None
    share_of_goal: Share


class MonthTold(Told):
    """A month: what was projected for it, and what was measured as an indication."""

    start: date
    end: date
    projected_contacts: int
    projected: Money | None
    realised_contacts: int | None
    realised: Money | None


class Scorecard(Told):
    """Everything against the goal; `signed` ends with what the ledger holds measured and validated."""

    as_of: date
    goal: GoalTold
    ladder: list[RungTold]
    signed: list[RungTold]
    months: list[MonthTold]
