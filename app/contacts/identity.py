"""Which contact a row is: ids that a second delivery makes again, and digests that say whether it changed."""

import uuid
from hashlib import blake2b, sha1

NAMESPACE = uuid.UUID("a3c1f7f2-6f0e-5b0f-9f43-1d2c8f4b7e60")
DIGEST_BYTES = 16


class Identities:
    """Makes the ids of one source's contacts: uuid5 of the source's name, a colon, and what tells a contact."""

    def __init__(self, source: str) -> None:
        self._prefix = NAMESPACE.bytes + source.encode() + b":"

    def of_external(self, external_id: str) -> bytes:
        """The 16 bytes of the id of a contact that its source has numbered."""
        return _uuid5_bytes(self._prefix + external_id.encode())

    def of_content(self, content: bytes, ordinal: int) -> bytes:
        """The id of a contact without a number: its content, and which it is of those alike in its file (from 1)."""
        return _uuid5_bytes(self._prefix + b"\0" + content.hex().encode() + b":" + str(ordinal).encode())


def digest(facts: str) -> bytes:
    """What two deliveries of an unchanged contact share; raises UnicodeEncodeError where a text is broken."""
    return blake2b(facts.encode(), digest_size=DIGEST_BYTES).digest()


def _uuid5_bytes(name: bytes) -> bytes:
    raw = bytearray(sha1(name, usedforsecurity=False).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x50
    raw[8] = raw[8] & 0x3F | 0x80
    return bytes(raw)
