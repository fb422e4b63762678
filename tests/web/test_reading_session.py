from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.rules import ROLES
from app.people.tables import Department, User
from app.web import work
from app.web.access import allow


@pytest.mark.parametrize("change", [False, True])
def test_a_request_that_changes_what_it_only_read_fails_its_test(
    app: Flask, signed_in: Callable[..., FlaskClient], *, change: bool
) -> None:
    def view() -> str:
        user = work.reading().get_one(User, 1)
        if change:
            user.name = "lost"
        return user.name

    app.add_url_rule("/reads", "reads", allow(*ROLES)(view))
    client = signed_in("lead", name="Dana")
    if change:
        with pytest.raises(AssertionError, match="left changes in its reading session"):
            client.get("/reads")
    else:
        assert client.get("/reads").text == "Dana"


def test_a_request_that_adds_a_row_where_nobody_saves_it_fails_its_test(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    def view() -> str:
        work.reading().add(Department(name="Lost", retired_at=None))
        return ""

    app.add_url_rule("/adds", "adds", allow(*ROLES)(view))
    with pytest.raises(AssertionError, match="left changes in its reading session"):
        signed_in("lead").get("/adds")
