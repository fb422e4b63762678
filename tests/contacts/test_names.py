import pytest

from app.contacts import batches
from app.contacts.rules import Choices
from app.values.errors import Refused


@pytest.mark.parametrize("typed", ["Zendesk", " Zendesk\u00a0", "Zen\u200bdesk", "\u202eZendesk", "Zendesk\x07"])
def test_signs_that_nobody_sees_make_no_second_source(typed: str) -> None:
    assert batches.checked(Choices(typed)).source == "Zendesk"


@pytest.mark.parametrize("typed", ["", " ", "\u200b\u2060"])
def test_a_source_that_nobody_can_read_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Name the system"):
        batches.checked(Choices(typed))
