"""What finance takes away: a calculation and the benefits register as workbooks, and the sheet to sign.

Everything is read first and the session given back; drawing a page or a workbook holds nothing.
"""

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.reporting.calculation_workbook import calculation_workbook
from app.reporting.dossier import Dossier, dossier
from app.reporting.register import register
from app.reporting.register_workbook import Calendar, register_workbook
from app.reporting.signoff import signoff
from app.web import work
from app.web.access import allow
from app.web.sponsor.blueprint import pages
from app.web.sponsor.calculation import look_asked, month_named

TAKERS = ("team", "sponsor", "finance", "admin")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/savings/<int:initiative_id>/<month>.xlsx")
@allow(*TAKERS)
def calculation_xlsx(initiative_id: int, month: str) -> ResponseReturnValue:
    """The calculation as a workbook with formulas."""
    found = _read(initiative_id, month)
    return _file(calculation_workbook(found, _paper()), XLSX, f"{found.known.code}-{found.month:%Y-%m}.xlsx")


@pages.get("/savings/<int:initiative_id>/<month>.pdf")
@allow(*TAKERS)
def signoff_pdf(initiative_id: int, month: str) -> ResponseReturnValue:
    """The sheet to sign."""
    found = _read(initiative_id, month)
    made = signoff(found, work.settings().organisation, _paper())
    return _file(made, "application/pdf", f"{found.known.code}-{found.month:%Y-%m}.pdf")


@pages.get("/savings.xlsx")
@allow(*TAKERS)
def register_xlsx() -> ResponseReturnValue:
    """Every initiative and month of the ledger as a workbook with formulas."""
    rows, settings, today = register(work.reading()), work.settings(), work.today()
    work.close_reading()
    calendar = Calendar(today, settings.fiscal_year_start)
    made = register_workbook(rows, calendar, settings.currency, work.now(), _paper())
    return _file(made, XLSX, f"benefits-register-{today}.xlsx")


def _read(initiative_id: int, month: str) -> Dossier:
    found = dossier(work.reading(), initiative_id, month_named(month), look_asked())
    work.close_reading()
    return found


def _paper() -> str:
    return request.args.get("paper", "a4")


def _file(made: bytes, mimetype: str, name: str) -> Response:
    return Response(made, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
