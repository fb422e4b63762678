"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.everyone import account, health, home, login, methods, ranking, reason, reason_values, reasons
from app.web.everyone.blueprint import pages

__all__ = ["account", "health", "home", "login", "methods", "pages", "ranking", "reason", "reason_values", "reasons"]
