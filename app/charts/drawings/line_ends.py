"""Where the names of lines go: beside the line's end, clear of each other and of every line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from app.charts.drawings.frame import LABEL_GAP, LINE_HEIGHT, Frame
from app.charts.drawings.sheet import Box, Place, Type
from app.charts.fitting import spread, width

ASIDE = 9  # from the end of a line to its name, when that stands inside the frame
SAMPLE = 5


@dataclass(frozen=True)
class EndLabel:
    """Words that belong at a place; the place that they got is where their baseline starts."""

    words: str
    look: Type
    place: Place

    @property
    def width(self) -> float:
        """The room that the words take."""
        return width(self.words, self.look.size, bold=self.look.bold)

    def box(self, start: Place) -> Box:
        """What the words cover when they start at a place."""
        return Box(start[0], start[1] - 12, self.width, LINE_HEIGHT - 1)


def along(places: Sequence[Place]) -> list[Place]:
    """Points along a line, so close that no word fits between two of them."""
    points = list(places[:1])
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = int(max(abs(x1 - x0), abs(y1 - y0)) / SAMPLE) + 1
        points += [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(1, steps + 1)]
    return points


def arrange(labels: Sequence[EndLabel], obstacles: Sequence[Place], frame: Frame) -> list[tuple[EndLabel, Place]]:
    """Each label with the start of its baseline; none lies on another, none of those in the frame on a line."""
    at_edge = [label for label in labels if label.place[0] >= frame.right]
    heights = spread([label.place[1] + 5 for label in at_edge], LINE_HEIGHT, frame.top, frame.bottom)
    placed = [(label, (frame.right + LABEL_GAP, y)) for label, y in zip(at_edge, heights, strict=True)]
    for label in labels:
        if label not in at_edge:
            taken = [other.box(start) for other, start in placed]
            start = next(start for start in _candidates(label, frame) if _is_clear(label.box(start), taken, obstacles))
            placed.append((label, start))
    return placed


def _candidates(label: EndLabel, frame: Frame) -> Iterator[Place]:
    """Beside the end of the line, below it, above it, to its left; at last beside the frame at about its height."""
    x, y = label.place
    right, left, column = x + ASIDE, x - ASIDE - label.width, frame.right + LABEL_GAP
    for start in ((right, y + 5), (right, y + 15), (right, y - 7), (left, y - 10), (left, y + 19), (right, y + 32)):
        if frame.left <= start[0] and frame.top + 8 <= start[1] <= frame.bottom - 5:
            yield start
    for step in count():
        below, above = y + 5 + step * LINE_HEIGHT, y + 5 - step * LINE_HEIGHT
        if below <= frame.bottom + 5 or above < frame.top:  # under the axis stand the months
            yield column, below
        yield column, above


def _is_clear(box: Box, taken: Sequence[Box], obstacles: Sequence[Place]) -> bool:
    right, bottom = box.x + box.width, box.y + box.height
    if any(box.x < t.x + t.width and t.x < right and box.y < t.y + t.height and t.y < bottom for t in taken):
        return False
    return not any(box.x - 3 <= x <= right + 3 and box.y - 1 <= y <= bottom + 1 for x, y in obstacles)
