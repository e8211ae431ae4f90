"""One exception for everything that a ballot, a board or an archive can have wrong."""


class Fault(ValueError):
    """Something does not hold. `code` is the short name that both verifiers share, the text is for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class BadArchive(ValueError):
    """The file is no archive at all: nothing in it can be judged."""
