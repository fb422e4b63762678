"""Bars on the left, the cumulative share on the same rows on the right; no second axis."""

from functools import lru_cache

from markupsafe import Markup

from app.charts.content import Bar, Pareto
from app.charts.drawings.sheet import NARROW, WIDE, Box, Sheet, Stroke, Type, both
from app.charts.fitting import fit, width
from app.charts.scale import Scale, finite
from app.charts.svg import Link

ROW, NARROW_ROW = 31, 42
FIRST_ROW = 30
NAMES_LEAST, NAMES_MOST = 150, 300
BARS_END, SHARES_START, SHARES_END = 640, 740, 950
NARROW_BARS_END, NARROW_TOP = 290, 26
VALUE_GAP, AROUND = 8, 6
SHARE_MARKS = ((0.0, "0"), (0.5, "50\u00a0%"), (1.0, "100\u00a0%"))
RULE = Stroke("ink-3", 1, (1, 4))
CURVE = Stroke("ink-3", 1.25)
REST, SUBJECT_DOT, OTHER_DOT = Stroke("chart-rest", 1.5), Stroke("chart-1", 1.5), Stroke("ink-3", 1.5)


@lru_cache(maxsize=64)
def draw(chart: Pareto) -> Markup:
    """Both drawings; raises ValueError for a value below zero, which has no place among counts and costs."""
    if any(value < 0 for value in finite(bar.value for bar in chart.bars)):
        raise ValueError("A Pareto shows no value below zero.")
    finite(bar.cumulative_share for bar in chart.bars)
    return both(chart, _wide(chart), _narrow(chart))


def _wide(chart: Pareto) -> Sheet:
    has_shares = any(bar.cumulative_share is not None for bar in chart.bars)
    bottom = FIRST_ROW + ROW * len(chart.bars) + 6
    sheet = Sheet(WIDE, bottom + (22 if has_shares else 0))
    names = max(width(bar.name, 14, bold=bar.is_subject) for bar in chart.bars) + 14
    start = min(max(names, NAMES_LEAST), NAMES_MOST)
    values = VALUE_GAP + max(width(bar.value_text, 13.5, bold=True) for bar in chart.bars)
    lengths = _lengths(chart, start, min(BARS_END, SHARES_START - 10 - values) if has_shares else WIDE - values)
    sheet.text((start, 14), chart.value_caption, Type())
    for row, bar in enumerate(chart.bars):
        _wide_row(sheet, bar, FIRST_ROW + ROW * row, start, lengths, is_cut=bar.value > _longest(chart))
    if has_shares:
        _shares(sheet, chart, bottom)
    subjects = _leading_subjects(chart.bars)
    if 0 < subjects < len(chart.bars):
        y = FIRST_ROW + ROW * subjects + 2
        sheet.line([(0, y), (WIDE, y)], RULE)
    return sheet


def _wide_row(sheet: Sheet, bar: Bar, top: float, start: float, lengths: Scale, *, is_cut: bool) -> None:
    end = lengths.end if is_cut else lengths(bar.value)
    name = fit(bar.name, start - 10, 14, bold=bar.is_subject)
    with sheet.link(_link(bar)):
        reach = end + VALUE_GAP + width(bar.value_text, 13.5, bold=True)
        sheet.target(Box(-AROUND, top + 2, reach + 2 * AROUND, 28))
        sheet.text((0, top + 21), name, Type(14, "ink", bar.is_subject))
        _bar(sheet, bar, Box(start, top + 7, end - start, 18), is_cut=is_cut)
        sheet.text((end + VALUE_GAP, top + 21), bar.value_text, Type(13.5, "ink", bar.is_subject))


def _shares(sheet: Sheet, chart: Pareto, bottom: float) -> None:
    across = Scale(0, 1, SHARES_START, SHARES_END)
    sheet.text((SHARES_START, 14), chart.share_caption, Type())
    for share, words in SHARE_MARKS:
        sheet.line([(across(share), 26), (across(share), bottom)], Stroke("chart-grid"))
        sheet.text((across(share), bottom + 18), words, Type(), "center")
    places = {
        row: (across(bar.cumulative_share), FIRST_ROW + ROW * row + 16.0)
        for row, bar in enumerate(chart.bars)
        if bar.cumulative_share is not None
    }
    sheet.line([(SHARES_START, FIRST_ROW), *places.values()], CURVE)
    turn = _leading_subjects(chart.bars) - 1
    for row, place in places.items():
        radius = 4.5 if row == turn else 3
        if chart.bars[row].is_subject:
            sheet.dot(place, radius, "chart-1", SUBJECT_DOT)
        else:
            sheet.dot(place, radius, "paper", OTHER_DOT)
    last = max(places)
    for row in sorted({turn, turn + round((last - turn) / 3), last} & set(places)):
        look = Type(15, "ink", bold=True) if row == turn else Type(12.5)
        x, y = places[row]
        sheet.text((x + (14 if row == turn else 10), y + 5), chart.bars[row].share_text, look)


def _narrow(chart: Pareto) -> Sheet:
    sheet = Sheet(NARROW, NARROW_TOP + NARROW_ROW * len(chart.bars))
    lengths = _lengths(chart, 0, NARROW_BARS_END)
    sheet.text((0, 12), chart.value_caption, Type())
    if any(bar.share_text for bar in chart.bars):
        sheet.text((NARROW, 12), chart.share_caption, Type(), "right")
    for row, bar in enumerate(chart.bars):
        top = NARROW_TOP + NARROW_ROW * row
        look = Type(13.5, "ink", bar.is_subject)
        room = NARROW_BARS_END - 12 - width(bar.value_text, 13.5, bold=bar.is_subject)
        with sheet.link(_link(bar)):
            sheet.target(Box(-AROUND, top - 2, NARROW + 2 * AROUND, 40))
            sheet.text((0, top + 15), fit(bar.name, room, 13.5, bold=bar.is_subject), look)
            sheet.text((NARROW_BARS_END, top + 15), bar.value_text, look, "right")
            is_cut = bar.value > _longest(chart)
            _bar(sheet, bar, Box(0, top + 22, lengths.end if is_cut else lengths(bar.value), 9), is_cut=is_cut)
        sheet.text((NARROW, top + 15), bar.share_text, Type(12.5), "right")
    return sheet


def _bar(sheet: Sheet, bar: Bar, box: Box, *, is_cut: bool) -> None:
    if is_cut:
        right, bottom = box.x + box.width, box.y + box.height
        sheet.line([(right, box.y), (box.x, box.y), (box.x, bottom), (right, bottom)], REST)
    elif bar.is_rest:
        sheet.outline(box, REST)
    else:
        sheet.rect(box, "chart-1" if bar.is_subject else "chart-rest")


def _longest(chart: Pareto) -> float:
    """The largest single reason sets the scale; many smaller ones together may be more, their bar stays open then."""
    return max([bar.value for bar in chart.bars if not bar.is_rest] or [bar.value for bar in chart.bars])


def _lengths(chart: Pareto, start: float, end: float) -> Scale:
    return Scale(0, _longest(chart) or 1, start, end)


def _link(bar: Bar) -> Link:
    return Link(bar.href, bar.label, f"{bar.name}: {bar.value_text}")


def _leading_subjects(bars: tuple[Bar, ...]) -> int:
    """How many bars from the top are subjects, where no other bar is one; otherwise none."""
    first_other = next((row for row, bar in enumerate(bars) if not bar.is_subject), len(bars))
    return 0 if any(bar.is_subject for bar in bars[first_other:]) else first_other
