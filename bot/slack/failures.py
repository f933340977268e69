"""What Slack says when it does not take something, and when it says nothing.

Law: what certainly was not taken is told from what nobody knows of, for only the former may be sent again.
"""

from http import HTTPStatus

from slack_sdk.web import SlackResponse

from bot.errors import SendError

_UNCERTAIN = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_EXPIRED = {"expired_url", "used_url"}


class RefusedError(SendError):
    """Slack did not take it; `code` is Slack's word for why."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(f"{what}: {code}")
        self.code = code


class BusyError(SendError):
    """Slack did not take it, for there was too much of late."""


class ExpiredError(SendError):
    """Slack did not take it, for a response URL serves for 30 minutes and five posts."""


class UncertainError(SendError):
    """Slack did not say whether it took it."""


class UnseenError(UncertainError):
    """Slack did not say whether it took what only the asker sees: they may just ask again."""


class WindowError(SendError):
    """Slack did not open a window, or did not say whether it did."""


class UnchangedError(WindowError):
    """Slack did not change a window, or did not say whether it did."""


class OvertakenError(UnchangedError):
    """Slack did not change a window, which is no longer as it was when somebody pressed a button there."""


def check_answer(status: int, answer: str) -> None:
    """Raise what the answer of a response URL means, if it is no success."""
    if status == HTTPStatus.OK:
        return
    said = f"the response URL answered {status} {answer}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UncertainError(said)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise BusyError(said)
    if status == HTTPStatus.NOT_FOUND or answer in _EXPIRED:
        raise ExpiredError(said)
    raise RefusedError("the response URL", f"{status} {answer}")


def failure(method: str, response: SlackResponse) -> SendError:
    """Return what the answer of a method means."""
    code = response.get("error", "") if isinstance(response.data, dict) else ""
    if code in _UNCERTAIN or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UncertainError(f"{method}: {code or response.status_code}")
    if code == "ratelimited" or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return BusyError(f"{method}: ratelimited")
    return RefusedError(method, code or str(response.status_code))
