"""What a person is told when something cannot be done."""


class Refused(Exception):  # noqa: N818  (it is read aloud: "refused: ...")
    """The input or the state is wrong; the message is the sentence that its reader sees."""

    @property
    def sentence(self) -> str:
        """What happened, where, what was kept and what to do."""
        return str(self)


class Stale(Refused):
    """Somebody else changed the same thing since it was opened."""


class Missing(Refused):
    """What was asked for does not exist, or not any more."""
