"""Rows of systems that write otherwise: each is brought to cells that are read like those of every other file."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.contacts.arrivals import Arrival, ArrivalReader, Unfit
from app.contacts.binding import Binding
from app.contacts.deliveries import Delivery, delivered
from app.contacts.durations import Durations, NotADuration
from app.contacts.identity import Identities
from app.contacts.times import NotATime, TimeReader
from app.contacts.words import YES_OR_NO
from app.reasons.rules import BETWEEN_LEVELS, split_path

SECONDS_DIGITS = range(9, 12)
BETWEEN_TAGS, BETWEEN_TAG_LEVELS = re.compile(r"[\s,;]+"), "__"
INCOMPLETE = (
    "The export says itself that it is not complete, so contacts may be missing. Export it again; what is here "
    "already is not doubled."
)
_ESCAPED = re.compile("[\udc80-\udcff]+")
_HAS_ZONE = re.compile(r"(?:z|utc|gmt|[+-]\d{2}:?\d{2})$", re.IGNORECASE | re.ASCII)
_BLOCK = re.compile(r"<(?:/?(?:p|div|li|tr|td|h[1-6])\b[^<>]*|br\s*/?)>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
Row = list[str]
Shape = Callable[[Row], str]


def needs_shaping(binding: Binding) -> bool:
    """Whether rows of this file take more than picking their cells."""
    return bool(binding.marks or _shapes(binding)) or _tidies(binding)


class ShapedReader(ArrivalReader):
    """Reads a row as it was shaped: computed cells stand behind its own."""

    def __init__(
        self,
        binding: Binding,
        times: TimeReader,
        identities: Identities,
        customer_key: Callable[[str], bytes | None],
        totalled_days: frozenset[str] = frozenset(),
    ) -> None:
        shapes = _shapes(binding)
        self._shapes = tuple(shapes.values())
        self._binding = binding
        self._blanks = binding.format.styles.blanks
        self._tidies = _tidies(binding)
        self._repaired = 0
        self._is_incomplete = False
        width = len(binding.layout.header)
        header = (*binding.layout.header, *shapes)
        places = {field: (width + number,) for number, field in enumerate(shapes)}
        added = "handle_seconds" in shapes
        shaped = replace(
            binding,
            layout=replace(binding.layout, header=header),
            places={**binding.places, **places},
            durations=Durations() if added else binding.durations,
        )
        self._newest, self._complete = binding.marks.get("newest"), binding.marks.get("complete")
        self._chain, self._leg = binding.marks.get("chain"), binding.marks.get("leg")
        self._moments = times
        styles = binding.format.styles
        self._version = _time(self._newest) if self._newest and (styles.is_unix or styles.is_utc) else None
        super().__init__(shaped, times, identities, customer_key, totalled_days)

    @property
    def remarks(self) -> list[str]:
        """What the file says of itself, and what was repaired."""
        said = [INCOMPLETE] if self._is_incomplete else []
        if self._repaired:
            said.append("The file mixes encodings: what is not UTF-8 in it was read as Windows-1252.")
        return said

    def read(self, row: list[str]) -> Arrival:
        """The arrival in a row; raises what every reader does."""
        cells = self._tidied(row) if self._tidies else list(row)
        if self._complete and not self._is_incomplete:
            self._is_incomplete = YES_OR_NO.get(cells[self._complete[0]].strip().casefold()) is False
        arrival = super().read(cells + [shape(cells) for shape in self._shapes])
        if self._newest is None and self._chain is None:
            return arrival
        return self._delivery(arrival, cells)

    def _delivery(self, arrival: Arrival, cells: Row) -> Arrival:
        version = cells[self._newest[0]].strip() if self._newest else ""
        version = self._version(cells) if self._version else version
        leg = cells[self._leg[0]].strip() if self._leg else ""
        try:
            moment = self._moments.read(version)[0] if version else ""
        except NotATime as error:
            raise Unfit("newest", version, error.sentence) from error
        is_first = not self._chain or arrival.external_id in {None, leg}
        return delivered(Delivery(*arrival), version=moment, leg=leg or arrival.external_id or "", is_first=is_first)

    def _tidied(self, row: Row) -> Row:
        blanks = self._blanks
        cells = ["" if cell in blanks else cell for cell in row] if blanks else list(row)
        if self._binding.format.styles.may_mix_encodings and not "".join(cells).isascii():
            for place, cell in enumerate(cells):
                if _ESCAPED.search(cell):
                    cells[place] = _ESCAPED.sub(_as_windows, cell)
                    self._repaired += 1
        return cells


def _as_windows(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "surrogateescape").decode("cp1252", "replace")


def _tidies(binding: Binding) -> bool:
    styles = binding.format.styles
    return bool(styles.blanks) or styles.may_mix_encodings


def _shapes(binding: Binding) -> dict[str, Shape]:
    """By field, how its cell is computed; fields that are only picked are left out."""
    styles, places, marks = binding.format.styles, binding.places, binding.marks
    shapes: dict[str, Shape] = {}
    if styles.is_unix or styles.is_utc:
        shapes["occurred_at"] = _time(places["occurred_at"])
    if "chain" in marks and "external_id" in places:
        shapes["external_id"] = _first((*marks["chain"], *places["external_id"]))
    if styles.list_sign:
        for field in ("channel", "direction", "queue"):
            if field in places:
                shapes[field] = _first_listed(places[field], styles.list_sign)
    shapes |= _reasons(binding)
    if "waits_in" in marks and "abandoned" not in places:
        shapes["abandoned"] = _abandoned(marks["waits_in"][0], marks.get("served_by", ()))
    shapes |= _others(binding)
    return shapes


def _others(binding: Binding) -> dict[str, Shape]:
    places, instead = binding.places, binding.instead
    shapes: dict[str, Shape] = {}
    if len(places.get("handle_seconds", ())) > 1 or "handle_seconds" in instead:
        shapes["handle_seconds"] = _sum(places.get("handle_seconds", ()), instead.get("handle_seconds", ()), binding)
    for field in ("customer", "queue", "channel"):
        if field in instead and field not in binding.format.constants:
            shapes[field] = _first((*places.get(field, ()), *instead[field]))
    if binding.format.styles.is_html and "note" in places:
        shapes["note"] = _plain(places["note"][0])
    return shapes


def _reasons(binding: Binding) -> dict[str, Shape]:
    """The reason from the first columns that say one; of several in a cell the first, the others are further ones."""
    marks, sign, format_ = binding.marks, binding.format.styles.list_sign, binding.format
    ways = [places for places in (binding.places.get("reason"),) if places]
    ways += [(place,) for place in binding.instead.get("reason", ())]
    tags, prefix = marks.get("tags"), format_.structure.tag_prefix
    if not sign and not tags and "reason" not in binding.instead:
        return {}

    def found(row: Row) -> list[str]:
        for places in ways:
            levels = [cell for place in places if (cell := row[place].strip())]
            listed = [BETWEEN_LEVELS.join(levels)] if not sign or len(places) > 1 else "".join(levels).split(sign)
            said = [text for text in map(str.strip, listed) if text and not format_.is_untagged(text)]
            if said:
                return list(dict.fromkeys(said))
        return _tagged(row[tags[0]], prefix) if tags else []

    return {
        "reason": lambda row: next(iter(found(row)), ""),
        "further_reasons": lambda row: ";".join(found(row)[1:]),
    }


def _tagged(cell: str, prefix: str) -> list[str]:
    """Reasons in tags: intent__billing__late_fee is “Billing > Late fee”."""
    tags = [tag for tag in BETWEEN_TAGS.split(cell) if tag.startswith(prefix)]
    paths = ([part.replace("_", " ").strip() for part in tag[len(prefix) :].split(BETWEEN_TAG_LEVELS)] for tag in tags)
    texts = (BETWEEN_LEVELS.join(part[:1].upper() + part[1:] for part in path if part) for path in paths)
    return [text for text in texts if split_path(text)]


def _time(places: Sequence[int]) -> Shape:
    def shape(row: Row) -> str:
        text = " ".join(row[place].strip() for place in places)
        if text.isdecimal() and len(text) in SECONDS_DIGITS:
            return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return text if not text or ":" not in text or _HAS_ZONE.search(text) else f"{text}Z"

    return shape


def _first(places: Sequence[int]) -> Shape:
    return lambda row: next((cell for place in places if (cell := row[place].strip())), "")


def _first_listed(places: Sequence[int], sign: str) -> Shape:
    return lambda row: row[places[0]].partition(sign)[0]


def _abandoned(waits_in: int, served_by: Sequence[int]) -> Shape:
    def shape(row: Row) -> str:
        return "yes" if row[waits_in].strip() and not any(row[place].strip() for place in served_by) else ""

    return shape


def _sum(places: Sequence[int], instead: Sequence[int], binding: Binding) -> Shape:
    """All durations of a row added; where there is none, the first of the other columns."""
    read = binding.durations.seconds

    def of(text: str) -> int | None:
        try:
            return read(text)
        except NotADuration as error:
            raise Unfit("handle_seconds", text.strip(), error.sentence) from None

    def shape(row: Row) -> str:
        said = [seconds for place in places if (seconds := of(row[place])) is not None]
        if said:
            return str(sum(said))
        return next((str(seconds) for place in instead if (seconds := of(row[place])) is not None), "")

    return shape


def _plain(place: int) -> Shape:
    def shape(row: Row) -> str:
        text = row[place]
        if "<" not in text and "&" not in text:
            return text
        return html.unescape(_MARKUP.sub("", _BLOCK.sub(" ", text))).strip()

    return shape
