"""What each chart is told: frozen values, so that a drawing can be kept and looked up by what it shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["projected", "forecast", "realised", "validated"]
StepKind = Literal["start", "change", "subtotal", "total"]
Formatter = Callable[[int], str]  # asked for the axis before a drawing is looked up, so any function will do


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What every chart has: a key that is unique on its page, and the words for those who do not see the picture."""

    key: str
    title: str
    description: str


@dataclass(frozen=True)
class Words:
    """A label, and a shorter one for the narrow drawing where there is one."""

    full: str
    short: str = ""


@dataclass(frozen=True)
class Mark:
    """A labelled place on the horizontal axis: the position of a point or month, counted from 0."""

    at: int
    words: Words


@dataclass(frozen=True)
class Stretch:
    """Points from `first` up to and including `last`, counted from 0, with the name that they go by."""

    first: int
    last: int
    words: Words


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One reason of a Pareto; `label` is what is read aloud for its link, `cumulative_share` runs from 0 to 1."""

    name: str
    value: float
    value_text: str
    href: str
    label: str
    cumulative_share: float | None = None
    share_text: str = ""
    is_subject: bool = False
    is_rest: bool = False


@dataclass(frozen=True, kw_only=True)
class Pareto(Chart):
    """Reasons in descending order; a rule closes the subjects when they are the first bars."""

    bars: tuple[Bar, ...]
    value_caption: str
    share_caption: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """One day or week; a missing figure is None and breaks its line."""

    label: str
    observed: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class ObservedExpected(Chart):
    """A series beside what was expected of it; `gap` is written between the two lines after go-live if it fits.

    `excluded` are the stretches that count on neither side.
    """

    points: tuple[Point, ...]
    number_text: Formatter = field(compare=False)
    observed: Words
    expected: Words = Words("")
    band: Words = Words("")
    go_live: Mark | None = None
    full_from: Mark | None = None
    gap: str = ""
    excluded: tuple[Stretch, ...] = ()


@dataclass(frozen=True)
class Line:
    """One series of money, a value for each month; None where there is none yet."""

    kind: Kind
    values: tuple[float | None, ...]
    words: Words


@dataclass(frozen=True, kw_only=True)
class SavingsByMonth(Chart):
    """Projected and realised money month by month, against the goal."""

    months: tuple[str, ...]
    lines: tuple[Line, ...]
    money_text: Formatter = field(compare=False)
    goal: float | None = None
    goal_words: Words = Words("")
    today: Mark | None = None


@dataclass(frozen=True, kw_only=True)
class Range:
    """A likely figure with its low and high end, which may be unknown."""

    name: str
    kind: Kind
    likely: float
    likely_text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ranges(Chart):
    """Ranges on one axis, a row each."""

    rows: tuple[Range, ...]
    money_text: Formatter = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One bar of a waterfall: `value` is what a change adds or (below 0) takes away, of all others the sum reached.

    `label` is what is read aloud for its link.
    """

    name: str
    kind: StepKind
    value: float
    value_text: str
    href: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Waterfall(Chart):
    """From a first sum to a last one: each bar begins where the one above it ends."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Skyline(Chart):
    """A reason's last weeks; the last one is coloured when it lies outside routine variation (`low`, `high`)."""

    values: tuple[float | None, ...]
    first_label: str
    last_label: str
    low: float | None = None
    high: float | None = None
    is_outside: bool = False
