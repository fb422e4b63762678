"""The page of the method: every clause can be led to, and nothing of its text becomes markup."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


def test_each_clause_is_a_place_that_a_figure_can_lead_to(signed_in: SignIn) -> None:
    page = read(signed_in("agent").get("/methods").text)
    assert page.finding == "How figures are made"
    assert page.one("p", id="N4").text.startswith("N4 Re-labelled: the plan names reasons")
    assert page.one("p", id="S7").text.startswith("S7 Not distinguishable from noise:")


def test_the_text_is_shown_as_words_and_not_as_marks(signed_in: SignIn) -> None:
    page = read(signed_in("finance").get("/methods").text)
    assert "**" not in page.text
    assert "`" not in page.text
    assert page.one("h1").text == "How figures are made"
