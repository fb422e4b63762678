import hmac
from hashlib import sha256

import pytest

from app.contacts.customers import KEY_BYTES, CustomerKeys, normalised

SECRET = bytes(range(32))


@pytest.mark.parametrize(
    ("texts", "one"),
    [
        (("+16135550142", "+1 (613) 555-0142", "613-555-0142", "1 613 555 0142", "tel:+1-613-555-0142"), "phone:"),
        (("+442079460018", "+44 20 7946 0018", "+44 (0)20 7946 0018", "011 44 20 7946 0018"), "phone:"),
        (("jane.doe@mail.example", " Jane.Doe@Mail.Example ", "mailto:jane.doe@mail.example"), "email:"),
        (("K-4711", " k-4711 "), "name:k-4711"),
    ],
)
def test_one_customer_written_in_several_ways_is_one(texts: tuple[str, ...], one: str) -> None:
    found = {normalised(text, "CA") for text in texts}
    assert len(found) == 1, found
    assert str(*found).startswith(one)


def test_a_phone_number_without_a_country_needs_the_region() -> None:
    assert normalised("613-555-0142", "CA") == "phone:+16135550142"
    assert normalised("613-555-0142", None) == "digits:6135550142"


@pytest.mark.parametrize("text", ["", "  ", "Anonymous", "unknown", "N/A", "-", "Withheld"])
def test_unknown_customers_have_no_key_so_that_they_are_never_joined(text: str) -> None:
    assert CustomerKeys(SECRET, None).key(text) is None


def test_the_key_is_an_hmac_of_the_number_in_one_form() -> None:
    expected = hmac.new(SECRET, b"phone:+16135550142", sha256).digest()[:KEY_BYTES]
    keys = CustomerKeys(SECRET, "CA")
    assert keys.key("(613) 555-0142") == keys.key("+16135550142") == expected
    assert CustomerKeys(bytes(32), "CA").key("+16135550142") != expected
