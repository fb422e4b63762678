"""Words that files use for what we know under one name, as the small file of data beside this one lists them."""

import tomllib
from pathlib import Path

from app.contacts.rules import CHANNELS, DIRECTIONS

DEFAULT_CHANNEL = "phone"
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _known(field: str, names: tuple[str, ...], blank: str) -> dict[str, str]:
    """Our name for each word in lower case, our own names and the empty cell included."""
    listed = {word: name for name in names for word in _WORDS[field].get(name, ())}
    return {**listed, **{name: name for name in names}, "": blank}


CHANNEL_WORDS = _known("channel", CHANNELS, DEFAULT_CHANNEL)
DIRECTION_WORDS = _known("direction", DIRECTIONS, "inbound")
YES_OR_NO = {word: name == "yes" for word, name in _known("abandoned", ("no", "yes"), "no").items()}
# The fields whose words a mapping may explain, with what they may mean.
EXPLAINED = {"channel": CHANNELS, "direction": DIRECTIONS}
