"""A format laid over the header of one file: which cell of a row becomes which field."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as a_field
from fnmatch import fnmatchcase
from itertools import chain

from app.contacts import formats
from app.contacts.durations import Durations, NotADuration, has_decimal_comma, unit_of
from app.contacts.files import File, Survey
from app.contacts.formats import REJECT_COLUMNS, Format, Structure
from app.contacts.reading import Layout, Row, cells_of, first_rows, key, layout_of
from app.contacts.redaction import without_card_numbers
from app.contacts.rules import AUTO, Choices, Column
from app.values.errors import Refused
from app.values.figures import minutes_and_seconds

EXAMPLES = 3
LONGEST_EXAMPLE = 60
ATTRIBUTE, IGNORED = "attribute", "ignored"
# What people call the column that holds the reason, in English, German, French and Spanish.
REASON_WORDS = frozenset(
    [
        *("reason", "category", "topic", "issue", "disposition", "grund", "kontaktgrund", "anliegen", "kategorie"),
        *("motif", "raison", "categorie", "sujet", "motivo", "razon", "categoria"),
    ]
)
PRIVATE = {"customer": "kept as a key, never as text"}


@dataclass(frozen=True, slots=True)
class Binding:
    """Places (from 0) of the cells of each field, and of the attributes with their names.

    `instead` are the places to look at where those of a field are empty; `marks` those of what gives rows a structure.
    """

    format: Format
    layout: Layout
    places: Mapping[str, tuple[int, ...]]
    attributes: tuple[tuple[int, str], ...]
    durations: Durations
    instead: Mapping[str, tuple[int, ...]] = a_field(default_factory=dict)
    marks: Mapping[str, tuple[int, ...]] = a_field(default_factory=dict)
    remarks: tuple[str, ...] = ()

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
        _refuse_figures(file, layout)
        raise Refused(
            f"Nothing is known of these columns: {_listed(layout.header)}. "
            "Say which column is what with a mapping. Nothing was taken in."
        )
    return _with_commas(over(known, layout), file, found)


def _refuse_figures(file: File, layout: Layout) -> None:
    """Raises Refused where these are the columns of totals or of drivers."""
    figures = formats.recognised_figures(layout.header)
    if figures is not None:
        raise Refused(
            f"{file.name} holds {figures.title.lower()}, no contacts. Bring it in under Imports, "
            f"{figures.name.title()}, or with flask {figures.name} import. Nothing was taken in."
        )


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
    at: dict[str, int] = {}
    for place, header in enumerate(layout.header):
        at.setdefault(known.told(header), place)

    def found(headers: Iterable[str]) -> tuple[int, ...]:
        return tuple(at[known.told(one)] for one in headers if known.told(one) in at)

    _check_whole(known, layout, at)
    places = {field: found(headers) for field, headers in known.columns.items()}
    places = {field: there for field, there in places.items() if there}
    instead = {field: found(headers) for field, headers in known.instead.items()}
    remarks: tuple[str, ...] = ()
    if known.reason_among and "reason" not in places:
        among, remarks = _among(known, layout)
        places |= {"reason": among} if among else {}
    structure = known.structure
    marks = {name: found((header,)) for name, header in _marks(structure).items()}
    marks["served_by"] = found(structure.served_by)
    unit = known.styles.unit or unit_of(" ".join(layout.header[place] for place in places.get("handle_seconds", ())))
    attributes = tuple(_attributes(known, layout, {*chain(*places.values()), *instead.get("customer", ())}))
    return Binding(
        known, layout, places, attributes, Durations(unit), _without_blanks(instead), _without_blanks(marks), remarks
    )


def _check_whole(known: Format, layout: Layout, at: Collection[str]) -> None:
    """Raises Refused where a column is missing that the format is known by."""
    lacking = [[one for one in needed if known.told(one) not in at] for needed in known.identified_by]
    missing = min(lacking, key=len, default=[])
    if missing:
        raise Refused(
            f"The file has no column {' and no column '.join(f'“{one}”' for one in missing)}. "
            f"It has: {_listed(layout.header)}. Nothing was taken in."
        )


def _among(known: Format, layout: Layout) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The column that holds the reason, of those that may: the one that is called so, else the only one."""
    may = {place: header for place, header in enumerate(layout.header) if fnmatchcase(key(header), known.reason_among)}
    called = [place for place, header in may.items() if any(word in key(header) for word in REASON_WORDS)]
    if len(called) == 1 or len(may) == 1:
        return tuple(called or may)[:1], ()
    if not may:
        return (), ()
    named = ", ".join(f"“{header}”" for header in may.values())
    return (), (f"The reason may be in one of several columns: {named}. Say which one under “Change columns”.",)


def _marks(structure: Structure) -> dict[str, str]:
    names = ("chain", "leg", "newest", "waits_in", "tags", "complete")
    return {name: header for name in names if (header := getattr(structure, name))}


def _without_blanks(places: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {name: there for name, there in places.items() if there}


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
        becomes |= dict.fromkeys(binding.instead.get("customer", ()), "customer")
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


def _attributes(known: Format, layout: Layout, taken: Collection[int]) -> Iterator[tuple[int, str]]:
    left_out = {key(header) for header in REJECT_COLUMNS}
    names: dict[str, int] = {}
    for place, header in enumerate(layout.header):
        if not header or place in taken or key(header) in left_out or known.leaves_out(header):
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
        keys = {key(cell) for cell in row}
        return max(one.known_keys(keys) for one in self.known)


def _listed(header: Sequence[str]) -> str:
    shown = [one or "(blank)" for one in header[:12]]
    more = f" and {len(header) - 12} more" if len(header) > 12 else ""  # noqa: PLR2004
    return ", ".join(shown) + more
