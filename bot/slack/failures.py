"""What Slack says when it does not take something, and when it says nothing.

Law: what certainly was not taken is told from what nobody knows of, for only the former may be sent again.
"""

import re
from http import HTTPStatus

from slack_sdk.web import SlackResponse

from bot.errors import BusyError, Reason, RefusedError, SendError, UncertainError

_UNCERTAIN = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_BUSY = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_MIGRATING = {"team_added_to_org", "org_login_required"}  # for hours, and then all is as it was
_RETRY_AFTER = 30.0  # seconds, where Slack does not say
_MIGRATION = 600.0
_CODE = re.compile(r"[a-z0-9_]+")  # what is no code was said by something between here and Slack
_REASONS = {
    Reason.WORKSPACE: {"token_revoked", "account_inactive", "invalid_auth", "token_expired", "not_authed"}
    | {"team_access_not_granted", "team_not_found", "not_allowed_token_type", "accesslimited"}
    | {"two_factor_setup_required", "enterprise_is_restricted", "app_access_restricted"},
    Reason.SCOPE: {"missing_scope"},
    Reason.THREAD: {"thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"}
    | {"restricted_action_non_threadable_channel"},
    Reason.MESSAGE: {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
    | {"no_text", "markdown_text_conflict", "too_many_attachments", "attachment_payload_limit_exceeded"}
    | {"too_many_contact_cards", "as_user_not_supported", "invalid_arguments", "invalid_arg_name"}
    | {"invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type"}
    | {"invalid_json", "json_not_object", "invalid_metadata_format", "invalid_metadata_schema"}
    | {"metadata_must_be_sent_from_app", "metadata_too_large", "invalid_metadata_filter_keys"}
    | {"invalid_cursor", "invalid_limit", "invalid_ts_latest", "invalid_ts_oldest", "unknown_method"}
    | {"pagination_not_available", "method_deprecated", "deprecated_endpoint", "upgrade_required"},
}
_EXPIRED = {"expired_url", "used_url"}


class ExpiredError(SendError):
    """Slack did not take it, for a response URL serves for 30 minutes and five posts."""


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
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    if code in _BUSY or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return BusyError(f"{method}: ratelimited", _retry_after(response))
    if code in _MIGRATING:
        return BusyError(f"{method}: {code}", _MIGRATION)
    if (
        code in _UNCERTAIN
        or not _CODE.fullmatch(code)
        or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return UncertainError(f"{method}: {code or response.status_code}")
    if code == "missing_scope":
        method = f"{method} needs the scope {response.get('needed', '')}"
    return RefusedError(method, code, _reason(code))


def _retry_after(response: SlackResponse) -> float:
    given = str(response.headers.get("Retry-After") or response.headers.get("retry-after") or "")
    return float(given) if given.isascii() and given.isdigit() else _RETRY_AFTER


def _reason(code: str) -> Reason:
    for reason, codes in _REASONS.items():
        if code in codes:
            return reason
    return Reason.CHANNEL  # restricted_action and its many kin: paused, told, and nothing lost
