"""The kinds of failure that mean something to somebody. Everything else is a bug of ours."""

from enum import Enum


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
    """Slack did not take a message, or did not say whether it did."""


class Reason(Enum):
    """What a refusal is about, which says what becomes of what was to be sent."""

    CHANNEL = "channel"  # this conversation does not take it
    WORKSPACE = "workspace"  # the bot is not let in any more
    SCOPE = "scope"  # a right is missing, which only whoever installed the bot can add
    THREAD = "thread"  # what it replies to is gone, or takes no replies
    MESSAGE = "message"  # it is not well made: a defect of ours


class RefusedError(SendError):
    """Slack did not take it; `code` is Slack's word for why."""

    def __init__(self, what: str, code: str, reason: Reason = Reason.MESSAGE) -> None:
        super().__init__(f"{what}: {code}")
        self.code = code
        self.reason = reason


class BusyError(SendError):
    """Slack did not take it, for there was too much of late; it may be asked again in so many seconds."""

    def __init__(self, message: str, retry_after: float = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UncertainError(SendError):
    """Slack did not say whether it took it."""
