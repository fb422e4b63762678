import itertools
import random

from app.charts.fitting import fit, spread, width


def test_words_that_fit_stay_whole() -> None:
    assert fit("Where is my order?", 200, 14) == "Where is my order?"


def test_long_words_are_cut_to_their_room_with_an_ellipsis() -> None:
    cut = fit("Roads and transportation > Pavement > Pothole", 200, 14)
    assert cut.endswith("…")
    assert cut.startswith("Roads and transport")
    assert width(cut, 14) <= 200


def test_a_cut_leaves_no_half_character_or_separator_behind() -> None:
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    assert fit(family, 35, 14) == "\N{MAN}…"
    assert fit("Roads > Pavement", 70, 14) == "Roads…"


def test_wide_scripts_take_more_room_and_marks_none() -> None:
    assert width("理由", 10) > width("ab", 10)
    assert width("e\u0301", 10) == width("e", 10)


def test_bold_words_take_more_room() -> None:
    assert width("observed", 12, bold=True) > width("observed", 12)


def test_heights_that_stand_clear_stay_where_they_are() -> None:
    assert spread([100, 40, 70], 17, 0, 300) == [100, 40, 70]


def test_heights_move_apart_and_keep_their_order() -> None:
    assert spread([50, 48], 17, 0, 300) == [65, 48]


def test_heights_stay_inside_while_there_is_room() -> None:
    assert spread([299, 300], 17, 0, 300) == [283, 300]
    generator = random.Random(1)
    for _ in range(200):
        wished = [generator.uniform(0, 300) for _ in range(generator.randint(1, 8))]
        placed = spread(wished, 17, 0, 300)
        ordered = sorted(placed)
        assert all(after - before >= 17 - 1e-9 for before, after in itertools.pairwise(ordered))
        assert -1e-9 <= ordered[0] <= ordered[-1] <= 300 + 1e-9
