"""What holds for every chart: what a strict page takes in, what a reader who sees no picture is told, sameness."""

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from xml.etree.ElementTree import Element

import pytest

from app import charts
from app.charts.drawings import observed_expected, pareto, ranges, savings_by_month, skyline, waterfall
from tests.charts.builders import (
    EVERY_CHART,
    make_bar,
    make_observed_expected,
    make_pareto,
    make_ranges,
    make_savings,
    make_skyline,
    read,
    words,
)

SHAPES = {"svg", "title", "desc", "a", "text", "rect", "circle", "path"}
LOOK = {
    "fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin",
    "font-size", "font-weight", "text-anchor",
}  # fmt: skip
GEOMETRY = {"x", "y", "width", "height", "cx", "cy", "r", "d", "viewBox"}
MEANING = {"class", "id", "role", "aria-labelledby", "aria-label", "href"}
DRAWINGS = (pareto, observed_expected, savings_by_month, ranges, skyline, waterfall)

every_chart = pytest.mark.parametrize("draw", EVERY_CHART.values(), ids=EVERY_CHART)


def everything(markup: str) -> list[Element]:
    page = read(markup)
    return [element for svg in page for element in svg.iter()]


def forget() -> None:
    for module in DRAWINGS:
        module.draw.cache_clear()


@every_chart
def test_nothing_is_in_it_that_a_strict_page_refuses(draw: Callable[[], str]) -> None:
    for element in everything(draw()):
        assert element.tag in SHAPES
        assert set(element.attrib) <= LOOK | GEOMETRY | MEANING
        assert element.get("href", "/").startswith("/")


@every_chart
def test_every_colour_is_a_token_of_the_page(draw: Callable[[], str]) -> None:
    colours = {element.get(name) for element in everything(draw()) for name in ("fill", "stroke")} - {None}
    assert colours
    assert all(colour == "none" or re.fullmatch(r"var\(--[a-z0-9-]+\)", str(colour)) for colour in colours)


@every_chart
def test_no_word_is_smaller_than_twelve(draw: Callable[[], str]) -> None:
    assert all(float(text.attrib["font-size"]) >= 12 for text in everything(draw()) if text.tag == "text")


@every_chart
def test_each_drawing_is_a_group_named_by_its_title_and_description(draw: Callable[[], str]) -> None:
    for svg in read(draw()):
        title, desc = svg[0], svg[1]
        assert (title.tag, desc.tag, svg.get("role")) == ("title", "desc", "group")
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert title.text
        assert desc.text


@pytest.mark.parametrize("name", [name for name in EVERY_CHART if name != "skyline"])
def test_a_chart_is_drawn_for_wide_and_for_narrow_pages(name: str) -> None:
    drawings = list(read(EVERY_CHART[name]()))
    assert [svg.get("class") for svg in drawings] == ["chart-wide", "chart-narrow"]
    assert [svg.attrib["viewBox"].split()[2] for svg in drawings] == ["1000", "358"]


def test_charts_on_one_page_share_no_identifier() -> None:
    page = "".join([*(draw() for draw in EVERY_CHART.values()), charts.pareto(make_pareto(key="pareto-by-cost"))])
    ids = [element.attrib["id"] for element in everything(page) if "id" in element.attrib]
    assert len(ids) == len(set(ids)) == 2 * (2 * 5 + 1) + 2 * 2


@every_chart
def test_the_same_figures_give_the_same_bytes(draw: Callable[[], str]) -> None:
    first = draw()
    forget()
    assert draw() == first


def test_threads_draw_the_same_bytes() -> None:
    alone = [draw() for draw in EVERY_CHART.values()]
    forget()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda draw: draw(), [*EVERY_CHART.values()] * 4))
    assert together == alone * 4


def test_a_drawing_is_kept_whatever_function_wrote_its_axis() -> None:
    forget()
    first = charts.ranges(make_ranges(money_text=lambda minor: f"{minor} c"))
    again = charts.ranges(make_ranges(money_text=lambda minor: f"{minor} c"))
    other = charts.ranges(make_ranges(money_text=lambda minor: f"{minor} cents"))
    assert again is first
    assert "cents" in other
    assert "cents" not in first


def test_a_chart_of_nothing_is_nothing() -> None:
    assert charts.pareto(make_pareto([])) == ""
    assert charts.observed_expected(make_observed_expected(points=())) == ""
    assert charts.savings_by_month(make_savings(months=(), lines=())) == ""
    assert charts.ranges(make_ranges(rows=())) == ""
    assert charts.waterfall(charts.Waterfall(key="steps", title="", description="", steps=())) == ""
    assert charts.skyline(make_skyline(values=())) == ""


NASTY = [
    "<script>alert(1)</script>",
    "\"quotes\" & 'apostrophes' </svg></title><b>",
    "أين طلبي؟",
    "\N{GRINNING FACE} \N{MAN}\u200d\N{WOMAN} 理由",
    "$x^2$ costs \\frac{1}{2} {{ 7 * 7 }}",
    "zero\x00, line\nbreak and half \ud83d a pair",
    "",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_names_stay_words(nasty: str) -> None:
    shown = nasty.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")
    bar = make_bar(nasty, 5, value_text=nasty, label=nasty, cumulative_share=0.5, share_text=nasty)
    markup = charts.pareto(make_pareto([bar], title=nasty, description=nasty, value_caption=nasty))
    markup.encode()
    for svg in read(markup):
        assert {element.tag for element in svg.iter()} <= SHAPES
        assert (svg[0].text or "") == shown
        link = next(svg.iter("a"))
        assert link.attrib["aria-label"] == shown
        assert link[0].text == f"{shown}: {shown}"
        assert (shown in words(svg)) == bool(shown)


def test_nasty_names_pass_through_every_chart() -> None:
    nasty = "".join(NASTY)
    said = charts.Words(nasty, nasty)
    drawn = [
        charts.observed_expected(make_observed_expected(observed=said, expected=said, band=said, gap=nasty)),
        charts.savings_by_month(make_savings(goal_words=said, months=(nasty, "", "b", "c"))),
        charts.ranges(make_ranges(charts.Range(name=nasty, kind="realised", likely=1, likely_text=nasty))),
        charts.skyline(make_skyline(first_label=nasty, title=nasty)),
    ]
    for markup in drawn:
        assert {element.tag for element in everything(markup)} <= SHAPES


ELSEWHERE = ["javascript:alert(1)", "https://a.test/", "//a.test/", "/\\a.test", "/\t/a.test", ""]


@pytest.mark.parametrize("href", ELSEWHERE)
def test_a_link_that_leaves_the_application_is_refused(href: str) -> None:
    with pytest.raises(ValueError, match="stay in this application"):
        charts.pareto(make_pareto([make_bar(href=href)]))


@pytest.mark.parametrize("key", ["", "Two words", 'x" onload="', "7"])
def test_a_key_that_is_no_identifier_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        charts.pareto(make_pareto(key=key))


def test_importing_charts_loads_neither_matplotlib_nor_numpy() -> None:
    code = "import sys, app.charts; print(sorted({'matplotlib', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_warming_loads_what_drawing_needs() -> None:
    code = (
        "import sys, app.charts; app.charts.warm(); "
        "print([name in sys.modules for name in ('matplotlib', 'matplotlib.pyplot')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[True, False]"
