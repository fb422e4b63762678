"""Rows become arrivals: contacts that are checked, redacted and told apart, ready for the one door."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from app.contacts import totalled
from app.contacts.binding import Binding
from app.contacts.durations import NotADuration
from app.contacts.formats import ANY_OTHER
from app.contacts.identity import Identities, digest
from app.contacts.redaction import without_card_numbers, without_card_numbers_in_words
from app.contacts.rules import CHANNELS
from app.contacts.times import TimeReader
from app.contacts.words import CHANNEL_WORDS, DIRECTION_WORDS, YES_OR_NO
from app.reasons.rules import BETWEEN_LEVELS, refused_path, split_path
from app.values.errors import Refused

Key = TypeVar("Key")
Value = TypeVar("Value")
LONGEST_USUAL_SECONDS = 8 * 60 * 60
LONGEST_TEXT = 200
LONGEST_CUSTOMER = 320
LONGEST_CACHED = 400
MOST_CACHED = 10_000


class Arrival(NamedTuple):
    """A contact on its way in, in values that every database driver takes; times are UTC, `day` is the local day.

    `raw_reason` and `further` are what the source calls the reasons; `reason_id` is set where a person chose.
    """

    id: bytes
    external_id: str | None
    occurred_at: str
    day: str
    channel: str
    direction: str
    is_abandoned: bool
    raw_reason: str | None
    further: tuple[str, ...]
    queue: str | None
    customer_key: bytes | None
    handle_seconds: int | None
    is_duration_odd: bool
    note: str | None
    attributes: str | None
    content: bytes
    reason_id: int | None = None


class Unfit(Refused):
    """A cell that cannot be taken in: the field it should become, what it holds, and the sentence."""

    def __init__(self, field: str, value: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.value = field, value


class ArrivalReader:
    """Compiled for one file: reads a row of it into an arrival. What comes again is remembered within bounds."""

    def __init__(
        self,
        binding: Binding,
        times: TimeReader,
        identities: Identities,
        customer_key: Callable[[str], bytes | None],
        totalled_days: frozenset[str] = frozenset(),
    ) -> None:
        self._times = times
        self._identities = identities
        self._customer_key = customer_key
        self._totalled_days = totalled_days
        self._format = binding.format
        self._seconds = binding.durations.seconds
        width = len(binding.layout.header)
        self.extra = [*binding.format.constants.values(), ""]
        fixed = {field: (width + number,) for number, field in enumerate(binding.format.constants)}
        places = {**fixed, **binding.places}
        nowhere = (width + len(self.extra) - 1,)

        def pick(*fields: str) -> Callable[[Sequence[str]], Any]:
            return itemgetter(*(place for field in fields for place in places.get(field, nowhere)))

        self._pick_time, self._pick_reason = pick("occurred_at"), pick("reason")
        self._pick_kind = pick("channel", "direction", "abandoned", "queue")
        self._pick_rest = pick("external_id", "handle_seconds", "customer", "note", "further_reasons")
        self._has_one_time = len(places["occurred_at"]) == 1
        self._attribute_names = tuple(name for _, name in binding.attributes)
        self._pick_attributes = _tuple_of([place for place, _ in binding.attributes])
        self._kinds: dict[Any, tuple[str, str, bool, str | None, str]] = {}
        self._reasons: dict[Any, tuple[str | None]] = {}
        self._durations: dict[str, tuple[int | None, bool]] = {}
        self._attributes: dict[tuple[str, ...], tuple[str | None, str]] = {}

    @property
    def remarks(self) -> list[str]:
        """Sentences about what was resolved while reading."""
        return []

    def read(self, row: list[str]) -> Arrival:
        """The arrival in a row that has as many cells as the header; raises Unfit, NotATime or UnicodeEncodeError."""
        row += self.extra
        when = self._pick_time(row)
        occurred_at, day = self._times.read(when.strip() if self._has_one_time else " ".join(when).strip())
        if day in self._totalled_days:
            raise Unfit("occurred_at", day, totalled.sentence(date.fromisoformat(day), self._totalled_days))
        kind_cells = self._pick_kind(row)
        channel, direction, is_abandoned, queue, kind = self._kinds.get(kind_cells) or self._kind(kind_cells)
        reason_cells = self._pick_reason(row)
        (raw_reason,) = self._reasons.get(reason_cells) or self._reason(reason_cells)
        external_id, duration, customer, note_text, further_text = self._pick_rest(row)
        handle_seconds, is_odd = self._durations.get(duration) or self._duration(duration)
        customer_key = self._customer(customer) if customer else None
        note = self._note(note_text) if note_text else None
        further = self._further(further_text) if further_text else ()
        if self._attribute_names:
            attribute_cells = self._pick_attributes(row)
            attributes, told = self._attributes.get(attribute_cells) or self._attribute(attribute_cells)
        else:
            attributes, told = None, ""
        customer_text = customer_key.hex() if customer_key else ""
        content = digest(
            f"{occurred_at}{kind}\x1f{raw_reason}\x1f{further}\x1f{handle_seconds}\x1f{customer_text}\x1f{note}\x1f{told}"
        )
        external_id = external_id.strip()
        if external_id:
            if len(external_id) > LONGEST_TEXT:
                raise Unfit("external_id", external_id, f"The number is longer than {LONGEST_TEXT} letters.")
            identity = self._identities.of_external(external_id)
        else:
            identity = self._identities.of_content(content, 1)
        facts = (
            identity,
            external_id or None,
            occurred_at,
            day,
            channel,
            direction,
            is_abandoned,
            raw_reason,
            further,
            queue,
            customer_key,
            handle_seconds,
            is_odd,
            note,
            attributes,
            content,
            None,
        )
        return tuple.__new__(Arrival, facts)  # the constructor of named tuples is slow, and files are long

    def _kind(self, cells: tuple[str, str, str, str]) -> tuple[str, str, bool, str | None, str]:
        channel_text, direction_text, abandoned_text, queue = (cell.strip() for cell in cells)
        channel = _meaning(channel_text, self._format.channels, CHANNEL_WORDS)
        if channel is None:
            listed = ", ".join(CHANNELS)
            raise Unfit("channel", channel_text, f"“{channel_text}” is no channel. Channels are: {listed}.")
        direction = _meaning(direction_text, self._format.directions, DIRECTION_WORDS)
        if direction is None:
            raise Unfit("direction", direction_text, f"“{direction_text}” is neither inbound nor outbound.")
        is_abandoned = YES_OR_NO.get(abandoned_text.casefold())
        if is_abandoned is None:
            raise Unfit("abandoned", abandoned_text, f"“{abandoned_text}” says neither yes nor no.")
        if len(queue) > LONGEST_TEXT:
            raise Unfit("queue", queue, f"The queue is longer than {LONGEST_TEXT} letters.")
        kind = f" {channel} {direction} {is_abandoned} {queue}"
        return _kept(self._kinds, cells, (channel, direction, is_abandoned, queue or None, kind))

    def _reason(self, cell: str | tuple[str, ...]) -> tuple[str | None]:
        levels = [cell] if isinstance(cell, str) else cell
        return _kept(self._reasons, cell, (self._raw_reason(levels, "reason"),))

    def _raw_reason(self, levels: Sequence[str], field: str) -> str | None:
        """What the source calls the reason, its levels joined; none for a blank or a code that is no reason."""
        path = tuple(name for level in levels for name in split_path(level))
        text = BETWEEN_LEVELS.join(path)
        if not path or self._format.is_untagged(text):
            return None
        if sentence := refused_path(path):
            raise Unfit(field, text, sentence)
        return text

    def _further(self, text: str) -> tuple[str, ...]:
        found = (self._raw_reason([part], "further_reasons") for part in text.split(";"))
        return tuple(dict.fromkeys(raw for raw in found if raw))

    def _duration(self, text: str) -> tuple[int | None, bool]:
        try:
            seconds = self._seconds(text)
        except NotADuration as error:
            raise Unfit("handle_seconds", text.strip(), error.sentence) from None
        return _kept(self._durations, text, (seconds, is_odd(seconds)))

    def _customer(self, text: str) -> bytes | None:
        if len(text) > LONGEST_CUSTOMER:
            raise Unfit("customer", text, f"The customer is longer than {LONGEST_CUSTOMER} letters.")
        return self._customer_key(text)

    def _note(self, text: str) -> str | None:
        return without_card_numbers(text.strip()) or None

    def _attribute(self, cells: tuple[str, ...]) -> tuple[str | None, str]:
        pairs = {}
        for name, cell in zip(self._attribute_names, cells, strict=True):
            value = cell.strip()
            if value:
                pairs[name] = without_card_numbers_in_words(value)
        stored = json.dumps(pairs, ensure_ascii=False) if pairs else None
        told = json.dumps(sorted((name.casefold(), value) for name, value in pairs.items()), ensure_ascii=False)
        found = (stored, told if pairs else "")
        return _kept(self._attributes, cells, found) if len(told) <= LONGEST_CACHED else found


def _meaning(text: str, own: Mapping[str, str], usual: Mapping[str, str]) -> str | None:
    """What a word means in a format: as the format says, as systems usually do, or as all its other words."""
    said = text.casefold()
    return own.get(said) or usual.get(said) or own.get(ANY_OTHER)


def is_odd(seconds: int | None) -> bool:
    """Whether a duration is kept but left out of averages: below 0 or above 8 hours."""
    return seconds is not None and not 0 <= seconds <= LONGEST_USUAL_SECONDS


def _kept(cache: dict[Key, Value], key: Key, value: Value) -> Value:
    if len(cache) >= MOST_CACHED:
        cache.clear()
    cache[key] = value
    return value


def _tuple_of(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(places) > 1:
        pick: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*places)
        return pick
    return lambda row: tuple(row[place] for place in places)
