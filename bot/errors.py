"""The kinds of failure that mean something to somebody. Everything else is a bug of ours."""


class UserError(Exception):
    """Something the person who asked can mend. `message` is ready for them to read, as plain text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class OperatorError(Exception):
    """Something whoever runs Paperboy can mend: a setting, a file, a port.

    The text is one line, or one line a fault, and names the setting or file. `exit_code` is the command
    line's: 1 it failed, 2 wrong usage or settings.
    """

    exit_code = 1


class SendError(Exception):
    """Slack did not take a message."""
