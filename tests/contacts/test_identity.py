import uuid

from hypothesis import given
from hypothesis import strategies as st

from app.contacts.identity import NAMESPACE, Identities, digest


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_a_numbered_contact_has_the_standard_uuid5_of_source_colon_number(number: str) -> None:
    made = Identities("Switch").of_external(number)
    assert uuid.UUID(bytes=made) == uuid.uuid5(NAMESPACE, f"Switch:{number}")


def test_twins_have_identities_of_their_own_and_keep_them() -> None:
    identities, content = Identities("Switch"), digest("the same")
    first, second = identities.of_content(content, 1), identities.of_content(content, 2)
    assert len({first, second, identities.of_external(content.hex()), Identities("Other").of_content(content, 1)}) == 4
    assert Identities("Switch").of_content(content, 2) == second
