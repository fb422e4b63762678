"""Made-up charts for the tests, and what is needed to read a drawing back."""

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from app import charts

EVERY_CHART: dict[str, Callable[[], str]] = {
    "pareto": lambda: charts.pareto(make_pareto()),
    "observed_expected": lambda: charts.observed_expected(make_observed_expected()),
    "savings_by_month": lambda: charts.savings_by_month(make_savings()),
    "ranges": lambda: charts.ranges(make_ranges()),
    "skyline": lambda: charts.skyline(make_skyline()),
    "waterfall": lambda: charts.waterfall(make_waterfall()),
}


def with_thousands(value: int) -> str:
    return f"{value:,}"


def in_thousand_dollars(minor: int) -> str:
    return f"${minor // 100_000}k"


def make_bar(name: str = "Where is my order?", value: float = 1, **fields: Any) -> charts.Bar:
    """A bar whose texts say its value."""
    texts = {"value_text": f"{value:,}", "href": "/contacts?reason=1", "label": f"{name}, {value:,} contacts"}
    return charts.Bar(**{"name": name, "value": value, **texts, **fields})


def make_pareto(bars: Sequence[charts.Bar] | None = None, **fields: Any) -> charts.Pareto:
    """Three bars, the first of them the subject, the last the rest; or the bars given."""
    if bars is None:
        bars = (
            make_bar("Where is my order?", 50, cumulative_share=0.5, share_text="50 %", is_subject=True),
            make_bar("Refund not received", 30, cumulative_share=0.8, share_text="80 %"),
            make_bar("9 smaller reasons", 20, cumulative_share=1.0, share_text="100 %", is_rest=True),
        )
    texts = {"title": "Reasons", "description": "Bars.", "value_caption": "contacts", "share_caption": "share"}
    return charts.Pareto(**{"key": "pareto", "bars": tuple(bars), **texts, **fields})


def make_points(
    observed: Sequence[float | None], expected: Sequence[float | None] | None = None
) -> tuple[charts.Point, ...]:
    """A week for each observed figure."""
    expected = expected or [None] * len(observed)
    pairs = enumerate(zip(observed, expected, strict=True), start=1)
    return tuple(charts.Point(label=f"W{week}", observed=o, expected=e) for week, (o, e) in pairs)


def make_observed_expected(**fields: Any) -> charts.ObservedExpected:
    """Six weeks of 100 expected contacts, of which 40 stay away from the fourth week on."""
    points = tuple(
        charts.Point(label=f"W{week}", observed=100 if week < 4 else 60, expected=100, low=90, high=110)
        for week in range(1, 7)
    )
    values = {
        "key": "weeks",
        "title": "Contacts a week",
        "description": "Observed and expected.",
        "points": points,
        "number_text": with_thousands,
        "observed": charts.Words("60 observed", "observed"),
        "expected": charts.Words("100 expected", "expected"),
        "band": charts.Words("90 to 110, 90 %"),
        "go_live": charts.Mark(3, charts.Words("go-live 2026-W04", "go-live")),
        "full_from": charts.Mark(4, charts.Words("full from W5")),
    }
    return charts.ObservedExpected(**{**values, **fields})


def make_savings(**fields: Any) -> charts.SavingsByMonth:
    """Four months in cents: 40,000 dollars projected at their end, 10,000 realised after three, of a goal of 50,000."""
    values = {
        "key": "savings",
        "title": "Savings",
        "description": "By month.",
        "months": ("Jan", "Feb", "Mar", "Apr"),
        "lines": (
            charts.Line("projected", (0, 1_000_000, 2_500_000, 4_000_000), charts.Words("$40k projected", "projected")),
            charts.Line("realised", (0, 500_000, 1_000_000, None), charts.Words("$10k realised", "realised")),
        ),
        "money_text": in_thousand_dollars,
        "goal": 5_000_000,
        "goal_words": charts.Words("$50k goal", "goal"),
        "today": charts.Mark(2, charts.Words("today")),
    }
    return charts.SavingsByMonth(**{**values, **fields})


def make_ranges(*rows: charts.Range, **fields: Any) -> charts.Ranges:
    """A projection of 20,000 to 60,000 dollars and what was realised; or the rows given."""
    rows = rows or (
        make_range("projected", 2_000_000, 4_000_000, 6_000_000),
        make_range("realised", 1_000_000, 3_000_000, 5_000_000),
    )
    texts = {"key": "money", "title": "Money a year", "description": "Low, likely, high."}
    return charts.Ranges(**{**texts, "rows": rows, "money_text": in_thousand_dollars, **fields})


def make_range(kind: Any, low: float | None, likely: float, high: float | None) -> charts.Range:
    return charts.Range(
        name=str(kind).title(), kind=kind, low=low, likely=likely, high=high, likely_text=f"{likely:,} likely"
    )


def make_skyline(*values: float | None, **fields: Any) -> charts.Skyline:
    """Seven weeks, or the weeks given."""
    texts = {"key": "sky", "title": "Refunds", "description": "Seven weeks.", "first_label": "W1", "last_label": "W7"}
    return charts.Skyline(**{**texts, "values": values or (40, 45, 50, 40, 45, 50, 80), **fields})


def make_step(name: str, kind: Any, value: float, **fields: Any) -> charts.Step:
    """A bar whose texts say its value."""
    text = f"({-value:,})" if value < 0 else f"{value:,}"
    texts = {"value_text": text, "href": "/ledger", "label": f"{name} {text}"}
    return charts.Step(**{"name": name, "kind": kind, "value": value, **texts, **fields})


def make_waterfall(*steps: charts.Step, **fields: Any) -> charts.Waterfall:
    """100 claimed, 20 and 10 taken off, 70 measured, 30 not signed yet, 40 validated; or the steps given."""
    steps = steps or (
        make_step("Headline claim", "start", 100),
        make_step("Channel shift", "change", -20),
        make_step("Repeat contacts", "change", -10),
        make_step("Measured", "subtotal", 70),
        make_step("In the queue", "change", -30),
        make_step("Validated", "total", 40),
    )
    texts = {"key": "steps", "title": "From claim to validated", "description": "Bars."}
    return charts.Waterfall(**{**texts, "steps": steps, **fields})


def read(markup: str) -> Element:
    """The drawings of a chart, or of several."""
    return fromstring(f"<page>{markup}</page>")  # noqa: S314 - our own drawings


def drawing(markup: str, css_class: str = "chart-wide") -> Element:
    """One of the two drawings."""
    return next(svg for svg in read(markup).iter("svg") if svg.get("class") == css_class)


def words(svg: Element) -> list[str]:
    """The texts of a drawing, in order."""
    return [element.text or "" for element in svg.iter("text")]


def text_at(svg: Element, said: str) -> tuple[float, float]:
    """Where a text stands."""
    element = next(element for element in svg.iter("text") if element.text == said)
    return float(element.attrib["x"]), float(element.attrib["y"])


def seen(svg: Element, tag: str, **attributes: str) -> list[Element]:
    """The shapes that can be seen and have these attributes; `_` stands for the hyphen."""
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    return [
        shape
        for shape in svg.iter(tag)
        if shape.get("fill-opacity") != "0" and all(shape.get(name) == value for name, value in wanted.items())
    ]


def places(path: Element) -> list[tuple[float, float]]:
    """The points that a path passes through."""
    numbers = [float(part) for part in path.attrib["d"].split() if part not in {"M", "L", "z"}]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
