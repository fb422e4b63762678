"""The dry run: the whole file is read and held against what is here, and nothing is saved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from app.contacts import totalled
from app.contacts.arrivals import Arrival
from app.contacts.binding import Binding, described
from app.contacts.intake import UNKNOWN, counts_of, held_against
from app.contacts.opening import OpenFile
from app.contacts.portions import Portion
from app.contacts.privacy.admission import masks
from app.contacts.progress import Progress
from app.contacts.reading import first_rows
from app.contacts.returning import recognised
from app.contacts.rules import Choices, Counts, Preview, Rejection
from app.contacts.times import day_of
from app.contacts.words import EXPLAINED
from app.db import Database
from app.reasons import queries as reasons
from app.reasons.queries import RawMeaning
from app.values.errors import Refused

SHOWN_REJECTIONS = 20
LONGEST_CELL = 200
SHOWN_REASONS = 50
SHOWN_WORDS = 20
MOST_NEW_REASONS = 5000


class DryRun:
    """Gathers what taking a file in would do."""

    def __init__(self, choices: Choices, meanings: Mapping[str, RawMeaning], binding: Binding) -> None:
        self.choices, self.meanings = choices, meanings
        self.explained = {binding.header_of(field): field for field in EXPLAINED if field in binding.places}
        self.counts = Counts()
        self.unknown: Counter[str] = Counter()
        self.rejections: list[Rejection] = []
        self.days: set[str] = set()
        self.unknown_words: dict[tuple[str, str], None] = {}

    def add(self, database: Database, portion: Portion[Arrival]) -> None:
        """Hold some rows against what is here."""
        with database.reading() as session:
            held = held_against(session, recognised(session, portion.arrivals))
        counts = counts_of(held, self.meanings, will_create=self.choices.creates_reasons)
        self.counts += counts + Counts(rejected=len(portion.rejections), ignored=portion.ignored)
        self._note_words(portion)
        some = portion.rejections[: SHOWN_REJECTIONS - len(self.rejections)]
        self.rejections += [replace(one, row=tuple(cell[:LONGEST_CELL] for cell in one.row)) for one in some]
        for arrival in (*held.new, *held.changed):
            for raw in (arrival.raw_reason, *arrival.further):
                if raw is not None and self.meanings.get(raw, UNKNOWN).waits:
                    self.unknown[raw] += 1
        check_new_reasons(len(self.unknown))
        if portion.arrivals:
            self.days |= {min(one.day for one in portion.arrivals), max(one.day for one in portion.arrivals)}

    def _note_words(self, portion: Portion[Arrival]) -> None:
        """Keep the first words of channel and direction that are not known, to be explained on the page."""
        for one in portion.rejections:
            if one.column in self.explained and one.value and len(self.unknown_words) < SHOWN_WORDS:
                self.unknown_words[self.explained[one.column], one.value] = None


def preview_of(database: Database, file: OpenFile, choices: Choices, progress: Progress | None = None) -> Preview:
    """What taking the file in would do now."""
    with database.reading() as session:
        run = DryRun(choices, reasons.raw_values(session, choices.source), file.binding)
        file.totalled_days, file.masks = totalled.days(session, choices.source), masks(session)
        file.retired = reasons.retired_meanings(session, choices.source)
    for portion, position in file.portions():
        run.add(database, portion)
        if progress is not None:
            progress(position, file.survey.byte_count, run.counts.read)
    binding = file.binding
    return Preview(
        format=binding.format.name,
        encoding=file.survey.encoding_name,
        delimiter=binding.layout.delimiter_name,
        counts=run.counts,
        first_day=day_of(min(run.days)) if run.days else None,
        last_day=day_of(max(run.days)) if run.days else None,
        columns=described(binding.layout, binding, first_rows(file.file, file.survey, binding.layout)),
        rejections=tuple(run.rejections),
        unknown_reasons=tuple(run.unknown.most_common(SHOWN_REASONS)),
        unknown_reason_count=len(run.unknown),
        remarks=tuple(file.remarks),
        unknown_words=tuple(run.unknown_words),
    )


def check_new_reasons(number: int) -> None:
    """Raises Refused where a column holds so many values that it cannot be a reason."""
    if number > MOST_NEW_REASONS:
        raise Refused(
            f"The column that becomes the reason holds more than {MOST_NEW_REASONS:,} values that are no reason yet. "
            "It is perhaps a text or a number: choose another column for the reason."
        )
