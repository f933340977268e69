"""What Slack's words for a failure mean, as its methods answer them in a real socket."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.errors import BusyError, Reason, RefusedError, SendError, UncertainError
from bot.playground import SAFETY, Fault, LocalSlack
from bot.slack import send
from bot.slack.failures import _REASONS

CHANNEL = (
    "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel"
    " restricted_action_thread_only_channel"
    " ekm_access_denied messages_tab_disabled no_permission access_denied"
    " user_is_restricted duplicate_channel_not_found some_new_code"
)
THREAD = (
    "thread_not_found cannot_reply_to_message restricted_action_non_threadable_channel"
    " restricted_action_thread_locked"
)
WORKSPACE = (
    "not_authed invalid_auth account_inactive token_revoked token_expired not_allowed_token_type"
    " accesslimited team_access_not_granted team_not_found two_factor_setup_required"
    " enterprise_is_restricted app_access_restricted"
)
MESSAGE = (
    "no_text msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format too_many_attachments"
    " attachment_payload_limit_exceeded too_many_contact_cards as_user_not_supported markdown_text_conflict"
    " metadata_too_large invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app"
    " invalid_metadata_filter_keys invalid_arguments invalid_arg_name invalid_array_arg invalid_charset"
    " invalid_form_data invalid_post_type missing_post_type invalid_json json_not_object invalid_cursor"
    " invalid_limit invalid_ts_latest invalid_ts_oldest pagination_not_available unknown_method"
    " method_deprecated deprecated_endpoint upgrade_required"
)
ROWS = {
    **dict.fromkeys(CHANNEL.split(), Reason.CHANNEL),
    **dict.fromkeys(WORKSPACE.split(), Reason.WORKSPACE),
    **dict.fromkeys(THREAD.split(), Reason.THREAD),
    **dict.fromkeys(MESSAGE.split(), Reason.MESSAGE),
    "missing_scope": Reason.SCOPE,
}


@pytest.fixture(scope="module")
def slack() -> Iterator[LocalSlack]:
    """Yield a local Slack without an app."""
    with LocalSlack() as slack:
        yield slack


def failing(slack: LocalSlack, fault: Fault) -> SendError:
    """Return what becomes of a call that fails so."""
    slack.fail("chat.postMessage", fault)
    with pytest.raises(SendError) as failed:
        send.call(
            WebClient(slack.bot_token, base_url=slack.api_url), "chat_postMessage", channel=SAFETY, text="x"
        )
    return failed.value


@pytest.mark.parametrize(("code", "reason"), ROWS.items())
def test_a_refusal_says_what_it_is_about(slack: LocalSlack, code: str, reason: Reason) -> None:
    """A channel, a thread, the workspace, a scope, a message of ours; an unknown one is about the channel."""
    error = failing(slack, Fault(code))
    assert isinstance(error, RefusedError)
    assert (error.code, error.reason) == (code, reason)


def test_every_row_is_tested() -> None:
    """None is in the table alone."""
    table = {code: reason for reason, codes in _REASONS.items() for code in codes}
    assert table == {code: reason for code, reason in ROWS.items() if reason is not Reason.CHANNEL}


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault.ratelimited(7), 7),
        (Fault.ratelimited(0), 0),
        (Fault("ratelimited"), 30),
        (Fault("rate_limited"), 30),
        (Fault("message_limit_exceeded"), 30),
        (Fault("ratelimited", status=429, headers={"retry-after": "12"}), 12),
        (Fault("ratelimited", status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 30),
        (Fault("ratelimited", status=429, headers={"Retry-After": "-5"}), 30),
        (Fault(status=429, html="<html>slow down</html>"), 30),
        (Fault("team_added_to_org"), 600),
        (Fault("org_login_required"), 600),
    ],
)
def test_what_may_be_asked_again_says_when(slack: LocalSlack, fault: Fault, seconds: float) -> None:
    """In Slack's seconds; where it gives none, in half a minute, or ten while a workspace moves."""
    error = failing(slack, fault)
    assert isinstance(error, BusyError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    "fault",
    [
        Fault("fatal_error"),
        Fault("internal_error"),
        Fault("service_unavailable"),
        Fault("request_timeout"),
        Fault("is_archived", status=500),
        Fault.outage(500),
        Fault.outage(503),
        Fault(html="<html>a proxy says no</html>"),
        Fault(html="<html>not found</html>", status=404),
        Fault(html="[]"),
        Fault(html='{"ok": false}'),
        Fault(html='{"ok": false, "error": 5.5}'),
        Fault.dropped(),
        Fault.dropped(done=True),
    ],
    ids=str,
)
def test_what_is_no_answer_of_slacks_leaves_it_unknown(slack: LocalSlack, fault: Fault) -> None:
    """Whatever stands between says nothing of what Slack did."""
    assert isinstance(failing(slack, fault), UncertainError)
