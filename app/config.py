"""Settings, read once from the environment and checked at start."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.values.errors import Refused

PROJECT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000


class SettingRefused(Refused):
    """A setting from the environment cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may decide, already checked."""

    instance: Path
    database_url: str
    secret_key: str
    timezone: ZoneInfo
    currency: str
    phone_region: str | None
    organisation: str
    address: str
    proxies: int
    secure_cookies: bool
    upload_limit_bytes: int
    fiscal_year_start: int
    jobs_in_process: bool
    smtp: str
    mail_from: str

    @property
    def uploads(self) -> Path:
        """Where files wait between upload and intake."""
        return self.instance / "uploads"

    @property
    def attachments(self) -> Path:
        """Where documents lie that were handed in as evidence."""
        return self.instance / "attachments"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process; raises SettingRefused with the name of what is wrong."""
    given = os.environ if environment is None else environment
    instance = Path(given.get("TRACKER_INSTANCE") or PROJECT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    return Settings(
        instance=instance,
        database_url=_database_url(given.get("DATABASE_URL", ""), instance),
        secret_key=given.get("SECRET_KEY") or kept_secret(instance / "secret_key"),
        timezone=_timezone(given.get("TRACKER_TIMEZONE") or "UTC"),
        currency=_currency(given.get("TRACKER_CURRENCY") or "USD"),
        phone_region=_region(given.get("TRACKER_REGION") or ""),
        organisation=given.get("TRACKER_ORGANISATION") or "Call-reason tracker",
        address=_address(given.get("TRACKER_ADDRESS") or "http://127.0.0.1:8000"),
        proxies=_whole("TRACKER_PROXIES", given.get("TRACKER_PROXIES") or "0", least=0),
        secure_cookies=_yes_or_no("TRACKER_SECURE_COOKIES", given.get("TRACKER_SECURE_COOKIES") or "no"),
        upload_limit_bytes=_whole("TRACKER_UPLOAD_MB", given.get("TRACKER_UPLOAD_MB") or "300") * MEGABYTE,
        fiscal_year_start=_month("TRACKER_FISCAL_YEAR_START", given.get("TRACKER_FISCAL_YEAR_START") or "1"),
        jobs_in_process=_yes_or_no("TRACKER_JOBS_IN_PROCESS", given.get("TRACKER_JOBS_IN_PROCESS") or "no"),
        smtp=_smtp(given.get("TRACKER_SMTP") or ""),
        mail_from=_sender(given.get("TRACKER_MAIL_FROM") or "tracker@localhost"),
    )


def kept_secret(path: Path) -> str:
    """The secret in a file that only its owner may read, made on first use; of two who make it at once both get one.

    It gets its name only once it is written whole, and never replaces another; raises SettingRefused for an empty file.
    """
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if not secret:
        raise SettingRefused(f"{path} is empty, and a secret belongs in it. Nothing was started. Remove the file.")
    return secret


def _make_secret(path: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()


def _database_url(given: str, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'tracker.db'}"
    for short in ("postgres://", "postgresql://"):
        if given.startswith(short):
            return "postgresql+psycopg://" + given.removeprefix(short)
    if given.startswith(("sqlite:///", "postgresql+psycopg://")):
        return given
    message = "DATABASE_URL must start with sqlite:/// or postgresql://. Nothing was started."
    raise SettingRefused(message)


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"TRACKER_TIMEZONE is “{name}”, which is no known time zone. Write it like Europe/Berlin."
        raise SettingRefused(message) from error


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        message = f"TRACKER_CURRENCY is “{code}”. Write the three capital letters of an ISO currency, like USD."
        raise SettingRefused(message)
    return code


def _region(code: str) -> str | None:
    if code and not re.fullmatch(r"[A-Z]{2}", code):
        message = f"TRACKER_REGION is “{code}”. Write the two capital letters of a country, like CA, or leave it empty."
        raise SettingRefused(message)
    return code or None


def _yes_or_no(name: str, text: str) -> bool:
    answers = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False}
    if text.lower() not in answers:
        message = f"{name} is “{text}”. Write yes or no."
        raise SettingRefused(message)
    return answers[text.lower()]


def _whole(name: str, text: str, *, least: int = 1) -> int:
    if not text.isdecimal() or int(text) < least:
        message = f"{name} is “{text}”. Write a whole number, {least} or more."
        raise SettingRefused(message)
    return int(text)


def _month(name: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 12:  # noqa: PLR2004
        message = f"{name} is “{text}”. Write the number of the month in which the fiscal year begins, 1 to 12."
        raise SettingRefused(message)
    return int(text)


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+/?", text):
        message = (
            f"TRACKER_ADDRESS is “{text}”. Write where people reach the tracker, like https://tracker.example.com."
        )
        raise SettingRefused(message)
    return text.rstrip("/")


def _smtp(text: str) -> str:
    """The mail server; what stands there is not repeated in the sentence, since a password may be in it."""
    try:
        server = urlsplit(text)
        is_known = server.scheme in {"smtp", "smtps"} and bool(server.hostname) and server.port != 0
    except ValueError:
        is_known = False
    if text and not is_known:
        message = "TRACKER_SMTP is no mail server. Write it like smtp://USER:PASSWORD@mail.example.com:587."
        raise SettingRefused(message)
    return text


def _sender(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        message = f"TRACKER_MAIL_FROM is “{text}”, which is no e-mail address."
        raise SettingRefused(message)
    return text
