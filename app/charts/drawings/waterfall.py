"""Horizontal bars from a first sum to a last one; each begins where the one above it ends."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from app.charts.content import Step, StepKind, Waterfall
from app.charts.drawings.sheet import NARROW, WIDE, Box, Sheet, Stroke, Type, both
from app.charts.fitting import fit, width
from app.charts.scale import Scale, finite
from app.charts.svg import Colour, Link

ROW, NARROW_ROW = 36, 46
BAR, NARROW_BAR = 18, 12
TOP, NARROW_TOP = 8, 24
NAMES_LEAST, NAMES_MOST = 190, 290
VALUE_GAP, AROUND, HAIR = 16, 6, 1.5
CONNECTOR, ZERO, SUM_RULE = Stroke("control"), Stroke("control"), Stroke("ink")
COLOURS: dict[StepKind, Colour] = {
    "start": "ink-2",
    "change": "chart-rest",
    "subtotal": "ink-2",
    "total": "chart-1",
}


class Span(NamedTuple):
    """Where a bar begins and where it ends, in values."""

    begin: float
    end: float


@lru_cache(maxsize=64)
def draw(chart: Waterfall) -> Markup:
    """Both drawings; raises ValueError for a figure that is infinite or no number."""
    finite(step.value for step in chart.steps)
    return both(chart, _wide(chart), _narrow(chart))


def _spans(steps: Sequence[Step]) -> Iterator[Span]:
    reached = 0.0
    for step in steps:
        begin = reached if step.kind == "change" else 0.0
        reached = begin + step.value
        yield Span(begin, reached)


def _scale(spans: Sequence[Span], start: float, end: float) -> Scale:
    """All places that a bar touches, and nothing; a waterfall of nothing still has a length."""
    places = [0.0, *(place for span in spans for place in span)]
    low, high = min(places), max(places)
    return Scale(low, high if high > low else low + 1, start, end)


def _wide(chart: Waterfall) -> Sheet:
    sheet = Sheet(WIDE, ROW * len(chart.steps) + 4)
    spans = list(_spans(chart.steps))
    names = max(width(step.name, 14, bold=_is_sum(step)) for step in chart.steps) + 16
    values = max(width(step.value_text, 14, bold=True) for step in chart.steps)
    across = _scale(spans, min(max(names, NAMES_LEAST), NAMES_MOST), WIDE - values - VALUE_GAP)
    if across.low < 0:
        sheet.line([(across(0), 0), (across(0), sheet.height)], ZERO)
    for row, (step, span) in enumerate(zip(chart.steps, spans, strict=True)):
        y = TOP + ROW * row
        look = Type(14, "ink", bold=_is_sum(step))
        if row and step.kind in {"subtotal", "total"}:
            sheet.line([(0, y - 8), (WIDE, y - 8)], SUM_RULE)
        with sheet.link(_link(step)):
            sheet.target(Box(-AROUND, y - 5, WIDE + 2 * AROUND, 28))
            sheet.text((0, y + 14), fit(step.name, across.start - 10, 14, bold=look.bold), look)
            sheet.rect(_bar(span, across, y, BAR), COLOURS[step.kind])
            sheet.text((WIDE, y + 14), step.value_text, look, "right")
    for row, (span, after) in enumerate(pairwise(spans)):
        if chart.steps[row + 1].kind == "change" or after.end == span.end:
            y = TOP + ROW * row + BAR
            sheet.line([(across(span.end), y), (across(span.end), y + ROW - BAR)], CONNECTOR)
    return sheet


def _narrow(chart: Waterfall) -> Sheet:
    sheet = Sheet(NARROW, NARROW_ROW * len(chart.steps) + 4)
    spans = list(_spans(chart.steps))
    across = _scale(spans, 0, NARROW)
    for row, (step, span) in enumerate(zip(chart.steps, spans, strict=True)):
        y = NARROW_TOP + NARROW_ROW * row
        look = Type(13, "ink", bold=_is_sum(step))
        if row and step.kind in {"subtotal", "total"}:
            sheet.line([(0, y - 24), (NARROW, y - 24)], SUM_RULE)
        room = NARROW - width(step.value_text, 13, bold=look.bold) - 12
        with sheet.link(_link(step)):
            sheet.target(Box(-AROUND, y - 22, NARROW + 2 * AROUND, 44))
            sheet.text((0, y - 8), fit(step.name, room, 13, bold=look.bold), look)
            sheet.rect(_bar(span, across, y, NARROW_BAR), COLOURS[step.kind])
            sheet.text((NARROW, y - 8), step.value_text, look, "right")
    for row, (span, after) in enumerate(pairwise(spans)):
        if chart.steps[row + 1].kind == "change" or after.end == span.end:
            y = NARROW_TOP + NARROW_ROW * row + NARROW_BAR
            sheet.line([(across(span.end), y), (across(span.end), y + 6)], CONNECTOR)
    return sheet


def _bar(span: Span, across: Scale, y: float, height: float) -> Box:
    """A bar that can be seen also where it is of nothing."""
    left, right = sorted((across(span.begin), across(span.end)))
    return Box(left, y, max(right - left, HAIR), height)


def _is_sum(step: Step) -> bool:
    return step.kind != "change"


def _link(step: Step) -> Link:
    return Link(step.href, step.label, f"{step.name}: {step.value_text}")
