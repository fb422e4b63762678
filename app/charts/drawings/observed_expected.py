"""What came beside what was expected, with the range of the expectation and the day of the change."""

from functools import lru_cache

from markupsafe import Markup

from app.charts.content import ObservedExpected, Point
from app.charts.drawings.excluded_days import draw_excluded, room_for_names
from app.charts.drawings.frame import (
    LABEL_GAP,
    LINE_HEIGHT,
    Frame,
    draw_grid,
    draw_positions,
    draw_series,
    margin,
    said,
)
from app.charts.drawings.sheet import NARROW, WIDE, Box, Sheet, Stroke, Type, both
from app.charts.fitting import fit, spread, width
from app.charts.scale import Axis

TOP, HEADER, MARK_TOP = 44, 32, 22
OBSERVED = Stroke("chart-1", 2.5)
EXPECTED = Stroke("ink-2", 1.5, (5, 4))
OBSERVED_DENSE = Stroke("chart-1", 1.25)  # for days, whose weekday swing would run together
EXPECTED_DENSE = Stroke("ink-2", 1, (3, 2))
DENSE_FROM = 120
GO_LIVE = Stroke("ink", 1.25)


@lru_cache(maxsize=64)
def draw(chart: ObservedExpected, axis: Axis) -> Markup:
    """Both drawings."""
    more = room_for_names(chart.excluded)
    return both(chart, _drawn(chart, axis, Sheet(WIDE, 330 + more)), _drawn(chart, axis, Sheet(NARROW, 280 + more)))


def _drawn(chart: ObservedExpected, axis: Axis, sheet: Sheet) -> Sheet:
    is_narrow = sheet.width == NARROW
    labels = _end_labels(chart, sheet)
    room = max(width(words, look.size, bold=look.bold) for _, words, look in labels) if labels else 0
    room = min(room, 110) if is_narrow else max(130, min(room, 220))
    left, right = margin(axis, 30 if is_narrow else 44), sheet.width - room - LABEL_GAP
    bottom = sheet.height - 30 - room_for_names(chart.excluded)
    frame = Frame(left, right, TOP, bottom, len(chart.points), axis)
    draw_grid(sheet, frame)
    draw_positions(sheet, frame, [point.label for point in chart.points], 3 if is_narrow else 6)
    draw_excluded(sheet, frame, chart.excluded)
    _draw_band(sheet, frame, chart.points)
    _draw_ramp(sheet, frame, chart)
    _draw_gap(sheet, frame, chart)
    is_dense = frame.count > DENSE_FROM
    expected = frame.runs([point.expected for point in chart.points])
    observed = frame.runs([point.observed for point in chart.points])
    draw_series(sheet, expected, EXPECTED_DENSE if is_dense else EXPECTED)
    draw_series(sheet, observed, OBSERVED_DENSE if is_dense else OBSERVED)
    if observed:
        sheet.dot(observed[-1][-1], 4, "chart-1")
    _draw_go_live(sheet, frame, chart)
    heights = spread([frame.y(value) for value, _, _ in labels], LINE_HEIGHT, TOP, frame.bottom)
    for y, (_, words, look) in zip(heights, labels, strict=True):
        sheet.text((right + LABEL_GAP, y + 5), fit(words, room, look.size, bold=look.bold), look)
    return sheet


def _end_labels(chart: ObservedExpected, sheet: Sheet) -> list[tuple[float, str, Type]]:
    """What stands at the end of each line, with the value that it stands at."""
    size = 12 if sheet.width == NARROW else 14
    wished = [
        (_last([point.observed for point in chart.points]), chart.observed, Type(size, "chart-1", bold=True)),
        (_last([point.expected for point in chart.points]), chart.expected, Type(size, "ink-2")),
    ]
    if sheet.width != NARROW:
        wished.append((_last([point.high for point in chart.points]), chart.band, Type()))
    return [(value, said(words, sheet), look) for value, words, look in wished if value is not None and words.full]


def _last(values: list[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


def _draw_band(sheet: Sheet, frame: Frame, points: tuple[Point, ...]) -> None:
    is_known = [point.low is not None and point.high is not None for point in points]
    lows = frame.runs([point.low if known else None for point, known in zip(points, is_known, strict=True)])
    highs = frame.runs([point.high if known else None for point, known in zip(points, is_known, strict=True)])
    for low, high in zip(lows, highs, strict=True):
        sheet.area([*high, *reversed(low)], "chart-band")


def _draw_ramp(sheet: Sheet, frame: Frame, chart: ObservedExpected) -> None:
    if chart.go_live and chart.full_from and frame.holds(chart.go_live) and chart.full_from.at > chart.go_live.at:
        start, end = frame.x(chart.go_live.at), frame.x(min(chart.full_from.at, frame.count - 1))
        sheet.rect(Box(start, MARK_TOP, end - start, frame.bottom - MARK_TOP), "ink", 0.045)


def _draw_gap(sheet: Sheet, frame: Frame, chart: ObservedExpected) -> None:
    """What did not come, between the two lines from go-live on, named where its name fits."""
    if not chart.go_live:
        return
    after = [
        None if point.observed is None or point.expected is None or position < chart.go_live.at else point
        for position, point in enumerate(chart.points)
    ]
    expected = frame.runs([point.expected if point else None for point in after])
    observed = frame.runs([point.observed if point else None for point in after])
    for above, below in zip(expected, observed, strict=True):
        sheet.area([*above, *reversed(below)], "chart-1", 0.2)
        if chart.gap and sheet.width != NARROW and above is expected[-1]:
            _name_gap(sheet, chart.gap, [(x, y, other) for (x, y), (_, other) in zip(above, below, strict=True)])


def _name_gap(sheet: Sheet, words: str, edges: list[tuple[float, float, float]]) -> None:
    """Write into the widest opening that holds the words; `edges` are places with the heights of both lines."""
    half = width(words, 13, bold=True) / 2 + 6
    best, at = 19.0, None
    for middle, _, _ in edges:
        near = [edge for edge in edges if abs(edge[0] - middle) <= half]
        top, bottom = max(min(e[1:]) for e in near), min(max(e[1:]) for e in near)
        is_inside = edges[0][0] <= middle - half and middle + half <= edges[-1][0]
        if is_inside and bottom - top > best:
            best, at = bottom - top, (middle, (top + bottom) / 2 + 4.5)
    if at:
        sheet.text(at, words, Type(13, "ink", bold=True), "center")


def _draw_go_live(sheet: Sheet, frame: Frame, chart: ObservedExpected) -> None:
    """The line of the change; its name on the side that has room, the full effect's name on the other."""
    if not chart.go_live or not frame.holds(chart.go_live):
        return
    is_narrow = sheet.width == NARROW
    look = Type(12 if is_narrow else 13, "ink", bold=True)
    words = said(chart.go_live.words, sheet)
    x = frame.x(chart.go_live.at)
    sheet.line([(x, MARK_TOP), (x, frame.bottom)], GO_LIVE)
    is_left = x - frame.left >= width(words, look.size, bold=True) + 7
    sheet.text((x - 7 if is_left else x + 7, HEADER), words, look, "right" if is_left else "left")
    if chart.full_from and frame.holds(chart.full_from) and is_left and not is_narrow:
        sheet.text((frame.x(chart.full_from.at) + 6, HEADER), chart.full_from.words.full, Type(13))
