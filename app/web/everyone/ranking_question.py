"""What the ranking was asked for: read from the address, said back, and carried on in links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.contacts.queries import SourceName
from app.contacts.rules import CHANNEL_NAMES
from app.ranking.rules import MEASURES, Question, usual_period
from app.reasons.rules import LEVELS, Tree
from app.values.errors import Refused
from app.values.periods import ONE_DAY, Period, week_named
from app.web.fields import day_from_text

NAMES = ("from", "to", "weeks", "by", "level", "parent", "channel", "source", "tree_of")
USUAL_WEEKS = 13
WEEKS = {"4": "4 weeks", "13": "13 weeks", "52": "52 weeks", "all": "all days"}
LONGEST = 200


@dataclass(slots=True)
class Asked:
    """The question of an address, what was typed into each field, and a sentence for each that cannot be used."""

    typed: dict[str, str]
    question: Question
    wrong: dict[str, str] = field(default_factory=dict)

    def address(self, **change: str | int | None) -> dict[str, str]:
        """The address of the same question with some of it changed; None leaves a field out."""
        fields = {**self.typed, **change}
        return {name: str(value) for name, value in fields.items() if value is not None}

    def at(self, period: Period) -> dict[str, str]:
        """The address of the same question over another period."""
        return self.address(weeks=None, **{"from": str(period.start), "to": str(period.end)})

    def over_weeks(self, weeks: str) -> dict[str, str]:
        """The address of the same question over the last weeks that hold data."""
        return self.address(weeks=None if weeks == str(USUAL_WEEKS) else weeks, **{"from": None, "to": None})

    @property
    def weeks(self) -> str | None:
        """Which of WEEKS is shown; none where days were chosen."""
        return None if {"from", "to"} & set(self.typed) else self.typed.get("weeks", str(USUAL_WEEKS))

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part of the contacts is ranked."""
        return bool({"channel", "source", "parent"} & set(self.typed))


def read(given: Mapping[str, str], tree: Tree, sources: list[SourceName], days: tuple[date, date]) -> Asked:
    """The question that an address asks, over the days that hold data; what cannot be used is told and left out."""
    typed = {name: text for name in NAMES if (text := given.get(name, "").strip()[:LONGEST])}
    wrong: dict[str, str] = {}
    by = _one_of(typed, "by", MEASURES, wrong)
    channel = _one_of(typed, "channel", tuple(CHANNEL_NAMES), wrong)
    level = _one_of(typed, "level", tuple(str(number) for number in range(1, LEVELS + 1)), wrong)
    parent = _one_of(typed, "parent", tuple(str(reason_id) for reason_id in tree.nodes), wrong)
    source_ids = {source.name: source.id for source in sources}
    source = _one_of(typed, "source", tuple(source_ids), wrong)
    question = Question(
        period=_period(typed, days, wrong),
        by=by or MEASURES[0],
        level=None if level is None else int(level),
        parent_id=None if parent is None else int(parent),
        channel=channel,
        source_id=None if source is None else source_ids[source],
        tree_of=_day(typed, "tree_of", wrong),
        others_last=True,
    )
    return Asked(typed, question, wrong)


def _one_of(typed: Mapping[str, str], name: str, known: tuple[str, ...], wrong: dict[str, str]) -> str | None:
    text = typed.get(name)
    if text is None or text in known:
        return text
    wrong[name] = f"“{text}” is not known here. Choose one from the list."
    return None


def _period(typed: Mapping[str, str], days: tuple[date, date], wrong: dict[str, str]) -> Period:
    weeks = _one_of(typed, "weeks", tuple(WEEKS), wrong) or str(USUAL_WEEKS)
    whole = Period(days[0], days[1] + ONE_DAY)
    usual = whole if weeks == "all" else usual_period(*days, weeks=int(weeks))
    start, end = _day(typed, "from", wrong), _day(typed, "to", wrong, is_end=True)
    if start is None and end is None:
        return usual
    # One end alone: the other is that of the data, or a day away where the data lies elsewhere.
    start = start or min(whole.start, (end or whole.end) - ONE_DAY)
    end = end or max(whole.end, start + ONE_DAY)
    try:
        return Period(start, end)
    except Refused as error:
        wrong["to"] = error.sentence
        return usual


def _day(typed: Mapping[str, str], name: str, wrong: dict[str, str], *, is_end: bool = False) -> date | None:
    """A day, or the first day of a week that is named (2026-W37); as an end the day after that week."""
    text = typed.get(name)
    if text is None:
        return None
    try:
        if "W" not in text.upper():
            return day_from_text(text)
        week = week_named(text.upper())
        return day_from_text(str(week.end if is_end else week.start))
    except Refused as error:
        wrong[name] = error.sentence
        return None
