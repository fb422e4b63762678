"""A format laid over the header of one file: which cell of a row becomes which field."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from app.contacts import formats
from app.contacts.durations import Durations, NotADuration, has_decimal_comma, unit_of
from app.contacts.files import File, Survey
from app.contacts.formats import REJECT_COLUMNS, Format
from app.contacts.reading import Layout, Row, cells_of, first_rows, key, layout_of
from app.contacts.redaction import without_card_numbers
from app.contacts.rules import AUTO, Choices, Column
from app.values.errors import Refused
from app.values.figures import minutes_and_seconds

EXAMPLES = 3
LONGEST_EXAMPLE = 60
ATTRIBUTE, IGNORED = "attribute", "ignored"
PRIVATE = {"customer": "kept as a key, never as text"}


@dataclass(frozen=True, slots=True)
class Binding:
    """Places (from 0) of the cells of each field, and of the attributes with their names."""

    format: Format
    layout: Layout
    places: Mapping[str, tuple[int, ...]]
    attributes: tuple[tuple[int, str], ...]
    durations: Durations

    @property
    def is_download_of_rejects(self) -> bool:
        """Whether the file was downloaded from us, so that apostrophes before signs of a formula are ours."""
        return key(REJECT_COLUMNS[1]) in {key(header) for header in self.layout.header}

    def header_of(self, field: str) -> str:
        """The headers that make a field, as the file writes them."""
        return " + ".join(self.layout.header[place] for place in self.places.get(field, ()))

    def doubled(self) -> Iterator[tuple[str, str]]:
        """Fields whose header several columns have, with that header."""
        times = Counter(key(header) for header in self.layout.header)
        for field, places in self.places.items():
            yield from (
                (field, self.layout.header[place]) for place in places if times[key(self.layout.header[place])] > 1
            )


def bound(file: File, found: Survey, choices: Choices) -> Binding:
    """The format of a file laid over its header; raises Refused where nothing fits or a column is missing."""
    chosen = chosen_format(choices)
    layout = layout_of(file, found, _score(chosen))
    known = chosen or formats.recognised(layout.header)
    if known is None:
        raise Refused(
            f"Nothing is known of these columns: {_listed(layout.header)}. "
            "Say which column is what with a mapping. Nothing was taken in."
        )
    return _with_commas(over(known, layout), file, found)


def _with_commas(binding: Binding, file: File, found: Survey) -> Binding:
    """The binding, where durations have commas with the word on what these are; decided over the whole file."""
    places = binding.places.get("handle_seconds", ())
    head = first_rows(file, found, binding.layout)
    if not any("," in row[place] for row in head for place in places if place < len(row)):
        return binding
    cells = (cell for _, cell in cells_of(file, found, binding.layout, places[0]))
    return replace(binding, durations=replace(binding.durations, has_decimal_comma=has_decimal_comma(cells)))


def chosen_format(choices: Choices) -> Format | None:
    """The format that somebody chose; none where it is to be recognised."""
    if choices.mapping is not None:
        return formats.of_mapping(choices.mapping)
    return None if choices.format == AUTO else formats.named(choices.format)


def over(known: Format, layout: Layout) -> Binding:
    """A format over a header."""
    first_place: dict[str, int] = {}
    for place, header in enumerate(layout.header):
        first_place.setdefault(key(header), place)
    missing = [header for header in known.identified_by if key(header) not in first_place]
    if missing:
        raise Refused(
            f"The file has no column {' and no column '.join(f'“{one}”' for one in missing)}. "
            f"It has: {_listed(layout.header)}. Nothing was taken in."
        )
    places = {
        field: tuple(first_place[key(one)] for one in headers if key(one) in first_place)
        for field, headers in known.columns.items()
    }
    places = {field: found for field, found in places.items() if found}
    unit = known.unit or unit_of(" ".join(layout.header[place] for place in places.get("handle_seconds", ())))
    return Binding(known, layout, places, tuple(_attributes(known, layout, places)), Durations(unit))


def columns(file: File, found: Survey, choices: Choices) -> tuple[Column, ...]:
    """The columns of a file with examples, also of one that no format is known for."""
    chosen = chosen_format(choices)
    layout = layout_of(file, found, _score(chosen))
    known = chosen or formats.recognised(layout.header)
    binding = _with_commas(over(known, layout), file, found) if known is not None else None
    return described(layout, binding, first_rows(file, found, layout))


def described(layout: Layout, binding: Binding | None, rows: Sequence[Row]) -> tuple[Column, ...]:
    """What each column becomes, with the first different values that it holds."""
    becomes: dict[int, str] = {}
    if binding is not None:
        becomes = dict.fromkeys((place for place, _ in binding.attributes), ATTRIBUTE)
        becomes |= {place: field for field, places in binding.places.items() for place in places}
    return tuple(
        Column(header, what, (PRIVATE[what],) if what in PRIVATE else tuple(_shown(binding, what, rows, place)))
        for place, header in enumerate(layout.header)
        for what in [becomes.get(place, IGNORED if binding is not None or not header else ATTRIBUTE)]
    )


def _shown(binding: Binding | None, what: str, rows: Sequence[Row], place: int) -> Iterator[str]:
    """Examples; a duration with the minutes and seconds that it is read as."""
    for example in _examples(rows, place):
        seconds = None
        if binding is not None and what == "handle_seconds":
            with suppress(NotADuration):
                seconds = binding.durations.seconds(example)
        yield example if seconds is None else f"{example} is {minutes_and_seconds(seconds)}"


def _attributes(known: Format, layout: Layout, places: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, str]]:
    taken = {place for found in places.values() for place in found}
    left_out = {key(header) for header in (*known.ignore, *REJECT_COLUMNS)}
    names: dict[str, int] = {}
    for place, header in enumerate(layout.header):
        if not header or place in taken or key(header) in left_out:
            continue
        times = names[key(header)] = names.get(key(header), 0) + 1
        yield place, header if times == 1 else f"{header} ({times})"


def _examples(rows: Sequence[Row], place: int) -> list[str]:
    values = dict.fromkeys(row[place].strip() for row in rows if len(row) > place)
    return [without_card_numbers(value)[:LONGEST_EXAMPLE] for value in values if value][:EXAMPLES]


def _score(chosen: Format | None) -> "Score":
    return Score([chosen] if chosen is not None else list(formats.formats()))


class Score:
    """How many cells of a row are headers that are known."""

    def __init__(self, known: Sequence[Format]) -> None:
        self.known = known

    def __call__(self, row: Sequence[str]) -> int:
        """The most that one format knows."""
        return max(one.known(row) for one in self.known)


def _listed(header: Sequence[str]) -> str:
    shown = [one or "(blank)" for one in header[:12]]
    more = f" and {len(header) - 12} more" if len(header) > 12 else ""  # noqa: PLR2004
    return ", ".join(shown) + more
