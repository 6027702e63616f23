"""The one error that parsing raises."""


class ReadError(Exception):
    """A file cannot be read as an article.

    Args:
        path: The file, as the user named it.
        reason: Why, in words for the user.
        field: Which field of the file is at fault, when one is ("published_at").
    """

    def __init__(self, path: str, reason: str, *, field: str | None = None) -> None:
        """See the class."""
        self.path = path
        self.reason = reason
        self.field = field
        where = f" (field {field})" if field else ""
        super().__init__(f"{path}{where}: {reason}")
