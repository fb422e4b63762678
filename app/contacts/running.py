"""Taking a file in by chunks, each a short transaction that moves the batch on from where this process left it."""

import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.contacts import apart, batches
from app.contacts.arrivals import Arrival
from app.contacts.door import Door
from app.contacts.intake import take_in
from app.contacts.opening import OpenFile
from app.contacts.portions import Portion
from app.contacts.previewing import check_new_reasons
from app.contacts.progress import Progress
from app.contacts.returning import recognised
from app.contacts.rules import Choices, Counts
from app.contacts.tables import ImportReject
from app.contacts.times import day_of
from app.db import Write, is_duplicate
from app.people import trail
from app.people.rules import Actor
from app.reasons import actions as reasons
from app.reasons.queries import RawMeaning, held_raw_values
from app.values.errors import Refused

REASONS_AT_ONCE = 50
TRIES = 3
LONGEST_SECONDS = 0.1
SHARE_FOR_OTHERS = 0.1
FEWEST_ROWS, FIRST_ROWS, MOST_ROWS = 250, 500, 4000
Result = TypeVar("Result")


class Overtaken(Refused):
    """Another process takes in the same file, or somebody stopped it; what it brought is kept, nothing is doubled."""


@dataclass(slots=True)
class Run:
    """One process that takes in one batch; what it records is at `now()`, what it reads goes by `made_at`."""

    write: Write
    batch_id: int
    source_id: int
    choices: Choices
    by: Actor
    now: Callable[[], datetime]
    made_at: datetime
    done: int
    meanings: dict[str, RawMeaning]
    learned: int = field(default=0, init=False)
    pace: int = field(default_factory=lambda: FIRST_ROWS, init=False)
    held_since: float = field(default=0.0, init=False)
    others_until: float = field(default=0.0, init=False)

    def go(self, file: OpenFile, rows_at_once: int, progress: Progress | None) -> None:
        """Take in what is left of the file; commits chunk by chunk, so that nobody waits for it."""
        read = 0
        with _collecting_by_chunks() as collect:
            for portion, position in apart.portions(file, rows_at_once):
                read += portion.read
                if read > self.done:
                    _, left = portion.cut(self.done - (read - portion.read))
                    if file.is_returning:
                        left.arrivals = self.write(partial(recognised, arrivals=left.arrivals))
                    self._learn(left)
                    self._take(left, position)
                if progress is not None:
                    progress(position, file.survey.byte_count, self.done)
                collect()
        self.write(lambda session: self._finish(session, file))

    def _learn(self, portion: Portion[Arrival]) -> None:
        """Have every value of these rows known as a reason of the source, or as one that waits."""
        creates = self.choices.creates_reasons
        raws = {raw for arrival in portion.arrivals for raw in (arrival.raw_reason, *arrival.further)} - {None}
        new = sorted(raw for raw in raws if raw is not None and _is_new(self.meanings.get(raw), creates=creates))
        self.learned += len(new)
        check_new_reasons(self.learned)
        first_day = min([self.made_at.date().isoformat(), *(arrival.day for arrival in portion.arrivals)])
        for start in range(0, len(new), REASONS_AT_ONCE):
            some = new[start : start + REASONS_AT_ONCE]

            def learn(session: Session, values: Collection[str] = tuple(some)) -> Mapping[str, RawMeaning]:
                return reasons.learn_raw(
                    session,
                    self.choices.source,
                    values,
                    create=creates,
                    by=self.by,
                    at=self.now(),
                    valid_from=day_of(first_day),
                )

            self.meanings |= self._repeatedly(learn)

    def _take(self, portion: Portion[Arrival], position: int) -> None:
        """Take in the rows in as many transactions as keep each of them short."""
        left = portion
        while left.read:
            chunk, left = left.cut(self.pace)
            # What was read meanwhile is a pause already.
            time.sleep(max(0.0, self.others_until - time.perf_counter()))
            self._repeatedly(partial(self._take_in, portion=chunk, position=position))
            self.done += chunk.read
            now = time.perf_counter()
            held_seconds = now - self.held_since
            self.pace = next_pace(self.pace, held_seconds)
            self.others_until = now + held_seconds * SHARE_FOR_OTHERS

    def _take_in(self, session: Session, portion: Portion[Arrival], position: int) -> None:
        batch = batches.held(session, self.batch_id)
        self.held_since = time.perf_counter()
        if (batch.state, batch.read) != ("running", self.done):
            raise Overtaken(
                f"Import {self.batch_id} is not where it was left: another process takes it in, or undoes it. "
                "What was taken in is kept, and nothing is doubled."
            )
        self._learn_meanwhile(session, portion)
        now = self.now()
        door = Door(self.source_id, self.batch_id, self.by.name, now, self.meanings)
        counts = take_in(session, door, portion.arrivals)
        counts += Counts(rejected=len(portion.rejections), ignored=portion.ignored)
        for name in ("read", "new", "updated", "unchanged", "rejected", "ignored", "untagged"):
            setattr(batch, name, getattr(batch, name) + getattr(counts, name))
        if portion.arrivals:
            first, last = (day_of(end(one.day for one in portion.arrivals)) for end in (min, max))
            batch.first_day = first if batch.first_day is None else min(batch.first_day, first)
            batch.last_day = last if batch.last_day is None else max(batch.last_day, last)
        batch.position, batch.moved_at = position, now
        if portion.rejections:
            session.execute(insert(ImportReject), self._rejects(portion))

    def _learn_meanwhile(self, session: Session, portion: Portion[Arrival]) -> None:
        """What people say of a waiting value while the file is read holds for the rows that are still to come."""
        waiting = {
            self.meanings[raw].id
            for arrival in portion.arrivals
            for raw in (arrival.raw_reason, *arrival.further)
            if raw is not None and self.meanings[raw].reason_id is None
        }
        self.meanings |= held_raw_values(session, waiting)

    def _rejects(self, portion: Portion[Arrival]) -> list[dict[str, Any]]:
        return [
            {
                "batch_id": self.batch_id,
                "line": one.line,
                "column": one.column[:200],
                "value": one.value,
                "sentence": one.sentence,
                "row": list(one.row),
            }
            for one in portion.rejections
        ]

    def _finish(self, session: Session, file: OpenFile) -> None:
        batch = batches.held(session, self.batch_id)
        if batch.state != "running":
            return
        now = self.now()
        batch.state, batch.trouble, batch.finished_at, batch.moved_at = "done", None, now, now
        batch.position, batch.remarks = batch.byte_count, file.remarks
        after = {"source": self.choices.source, **batches.summary(batch)}
        trail.record(session, "import.done", f"import:{batch.id}", by=self.by, at=now, after=after)

    def _repeatedly(self, work: Callable[[Session], Result]) -> Result:
        """Two files may bring the same contact or reason at once: who comes second looks again and finds it."""
        for attempt in range(1, TRIES + 1):
            try:
                return self.write(work)
            except Exception as error:
                if attempt == TRIES or not is_duplicate(error):
                    raise
        raise AssertionError  # the loop either returns or raises


def next_pace(rows: int, seconds: float) -> int:
    """How many rows the next transaction takes, after one of so many rows that kept others waiting so long.

    What changes takes more time than what is new, and other machines are slower than ours.
    """
    if seconds > LONGEST_SECONDS:
        return max(FEWEST_ROWS, int(rows * LONGEST_SECONDS / seconds / 2))
    if seconds < LONGEST_SECONDS / 2:
        return min(MOST_ROWS, rows * 3 // 2)
    return rows


@contextmanager
def _collecting_by_chunks() -> Iterator[Callable[[], object]]:
    """Let Python look for circles between chunks only: while rows pile up it would look for them in vain, and often."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(1)
    finally:
        if was_on:
            gc.enable()


def _is_new(meaning: RawMeaning | None, *, creates: bool) -> bool:
    return meaning is None or (creates and meaning.waits)
