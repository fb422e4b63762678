"""Stretches that count on neither side: shaded from top to bottom, each with its name on a line below the axis."""

from collections.abc import Sequence

from app.charts.content import Stretch
from app.charts.drawings.frame import LABEL_GAP, LINE_HEIGHT, Frame, said
from app.charts.drawings.sheet import Box, Sheet, Stroke, Type
from app.charts.fitting import fit, width

EDGE = Stroke("control", 1, (2, 2))
SHADE = 0.2
THINNEST = 3.0  # a single day among half a year is still to be seen
BELOW_AXIS = 20
MOST_NAMES = 3


def room_for_names(stretches: Sequence[Stretch]) -> int:
    """How much lower a drawing has to be for them."""
    return LINE_HEIGHT * min(len(stretches), MOST_NAMES)


def draw_excluded(sheet: Sheet, frame: Frame, stretches: Sequence[Stretch]) -> None:
    """The shades, which lie below everything else, and the names; the last line says how many have none."""
    for one in stretches:
        left, right = _ends(frame, one)
        sheet.rect(Box(left, frame.top, right - left, frame.bottom - frame.top), "chart-rest", SHADE)
        for x in (left, right):
            sheet.line([(x, frame.top), (x, frame.bottom)], EDGE)
    named = stretches if len(stretches) <= MOST_NAMES else stretches[: MOST_NAMES - 1]
    for row, one in enumerate(named, start=1):
        _write(sheet, frame, row, one, said(one.words, sheet))
    if left_over := len(stretches) - len(named):
        _write(sheet, frame, MOST_NAMES, stretches[len(named)], f"and {left_over} more")


def _write(sheet: Sheet, frame: Frame, row: int, one: Stretch, words: str) -> None:
    """Below the middle of the stretch, and never outside the sheet."""
    look = Type(12, "ink-2")
    fitting = fit(words, sheet.width - 2 * LABEL_GAP, look.size)
    half = width(fitting, look.size) / 2
    middle = min(max(sum(_ends(frame, one)) / 2, LABEL_GAP + half), sheet.width - LABEL_GAP - half)
    sheet.text((middle, frame.bottom + BELOW_AXIS + row * LINE_HEIGHT), fitting, look, "center")


def _ends(frame: Frame, one: Stretch) -> tuple[float, float]:
    """The left and the right edge: half a step beyond the points, and never outside the frame."""
    half = (frame.right - frame.left) / max(frame.count - 1, 1) / 2
    middle = (frame.x(one.first) + frame.x(one.last)) / 2
    reach = max(frame.x(one.last) - middle + half, THINNEST / 2)
    return max(middle - reach, frame.left), min(middle + reach, frame.right)
