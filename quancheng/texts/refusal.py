"""What every reader of files raises."""


class Unreadable(ValueError):
    """The file cannot be read as a text; the message is one Chinese sentence for the person who sent it."""
