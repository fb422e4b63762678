"""The blueprint that the routes of this folder hang on; its name is what `web/access.py` leaves to `bearer.py`."""

from flask import Blueprint, Response

from app.web.access import PROGRAMS
from app.web.programs import bearer, problems
from app.web.programs.problems import WrongAddress
from app.web.security import csrf

pages = Blueprint(PROGRAMS, __name__, url_prefix="/api/v1")
pages.before_request(bearer.let_in)
pages.record_once(bearer.set_pace)
# A form's token guards a cookie that the browser sends by itself. Here no cookie counts, so there is nothing to guard.
csrf.exempt(pages)


@pages.errorhandler(WrongAddress)
def _wrong_address(error: WrongAddress) -> Response:
    told = [{"field": field, "detail": sentence} for field, sentence in error.faults]
    return problems.answer(422, str(error), members={"errors": told})
