"""A file, opened for one source: everything that is decided about reading it, and its rows told apart."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.config import Settings
from app.contacts.arrivals import Arrival, ArrivalReader
from app.contacts.binding import Binding, bound
from app.contacts.customers import keys_of
from app.contacts.deliveries import Deliveries
from app.contacts.durations import CLOCK
from app.contacts.files import File, Survey, opened_text, survey
from app.contacts.identity import Identities
from app.contacts.portions import Portion, PortionReader
from app.contacts.reading import cells_of, first_rows, has_rows
from app.contacts.redaction import Masks
from app.contacts.returning import ATTRIBUTES_FIELD, ID_FIELD, ReturningReader
from app.contacts.rules import FIELDS, Choices
from app.contacts.seen import Seen
from app.contacts.shaping import ShapedReader, needs_shaping
from app.contacts.times import TimeReader, is_numeric, latest_moment, order_of
from app.values.errors import Refused
from app.values.figures import counted

ROWS_AT_ONCE = 4000
SHOWN_RETIRED = 5
_AM_PM = re.compile(r"[ap]\.?m\.?\s*$", re.IGNORECASE)


@dataclass(slots=True)
class OpenFile:
    """A file that can be taken in; `superseded` and `ignored` count what was passed over while reading.

    `retired` holds values of its source that mean a reason that is retired; `of_retired` counts their contacts.

    Rows of `totalled_days` are rejected: for those its source gave totals.
    """

    file: File
    survey: Survey
    binding: Binding
    times: TimeReader
    identities: Identities
    settings: Settings
    totalled_days: frozenset[str] = field(default=frozenset(), init=False)
    masks: Masks = field(default=Masks(), init=False)
    retired: Mapping[str, str] = field(default_factory=dict, init=False)
    of_retired: Counter[str] = field(default_factory=Counter, init=False)
    superseded: int = field(default=0, init=False)
    passed_over: int = field(default=0, init=False)
    ignored: int = field(default=0, init=False)
    reader: ArrivalReader | None = field(default=None, init=False)

    @property
    def is_returning(self) -> bool:
        """Whether the columns are of a kind that only the tracker's export has."""
        return ID_FIELD in self.binding.places or ATTRIBUTES_FIELD in self.binding.places

    @property
    def is_plain(self) -> bool:
        """Whether its rows are read one by one, so that another process may read them and send plain values."""
        return not (self.is_returning or self.survey.table or self.retired or needs_shaping(self.binding))

    def portions(self, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[tuple[Portion[Arrival], int]]:
        """The rows in portions, each with how many bytes of the file are read by then."""
        self.reader = self._reader(self.times)
        rows = PortionReader(self.binding, self.reader, has_nul=self.survey.has_nul, masks=self.masks)
        deliveries = self._deliveries(rows_at_once)
        with closing(Seen(self.identities)) as seen, opened_text(self.file, self.survey) as (text, raw):
            for portion in rows.portions(text, rows_at_once):
                self.ignored += portion.ignored
                if deliveries is not None:
                    self._leave_out(portion, deliveries)
                portion.arrivals, superseded = seen.told_apart(portion.arrivals)
                portion.ignored += superseded
                self.superseded += superseded
                if self.retired:
                    raws = (arrival.raw_reason for arrival in portion.arrivals)
                    self.of_retired.update(raw for raw in raws if raw is not None and raw in self.retired)
                yield portion, raw.tell()
        if deliveries is not None:
            deliveries.close()

    def _reader(self, times: TimeReader) -> ArrivalReader:
        keys = keys_of(self.settings)
        if self.is_returning:
            return ReturningReader(self.binding, times, self.identities, keys, self.totalled_days)
        kind = ShapedReader if needs_shaping(self.binding) else ArrivalReader
        return kind(self.binding, times, self.identities, keys.key, self.totalled_days)

    def _deliveries(self, rows_at_once: int) -> Deliveries | None:
        """All deliveries of a file whose contacts come more than once, read through before the first one counts."""
        if not {"newest", "chain"} & set(self.binding.marks):
            return None
        deliveries = Deliveries()
        reader = self._reader(TimeReader(self.times.source_zone, self.times.home, self.times.order, self.times.latest))
        rows = PortionReader(self.binding, reader, has_nul=self.survey.has_nul)
        with opened_text(self.file, self.survey) as (text, _):
            for portion in rows.portions(text, rows_at_once):
                deliveries.note(portion.arrivals)
        return deliveries

    def _leave_out(self, portion: Portion[Arrival], deliveries: Deliveries) -> None:
        """Ignore deliveries that do not count."""
        counting = deliveries.counting(portion.arrivals)
        left_out = len(portion.arrivals) - len(counting)
        portion.arrivals = counting
        portion.ignored += left_out
        self.passed_over += left_out

    @property
    def remarks(self) -> list[str]:
        """Sentences about what was resolved or passed over while reading."""
        remarks = [*(self.survey.table.remarks if self.survey.table else ()), *self.binding.remarks]
        remarks += [*(self.reader.remarks if self.reader else ()), *self.times.remarks]
        format_ = self.binding.format
        if "channel" not in self.binding.places and "channel" not in format_.constants:
            remarks.append("No column says the channel: every contact was read as a phone call.")
        unit = self.binding.durations.unit
        if unit not in {"seconds", CLOCK}:
            remarks.append(f"Numbers under “{self.binding.header_of('handle_seconds')}” were read as {unit}.")
        remarks += [
            f"Several columns are called “{header}”: the first is {FIELDS[field]}, the others are kept as attributes."
            for field, header in self.binding.doubled()
        ]
        if self.superseded:
            remarks.append(
                f"{counted(self.superseded, 'row')} came with the number of an earlier row; the first delivery counts."
            )
        remarks += [
            f"{counted(number, 'contact')} came as “{raw}”, which means “{self.retired[raw]}”, a retired reason: "
            "it was kept. Give the value another meaning at Import, What values mean."
            for raw, number in self.of_retired.most_common(SHOWN_RETIRED)
        ]
        if self.passed_over:
            remarks.append(
                f"{counted(self.passed_over, 'row')} came as earlier states or further legs of a contact that counts "
                "once."
            )
        if self.ignored:
            passed_over = counted(self.ignored, "row")
            remarks.append(f"{passed_over} without a contact: empty, a repeat of the header, or a footer.")
        return remarks


def look(file: File, choices: Choices, settings: Settings, *, at: datetime) -> OpenFile:
    """Open a file for taking in; raises Refused with the sentence where that cannot be, or with the open question.

    `choices` name the time zone of the source; `at` is when the file came, and times after the next day are refused.
    """
    found = survey(file)
    binding = bound(file, found, choices)
    if binding.format.styles.may_mix_encodings and found.encoding == "cp1252":
        found = replace(found, encoding="utf-8-sig")
        binding = bound(file, found, choices)
    if not has_rows(file, found, binding.layout):
        raise Refused(f"{file.name} holds a header and no rows. Nothing was taken in.")
    order = choices.date_order or _order(file, found, binding)
    times = TimeReader(ZoneInfo(choices.timezone or "UTC"), settings.timezone, order, latest_moment(at))
    return OpenFile(file, found, binding, times, Identities(choices.source), settings)


def _order(file: File, found: Survey, binding: Binding) -> str | None:
    """Day first or month first, where the dates of this file are numbers; decided over the whole file."""
    place = binding.places["occurred_at"][0]
    head = first_rows(file, found, binding.layout)
    if not any(is_numeric(row[place].strip()) for row in head if len(row) > place):
        return None
    styles = binding.format.styles
    usual = styles.date_order
    if styles.only_with_am_pm and not all(_AM_PM.search(row[place]) for row in head if len(row) > place and row[place]):
        usual = ""
    return order_of(cells_of(file, found, binding.layout, place), usual=usual)
