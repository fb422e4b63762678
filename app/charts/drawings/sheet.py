"""A sheet in the drawing's own units, y downwards, on which matplotlib's artists are placed one over the other.

Words and links stand on it as numbers, which `app.charts.svg` puts back: so no name can upset matplotlib (its formula
signs, its missing glyphs), and the same figures give the same bytes on every machine.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Literal

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from app.charts.content import Chart
from app.charts.svg import SENTINELS, Colour, Heading, Link, Raw, clean

# Settings of the whole process: made once, here, for a change during one drawing would reach all threads.
mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "charts",
        "path.simplify": False,
        "lines.scale_dashes": False,
    }
)

UNITS_AN_INCH = 72
WIDE, NARROW = 1000, 358

Place = tuple[float, float]
Anchor = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn."""

    colour: Colour
    width: float = 1
    dashes: tuple[float, float] | None = None


@dataclass(frozen=True)
class Type:
    """How words are set."""

    size: float = 12
    colour: Colour = "ink-3"
    bold: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle by its left upper corner."""

    x: float
    y: float
    width: float
    height: float


class Sheet:
    """One drawing while it is made; what comes later lies above."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / UNITS_AN_INCH, height / UNITS_AN_INCH), dpi=UNITS_AN_INCH)
        self.figure.patch.set_visible(False)
        self.units = Affine2D().scale(1, -1).translate(0, height)
        self.words: list[str] = []
        self.links: list[Link] = []
        self.is_linking = False
        self.layers = 0

    def rect(self, box: Box, fill: Colour, opacity: float | None = None) -> None:
        """A filled rectangle."""
        shape = Rectangle((box.x, box.y), box.width, box.height, facecolor=SENTINELS[fill], linewidth=0, alpha=opacity)
        self._add(shape, "rect")

    def target(self, box: Box) -> None:
        """An unseen rectangle that makes a link easier to hit and shows where the focus is."""
        self._add(Rectangle((box.x, box.y), box.width, box.height, facecolor=SENTINELS["paper"], linewidth=0), "target")

    def outline(self, box: Box, stroke: Stroke) -> None:
        """An empty rectangle, its line inside the box."""
        half = stroke.width / 2
        shape = Rectangle((box.x + half, box.y + half), max(box.width - stroke.width, 0), box.height - stroke.width)
        shape.set(facecolor="none", edgecolor=SENTINELS[stroke.colour], linewidth=stroke.width)
        self._add(shape, "rect")

    def dot(self, at: Place, radius: float, fill: Colour, edge: Stroke | None = None) -> None:
        """A circle."""
        shape = Circle(at, radius, facecolor=SENTINELS[fill], linewidth=edge.width if edge else 0)
        if edge:
            shape.set_edgecolor(SENTINELS[edge.colour])
        self._add(shape, "circle")

    def line(self, places: Sequence[Place], stroke: Stroke) -> None:
        """A line through places."""
        shape = Line2D([x for x, _ in places], [y for _, y in places], linewidth=stroke.width)
        shape.set_color(SENTINELS[stroke.colour])
        if stroke.dashes:
            shape.set_linestyle((0, stroke.dashes))
        self._add(shape, "line")

    def area(self, places: Sequence[Place], fill: Colour, opacity: float | None = None) -> None:
        """A filled outline."""
        self._add(Polygon(list(places), facecolor=SENTINELS[fill], linewidth=0, alpha=opacity), "area")

    def text(self, at: Place, words: str, look: Type, anchor: Anchor = "left") -> None:
        """Words on a baseline."""
        if not words:
            return
        shape = Text(*at, str(len(self.words)), fontsize=look.size, color=SENTINELS[look.colour], ha=anchor)
        shape.set_fontweight("bold" if look.bold else "normal")
        self.words.append(words)
        self._add(shape, "text")

    @contextmanager
    def link(self, link: Link) -> Iterator[None]:
        """Whatever is drawn meanwhile leads to one place."""
        self.links.append(link)
        self.is_linking = True
        yield
        self.is_linking = False

    def markup(self, chart: Chart, css_class: str = "", suffix: str = "") -> Markup:
        """The drawing as markup for a page."""
        written = StringIO()
        FigureCanvasSVG(self.figure).print_svg(written, metadata={"Date": None})
        raw = Raw(written.getvalue(), self.width, self.height, tuple(self.words), tuple(self.links))
        return clean(raw, Heading(css_class, chart.key + suffix, chart.title, chart.description))

    def _add(self, shape: Artist, kind: str) -> None:
        self.layers += 1
        shape.set(transform=self.units, gid=kind, zorder=self.layers)
        if self.is_linking:
            shape.set_url(str(len(self.links) - 1))
        self.figure.add_artist(shape)


def both(chart: Chart, wide: Sheet, narrow: Sheet) -> Markup:
    """The two drawings of a chart, of which the page shows one."""
    return wide.markup(chart, "chart-wide", "-w") + narrow.markup(chart, "chart-narrow", "-n")
