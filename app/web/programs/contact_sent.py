"""A contact as a program writes it, and what is wrong with one that is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from app.contacts.durations import MOST_SECONDS
from app.contacts.sent import Sent
from app.web.programs.faults import faults_of
from app.web.programs.problems import Fault

MOST_ITEMS = 1000
MOST_FURTHER, MOST_ATTRIBUTES = 20, 50
KEPT = r"^[^\u0000]*$"
SOME_LETTERS = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
RFC_3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
Name = Annotated[str, StringConstraints(max_length=200, pattern=SOME_LETTERS)]
Path = Annotated[str, StringConstraints(max_length=700, pattern=KEPT)]
Word = Annotated[str, StringConstraints(max_length=200, pattern=KEPT)]


class Contact(BaseModel):
    """One call, e-mail or chat. Its source and external_id tell it: sent again it changes nothing, or is updated."""

    model_config = ConfigDict(strict=True, extra="forbid", title="Contact")

    source: Annotated[str, StringConstraints(max_length=120, pattern=SOME_LETTERS)] = Field(
        description="The system that it comes from, without a colon.", examples=["Switch"]
    )
    external_id: Name = Field(description="Its number there.", examples=["C-1001"])
    occurred_at: Annotated[str, StringConstraints(max_length=40, pattern=RFC_3339)] = Field(
        description="When it began, as RFC 3339 writes it.",
        examples=["2026-09-14T09:30:00Z"],
        json_schema_extra={"format": "date-time"},
    )
    channel: Literal["phone", "email", "chat", "web", "letter", "social", "other"] = "phone"
    direction: Literal["inbound", "outbound"] = "inbound"
    abandoned: bool = Field(default=False, description="Whether the customer gave up before anybody answered.")
    reason: Path | None = Field(
        default=None,
        description="What the source calls the reason, up to three levels joined by “ > ”.",
        examples=["Delivery > Late > Courier"],
    )
    further_reasons: list[Annotated[str, StringConstraints(max_length=700, pattern=r"^[^\u0000;]*$")]] = Field(
        default=[], max_length=MOST_FURTHER
    )
    queue: Word | None = None
    customer: Annotated[str, StringConstraints(max_length=320, pattern=KEPT)] | None = Field(
        default=None, description="A phone number, an e-mail address or a number: kept as a key, never as text."
    )
    handle_seconds: int | None = Field(default=None, ge=-MOST_SECONDS, le=MOST_SECONDS)
    note: Annotated[str, StringConstraints(max_length=20_000, pattern=KEPT)] | None = Field(
        default=None, description="Kept without the numbers of payment cards."
    )
    attributes: dict[
        Annotated[str, StringConstraints(max_length=120, pattern=SOME_LETTERS)],
        Annotated[str, StringConstraints(max_length=2_000, pattern=KEPT)],
    ] = Field(default={}, max_length=MOST_ATTRIBUTES)

    def sent(self) -> Sent:
        """The plain value."""
        return Sent(
            self.source,
            self.external_id,
            self.occurred_at,
            self.channel,
            self.direction,
            self.abandoned,
            self.reason or "",
            self.further_reasons,
            self.queue or "",
            self.customer or "",
            self.handle_seconds,
            self.note or "",
            self.attributes,
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that is no contact."""

    external_id: str | None
    faults: tuple[Fault, ...]


def _kept(value: Any, handler: ValidatorFunctionWrapHandler) -> Contact | Unreadable:  # noqa: ANN401
    try:
        found: Contact = handler(value)
    except ValidationError as error:
        given = value.get("external_id") if isinstance(value, dict) else None
        known = given if isinstance(given, str) and len(given) <= 200 and "\0" not in given else None  # noqa: PLR2004
        return Unreadable(known, tuple(faults_of(error)))
    return found


Item = Annotated[Contact, WrapValidator(_kept)]
_LIST: TypeAdapter[list[Contact | Unreadable]] = TypeAdapter(
    Annotated[list[Item], Field(max_length=MOST_ITEMS)]  # type: ignore[arg-type]
)
_ONE: TypeAdapter[Contact | Unreadable] = TypeAdapter(Item)


def items(body: bytes) -> list[Contact | Unreadable]:
    """The items of a request; raises ValidationError where it is no JSON, or a list of too many."""
    return _LIST.validate_json(body) if body.lstrip()[:1] == b"[" else [_ONE.validate_json(body)]


def fields() -> Iterator[str]:
    """The names of the fields."""
    yield from Contact.model_fields
