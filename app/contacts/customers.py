"""Customers are known by a key that cannot be turned back: an HMAC of their phone number or e-mail address."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from app.config import Settings, kept_secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash as Hash

KEY_BYTES = 16
MOST_CACHED = 1 << 15
# What systems write for a customer whom they do not know; such contacts are never joined.
NOBODY = frozenset(
    [
        *("", "-", "0", "anonymous", "blocked", "n/a", "na", "nobody", "none"),
        *("null", "private", "restricted", "unavailable", "unknown", "withheld"),
    ]
)
FEWEST_DIGITS = 7
_PLAIN_EMAIL = re.compile(r"[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
_PHONE = re.compile(r"(?:tel:|sip:)?\+?[0-9 ().\u00a0/-]+(?:\s*(?:x|ext\.?)\s*[0-9]+)?", re.IGNORECASE)
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")


class CustomerKeys:
    """Makes the keys of one installation; `key` remembers what it made lately."""

    def __init__(self, secret: bytes, region: str | None) -> None:
        self.key: Callable[[str], bytes | None] = lru_cache(MOST_CACHED)(self._key)
        self._region = region
        self._inner, self._outer = _halves(secret)

    def _key(self, text: str) -> bytes | None:
        """16 bytes; nothing where the text names nobody."""
        known = normalised(text, self._region)
        if known is None:
            return None
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(known.encode())
        outer.update(inner.digest())
        return outer.digest()[:KEY_BYTES]


def keys_of(settings: Settings) -> CustomerKeys:
    """The keys under the secret of this installation, which lies in a file of its own."""
    return CustomerKeys(bytes.fromhex(kept_secret(settings.instance / "customer_key")), settings.phone_region)


@lru_cache(2)
def _halves(secret: bytes) -> tuple["Hash", "Hash"]:
    """The two halves of HMAC-SHA256 with the secret in them, made once: each key is then two short hashes."""
    block = secret.ljust(sha256().block_size, b"\0")
    inner, outer = (sha256(bytes(byte ^ mask for byte in block)) for mask in (0x36, 0x5C))
    return inner, outer


def normalised(text: str, region: str | None) -> str | None:
    """The customer in one form, however a file writes them; none where the text names nobody.

    Phone numbers in E.164, those without a country code as dialled in `region`; e-mail addresses in lower case; other
    names without case.
    """
    if _NORTH_AMERICAN.fullmatch(text):
        return f"phone:{text}"  # in E.164 already, as most systems write it
    cleaned = " ".join(text.split()).casefold()
    if cleaned in NOBODY:
        return None
    if "@" in cleaned:
        return f"email:{_email(cleaned)}"
    if _PHONE.fullmatch(cleaned) and sum(letter.isdigit() for letter in cleaned) >= FEWEST_DIGITS:
        return _phone(cleaned, region)
    return f"name:{cleaned}"


def _email(text: str) -> str:
    address = text.removeprefix("mailto:")
    if _PLAIN_EMAIL.fullmatch(address):
        return address
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(address, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return address


def _phone(text: str, region: str | None) -> str:
    import phonenumbers

    number = text.removeprefix("tel:").removeprefix("sip:")
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return "digits:" + "".join(letter for letter in number if letter.isdigit())
    parsed.extension = None
    return "phone:" + phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
