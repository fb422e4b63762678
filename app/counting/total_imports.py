"""Files of totals come in and are taken back. A source has contacts or totals for a day, never both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.contacts import batches, totalled
from app.contacts import queries as contacts
from app.contacts.actions import BY_HAND
from app.contacts.days import touch
from app.contacts.previewing import check_new_reasons
from app.contacts.rules import Choices, Counts, Rejection
from app.counting import occupied, period_files
from app.counting.imported import current
from app.counting.occupied import Occupied
from app.counting.period_rows import Numbered, PeriodRows, TotalRow
from app.counting.rules import GRAINS, UNTAGGED, period_from, usual_weekday, wrong_start
from app.counting.tables import ImportedTotal
from app.people import trail
from app.people.rules import Actor
from app.reasons import actions as reasons
from app.reasons.queries import RawMeaning
from app.reasons.tables import RawReason
from app.values.errors import Refused
from app.values.figures import day as day_text
from app.values.figures import number

KIND = "totals"
TOLD_CHANGES = 50
Row = Numbered[TotalRow]
Key = tuple[date, str | None, str]
Figures = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class TotalChoices:
    """What somebody says of a file of totals: its source, how long its periods are, the zone of a source that is new.

    Without `creates_reasons` unknown values wait as unmapped.
    """

    source: str
    grain: str
    timezone: str
    creates_reasons: bool = True


def take_in(session: Session, file: PeriodRows[TotalRow], choices: TotalChoices, *, by: Actor, at: datetime) -> int:
    """Keep what a file says of a source; the id of the file. Raises Refused where it cannot be taken in as a whole.

    What is known already changes nothing, so the same file twice brings nothing new. Afterwards the caller has the
    touched days counted again.
    """
    source, source_id = _source(session, choices, at=at)
    totalled.hold(session, source_id)
    found = _Found(choices.grain, file.start_header, at.date())
    starts = [row.item.start for row in file.rows]
    if starts:
        found.taken = occupied.days(session, source_id, min(starts), max(starts), besides=choices.grain)
        found.known = _known(session, source_id, choices.grain)
    changed = found.changed(file.rows)
    kept = period_files.begun(session, KIND, file, source_id=source_id, grain=choices.grain, by=by, at=at)
    meanings = _meanings(session, source, changed, choices, by=by, at=at)
    _keep(session, kept.id, source_id, choices.grain, changed, meanings)
    rejections = sorted([*file.rejections, *found.rejections], key=lambda one: one.line)
    counts = found.counts + Counts(
        rejected=len(rejections),
        ignored=file.ignored,
        untagged=sum(_reason(meanings, key[1], key[0]) == UNTAGGED for key in changed if key not in found.known),
    )
    period_files.close(session, kept, counts, rejections, found.days)
    after = {"source": source, **period_files.summary(kept), "figures": found.after}
    before = {"figures": found.before} if found.before else None
    trail.record(session, "totals.imported", f"totals file:{kept.id}", by=by, at=at, before=before, after=after)
    return kept.id


def remove(session: Session, file_id: int, *, by: Actor, at: datetime) -> int:
    """Take a file back: its totals go, and those that they had replaced hold again; how many went.

    Reasons that it brought stay. Afterwards the caller has the touched days counted again.
    """
    kept = period_files.held(session, file_id, KIND)
    if kept.removed_at is not None or kept.source_id is None:
        return 0
    totalled.hold(session, kept.source_id)
    own = ImportedTotal.file_id == file_id
    gone = session.scalar(select(func.count()).select_from(ImportedTotal).where(own)) or 0
    starts = set(session.scalars(select(ImportedTotal.start).where(own).distinct()))
    session.execute(delete(ImportedTotal).where(own))
    theirs = (ImportedTotal.source_id == kept.source_id, ImportedTotal.grain == kept.grain)
    left = set(session.scalars(select(ImportedTotal.start).where(*theirs).distinct()))
    totalled.release(session, kept.source_id, _days(kept.grain, starts - left))
    if kept.grain == "day":
        touch(session, starts)
    kept.removed_at = at
    before = period_files.summary(kept)
    trail.record(session, "totals.taken_back", f"totals file:{file_id}", by=by, at=at, before=before)
    return gone


def follow(session: Session, raw_id: int) -> int:
    """Give totals that waited for the meaning of a value that meaning; how many contacts these are."""
    reason_id = session.scalar(select(RawReason.reason_id).where(RawReason.id == raw_id))
    waiting = (ImportedTotal.raw_reason_id == raw_id, ImportedTotal.reason_id == UNTAGGED)
    if reason_id is None:
        return 0
    waited = current(*waiting)
    waited_for = session.scalar(select(func.sum(waited.c.contacts))) or 0
    days = set(session.scalars(select(ImportedTotal.start).where(*waiting, ImportedTotal.grain == "day")))
    session.execute(update(ImportedTotal).where(*waiting).values(reason_id=reason_id))
    touch(session, days)
    return int(waited_for)


@dataclass(slots=True)
class _Found:
    """Tells new, updated, unchanged and rejected rows apart, and keeps count; `before`, `after` are for the trail."""

    grain: str
    start_header: str
    today: date
    taken: Occupied = field(default_factory=Occupied)
    known: dict[Key, Figures] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    rejections: list[Rejection] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)

    def changed(self, rows: Sequence[Row]) -> dict[Key, Figures]:
        """The figures that are new or other than before."""
        first: dict[Key, Row] = {}
        changed: dict[Key, Figures] = {}
        starts = [key[0] for key in self.known] or [row.item.start for row in rows]
        weekday = usual_weekday(starts) if starts else 0
        for row in rows:
            start, one = row.item.start, row.item
            key, figures = (start, one.raw_reason, one.channel), (one.contacts, one.handle_seconds)
            if wrong := wrong_start(self.grain, start, weekday, self.today) or self._taken(start):
                self.rejections.append(row.rejected(self.start_header, str(start), wrong))
            elif key in first:
                self._again(row, first[key])
            else:
                first[key] = row
                self.days += [start, period_from(self.grain, start).last_day]
                self._count(key, figures)
                if self.known.get(key) != figures:
                    changed[key] = figures
        return changed

    def _taken(self, start: date) -> str:
        return self.taken.sentence(period_from(self.grain, start))

    def _again(self, row: Row, first: Row) -> None:
        if row.item == first.item:
            self.counts += Counts(ignored=1)
            return
        start = row.item.start
        sentence = f"Line {number(first.line)} says another total of this reason and channel for {day_text(start)}."
        self.rejections.append(row.rejected(self.start_header, str(start), f"{sentence} Keep one of the two."))

    def _count(self, key: Key, figures: Figures) -> None:
        before = self.known.get(key)
        if before is None:
            self.counts += Counts(new=1)
        elif before == figures:
            self.counts += Counts(unchanged=1)
        else:
            self.counts += Counts(updated=1)
            if len(self.before) < TOLD_CHANGES:
                name = f"{key[0]} {key[1] or 'untagged'}, {key[2]}"
                self.before[name], self.after[name] = before[0], figures[0]


def _source(session: Session, choices: TotalChoices, *, at: datetime) -> tuple[str, int]:
    if choices.grain not in GRAINS:
        raise Refused(f"“{choices.grain}” is no length of a period. Choose one of: {', '.join(GRAINS)}.")
    checked = batches.checked(Choices(choices.source))
    if checked.source == BY_HAND:
        raise Refused(f"“{BY_HAND}” stands for contacts that people log. Name the system that the totals come from.")
    known = contacts.source(session, checked.source)
    zone = choices.timezone if known is None else known.timezone
    return checked.source, batches.source_id(session, Choices(checked.source, timezone=zone), at=at)


def _known(session: Session, source_id: int, grain: str) -> dict[Key, Figures]:
    """The totals of a source as they hold now."""
    one = current(ImportedTotal.source_id == source_id, ImportedTotal.grain == grain).c
    query = select(one.start, RawReason.value, one.channel, one.contacts, one.handle_seconds).outerjoin(
        RawReason, RawReason.id == one.raw_reason_id
    )
    return {
        (start, raw, channel): (how_many, seconds) for start, raw, channel, how_many, seconds in session.execute(query)
    }


def _meanings(
    session: Session, source: str, changed: Iterable[Key], choices: TotalChoices, *, by: Actor, at: datetime
) -> Mapping[str, RawMeaning]:
    values = sorted({raw for _, raw, _ in changed if raw is not None})
    if not values:
        return {}
    check_new_reasons(len(values))
    first = min([at.date(), *(start for start, _, _ in changed)])
    found = reasons.learn_raw(session, source, values, create=choices.creates_reasons, by=by, at=at, valid_from=first)
    for meaning in found.values():
        if meaning.reason_id is not None:
            follow(session, meaning.id)
    return found


def _keep(
    session: Session,
    file_id: int,
    source_id: int,
    grain: str,
    changed: Mapping[Key, Figures],
    meanings: Mapping[str, RawMeaning],
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "source_id": source_id,
            "grain": grain,
            "start": start,
            "raw_reason_id": 0 if raw is None else meanings[raw].id,
            "channel": channel,
            "file_id": file_id,
            "end": period_from(grain, start).end,
            "reason_id": _reason(meanings, raw, start),
            "contacts": how_many,
            "handle_seconds": seconds,
        }
        for (start, raw, channel), (how_many, seconds) in changed.items()
    ]
    if not rows:
        return
    session.execute(insert(ImportedTotal), rows)
    starts = {start for start, _, _ in changed}
    totalled.claim(session, source_id, _days(grain, starts))
    if grain == "day":
        touch(session, starts)


def _reason(meanings: Mapping[str, RawMeaning], raw: str | None, start: date) -> int:
    return UNTAGGED if raw is None else meanings[raw].on(start.isoformat()) or UNTAGGED


def _days(grain: str, starts: Iterable[date]) -> set[date]:
    return {day for start in starts for day in period_from(grain, start)}
