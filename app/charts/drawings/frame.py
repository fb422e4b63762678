"""The part of a drawing between its axes: where a point and a value lie, the grid, and what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from app.charts.content import Mark, Words
from app.charts.drawings.sheet import NARROW, Place, Sheet, Stroke, Type
from app.charts.fitting import width
from app.charts.scale import Axis

TICK_GAP, LABEL_GAP, LINE_HEIGHT = 8, 12, 17


@dataclass(frozen=True)
class Frame:
    """The area in which `count` points lie at equal distances."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    axis: Axis

    def x(self, position: int) -> float:
        """Where a point lies; a single one stands in the middle."""
        if self.count == 1:
            return (self.left + self.right) / 2
        return self.left + position * (self.right - self.left) / (self.count - 1)

    def y(self, value: float) -> float:
        """How high a value lies."""
        return self.axis.scale(self.bottom, self.top)(value)

    def holds(self, mark: Mark | None) -> bool:
        """Whether a mark lies among the points."""
        return mark is not None and 0 <= mark.at < self.count

    def runs(self, values: Sequence[float | None]) -> list[list[Place]]:
        """The stretches of a series between its missing values."""
        stretches: list[list[Place]] = [[]]
        for position, value in enumerate(values):
            if value is None:
                stretches.append([])
            else:
                stretches[-1].append((self.x(position), self.y(value)))
        return [stretch for stretch in stretches if stretch]


def said(words: Words, sheet: Sheet) -> str:
    """The words for this drawing."""
    return words.short or words.full if sheet.width == NARROW else words.full


def margin(axis: Axis, least: float) -> float:
    """The room that the values of an upright axis need."""
    return max([least, *(width(text, 12) + TICK_GAP for _, text in axis.ticks)])


def draw_grid(sheet: Sheet, frame: Frame) -> None:
    """A line for every marked value, the zero line darker, the values at its left."""
    for tick, text in frame.axis.ticks:
        y = frame.y(tick)
        sheet.line([(frame.left, y), (frame.right, y)], Stroke("chart-grid" if tick else "control"))
        sheet.text((frame.left - TICK_GAP, y + 4), text, Type(), "right")


def draw_positions(sheet: Sheet, frame: Frame, labels: Sequence[str], most: int) -> None:
    """The names of some points below the frame, the first and the last among them, as many as stand clear."""
    room = max(width(label, 12) for label in labels) + LABEL_GAP
    most = max(2, min(most, int((frame.right - frame.left) / room) + 1))
    step = max(1, ceil((frame.count - 1) / (most - 1)))
    shown = list(range(0, frame.count, step))
    last = frame.count - 1
    if shown[-1] != last:
        if frame.x(last) - frame.x(shown[-1]) < room:
            shown.pop()
        shown.append(last)
    for position in shown:
        sheet.text((frame.x(position), frame.bottom + 20), labels[position], Type(), "center")


def draw_series(sheet: Sheet, stretches: list[list[Place]], stroke: Stroke) -> None:
    """A line that breaks where a value is missing; a value alone between two gaps is a dot."""
    for stretch in stretches:
        if len(stretch) == 1:
            sheet.dot(stretch[0], stroke.width, stroke.colour)
        else:
            sheet.line(stretch, stroke)
