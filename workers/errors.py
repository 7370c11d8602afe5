"""The one exception by which an engine refuses its input."""


class EngineError(Exception):
    """Bad input or a missing condition, told in a sentence that a person can act on.

    `code` is stable and dotted ("model.pickle"); `message` never quotes the content of a row, because
    messages are logged and shown and a row may hold personal data.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type["EngineError"], tuple[str, str]]:
        """Survives a process boundary, where exceptions are pickled by their arguments."""
        return type(self), (self.code, self.message)
