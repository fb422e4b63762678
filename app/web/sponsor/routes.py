"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.sponsor import ask, calculation, cash, exports, ledger, placebo, queue, savings, savings_months
from app.web.sponsor.blueprint import pages

__all__ = ["ask", "calculation", "cash", "exports", "ledger", "pages", "placebo", "queue", "savings", "savings_months"]
