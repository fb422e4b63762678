"""What stands in a field can be sent as it is."""

from flask import Flask

from app.values.money import Money
from app.web.fields import AmountField, ShareField
from app.web.forms import Form


class CostForm(Form):
    amount = AmountField("Amount")
    share = ShareField("Share")


def test_a_negative_figure_stands_in_a_field_with_the_hyphen_of_a_keyboard(app: Flask) -> None:
    with app.test_request_context():
        form = CostForm(formdata=None, amount=Money(-1_250_50, "USD"), share=-1250)
        assert 'value="-1250.50"' in str(form.amount())
        assert 'value="-12.5"' in str(form.share())


def test_a_figure_that_was_copied_from_a_page_is_taken(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"amount": "\u22121,250.50", "share": "\u221212.5\u00a0%"}):
        form = CostForm()
        assert form.validate()
        assert (form.amount.data, form.share.data) == (Money(-1_250_50, "USD"), -1250)
