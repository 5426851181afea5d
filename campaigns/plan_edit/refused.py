"""Why a change of a plan is not taken."""


class ChangeRefused(Exception):
    """A change that cannot be; the message is one Chinese sentence, `field` the one it is about ("" for none)."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field
