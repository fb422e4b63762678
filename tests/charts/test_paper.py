"""Drawings for paper."""

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

from app import charts
from app.charts import ObservedExpected, Point, Words
from app.charts.paper import FONT, INKS, letters, on_paper
from app.values.figures import number

TOKENS = Path(__file__).resolve().parent.parent.parent / "app/static/css/tokens.css"


def test_the_inks_are_the_colours_of_the_light_pages() -> None:
    light = TOKENS.read_text(encoding="utf-8").split("}")[0]
    tokens = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", light))
    assert {name: tokens[name] for name in INKS} == INKS


def test_one_drawing_with_colours_and_letters_of_its_own() -> None:
    points = (Point(label="1 Aug", observed=3, expected=4), Point(label="2 Aug", observed=2, expected=4))
    drawn = charts.observed_expected(
        ObservedExpected(key="a", title="T", description="D", points=points, number_text=number, observed=Words("came"))
    )
    svg = on_paper(drawn)
    assert "var(" not in svg
    assert {one.get("font-family") for one in fromstring(svg).iter("{http://www.w3.org/2000/svg}text")} == {FONT}  # noqa: S314
    assert on_paper(charts.NOTHING) == ""


def test_the_letters_are_there_with_their_licence() -> None:
    assert {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LICENSE_DEJAVU"} <= {one.name for one in letters().iterdir()}
