"""A mail to the leads when a source failed three times in a row; without a mail server it is only shown."""

import logging
from urllib.parse import unquote, urlsplit

from app.config import Settings
from app.contacts.scheduled.rules import FAILURES_BEFORE_MAIL
from app.db import Database
from app.people import queries as people
from app.values.lines import one_line

TIMEOUT_SECONDS = 30
PORT, TLS_PORT = 25, 465
log = logging.getLogger(__name__)


def tell_leads(database: Database, settings: Settings, source: str, trouble: str) -> None:
    """Mail every lead; where that fails the log says so, and nothing else stops."""
    if not settings.smtp:
        return
    with database.reading() as session:
        addresses = [person.email for person in people.people(session, role="lead")]
    if not addresses:
        return
    try:
        _send(settings, addresses, source, trouble)
    except OSError:  # of which smtplib's errors are
        log.exception("The leads could not be told about %s", source)


def _send(settings: Settings, addresses: list[str], source: str, trouble: str) -> None:
    import smtplib
    import ssl
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = one_line(f"{source}: nothing came in, {FAILURES_BEFORE_MAIL} times in a row")
    message["From"], message["To"] = settings.mail_from, ", ".join(addresses)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{source} failed {FAILURES_BEFORE_MAIL} times in a row. The last time:\n\n{trouble}\n\n"
        f"What was taken in is kept. Look at it here:\n{settings.address}/imports/sources\n"
    )
    server = urlsplit(settings.smtp)
    host, context = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        made: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or TLS_PORT, timeout=TIMEOUT_SECONDS, context=context)
    else:
        made = smtplib.SMTP(host, server.port or PORT, timeout=TIMEOUT_SECONDS)
    with made as smtp:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)
