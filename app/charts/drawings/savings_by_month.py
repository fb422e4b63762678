"""Money by month: what was promised, what is expected, what was measured and accepted, on the way to the goal."""

from functools import lru_cache

from markupsafe import Markup

from app.charts.content import Kind, Line, SavingsByMonth
from app.charts.drawings.frame import LABEL_GAP, Frame, draw_grid, draw_positions, draw_series, margin, said
from app.charts.drawings.line_ends import EndLabel, along, arrange
from app.charts.drawings.sheet import NARROW, WIDE, Place, Sheet, Stroke, Type, both
from app.charts.fitting import fit, width
from app.charts.scale import Axis
from app.charts.svg import Colour

TOP, HEADER, MARK_TOP = 44, 32, 20
STROKES: dict[Kind, Stroke] = {
    "projected": Stroke("chart-rest", 1.5, (2, 4)),
    "forecast": Stroke("chart-1", 1.75, (6, 4)),
    "realised": Stroke("chart-1", 2.5),
    "validated": Stroke("good", 2.5),
}
INK: dict[Kind, Colour] = {"projected": "ink-2", "forecast": "chart-1", "realised": "chart-1", "validated": "good"}
DONE: tuple[Kind, ...] = ("realised", "validated")
GOAL = Stroke("ink", 1.25)
TODAY = Stroke("control", 1, (2, 3))


@lru_cache(maxsize=64)
def draw(chart: SavingsByMonth, axis: Axis) -> Markup:
    """Both drawings; raises ValueError for a line that has not one value, known or not, for each month."""
    for line in chart.lines:
        if len(line.values) != len(chart.months):
            raise ValueError(f"The {line.kind} line has {len(line.values)} values for {len(chart.months)} months.")
    return both(chart, _drawn(chart, axis, Sheet(WIDE, 340)), _drawn(chart, axis, Sheet(NARROW, 280)))


def _drawn(chart: SavingsByMonth, axis: Axis, sheet: Sheet) -> Sheet:
    is_narrow = sheet.width == NARROW
    room = _label_room(chart, sheet)
    left, right = margin(axis, 30 if is_narrow else 52), sheet.width - room - LABEL_GAP
    frame = Frame(left, right, TOP, sheet.height - 30, len(chart.months), axis)
    draw_grid(sheet, frame)
    draw_positions(sheet, frame, chart.months, 4 if is_narrow else 12)
    obstacles = _draw_today(sheet, frame, chart)
    labels = []
    if chart.goal is not None:
        goal = [(left, frame.y(chart.goal)), (right, frame.y(chart.goal))]
        sheet.line(goal, GOAL)
        obstacles += along(goal)
        look = Type(12 if is_narrow else 13, "ink", bold=True)
        labels.append(EndLabel(fit(said(chart.goal_words, sheet), room, look.size, bold=True), look, goal[-1]))
    for line in chart.lines:
        stretches = frame.runs(line.values)
        draw_series(sheet, stretches, STROKES[line.kind])
        obstacles += [place for stretch in stretches for place in along(stretch)]
        if stretches:
            labels.append(_end(sheet, line, stretches[-1][-1], room))
    for label, start in arrange(labels, obstacles, frame):
        sheet.text(start, label.words, label.look)
    return sheet


def _label_room(chart: SavingsByMonth, sheet: Sheet) -> float:
    words = [said(chart.goal_words, sheet), *(said(line.words, sheet) for line in chart.lines)]
    room = max(width(each, 12 if sheet.width == NARROW else 13, bold=True) for each in words)
    return min(max(room, 56), 110) if sheet.width == NARROW else min(max(room, 150), 230)


def _end(sheet: Sheet, line: Line, place: Place, room: float) -> EndLabel:
    """The dot at the end of a line, drawn, and the name that belongs to it."""
    sheet.dot(place, 3.5, STROKES[line.kind].colour)
    look = Type(12 if sheet.width == NARROW else 13, INK[line.kind], bold=line.kind in DONE)
    return EndLabel(fit(said(line.words, sheet), room, look.size, bold=look.bold), look, place)


def _draw_today(sheet: Sheet, frame: Frame, chart: SavingsByMonth) -> list[Place]:
    """An upright line through the current month, its name on the side that has room; returns what it covers."""
    if not chart.today or not frame.holds(chart.today):
        return []
    x, words = frame.x(chart.today.at), said(chart.today.words, sheet)
    sheet.line([(x, MARK_TOP), (x, frame.bottom)], TODAY)
    is_left = x - frame.left > width(words, 12) + 6
    sheet.text((x - 6 if is_left else x + 6, HEADER), words, Type(), "right" if is_left else "left")
    return along([(x, MARK_TOP), (x, frame.bottom)])
