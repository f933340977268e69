"""Why Slack does not take what is sent, and what mends it, in plain words. Pure.

Law: each of Slack's words for what pauses topics, or stops digests, has a row; any other is shown as it is.
"""

from bot.slack.mrkdwn import code
from bot.wording import shorten

_UNARCHIVED = "the channel is unarchived"
_INVITED = "somebody invites me again: `/invite @paperboy`"
_ALLOWED = "I may post there"
_INSTALLED = "somebody installs me again"
_MENDED = "whoever runs me has mended that"
_CHANGED = "that has changed"
_LONGEST = 60
_OUT = "I was removed from this workspace"
_TOKEN = "Slack does not accept my token"  # noqa: S105 (a sentence)
_BARRED = "I may not be in this workspace"

# Slack's word: (why, as a clause; when it is over, to stand behind `once`).
_ROWS = {
    "is_archived": ("the channel is archived", _UNARCHIVED),
    "not_in_channel": ("I am not in the channel", _INVITED),
    "channel_not_found": ("the channel is gone, or it is private and I am not in it", _INVITED),
    "restricted_action": ("Slack lets only some people post {here}", _ALLOWED),
    "restricted_action_read_only_channel": ("the channel is read-only", _ALLOWED),
    "restricted_action_thread_only_channel": ("Slack lets me post only in threads {here}", _ALLOWED),
    "restricted_action_non_threadable_channel": ("Slack lets nobody reply in threads {here}", _ALLOWED),
    "restricted_action_thread_locked": ("the thread is locked", _ALLOWED),
    "user_is_restricted": ("I am a guest {here}, and guests may not post", _ALLOWED),
    "access_denied": ("Slack does not let me in {here}", _ALLOWED),
    "no_permission": ("Slack does not let me post {here}", _ALLOWED),
    "ekm_access_denied": ("admins have suspended posting {here}", _ALLOWED),
    "messages_tab_disabled": ("my direct messages are switched off", _MENDED),
    "user_disabled": ("the account is deactivated", "it is active again"),
    "history_too_long": ("more has been said {here} since then than I can look through", _CHANGED),
    "missing_scope": ("I lack a right that only an update of the app can add", _MENDED),
    "app_uninstalled": (_OUT, _INSTALLED),
    "tokens_revoked": (_OUT, _INSTALLED),
    "token_revoked": (_OUT, _INSTALLED),
    "account_inactive": (_OUT, _INSTALLED),
    "invalid_auth": (_TOKEN, _MENDED),
    "not_authed": (_TOKEN, _MENDED),
    "not_allowed_token_type": (_TOKEN, _MENDED),
    "token_expired": ("my token has expired", _MENDED),
    "accesslimited": ("this workspace does not let me in from where I run", _MENDED),
    "app_access_restricted": (_BARRED, _MENDED),
    "enterprise_is_restricted": (_BARRED, _MENDED),
    "team_access_not_granted": (_BARRED, _INSTALLED),
    "team_not_found": (_BARRED, _INSTALLED),
    "two_factor_setup_required": ("this workspace wants a second factor first", _MENDED),
}


def why(reason: str, here: str = "here") -> str:
    """Return why, as a clause ready for mrkdwn; `reason` is Slack's word, `here` says where."""
    row = _ROWS.get(reason)
    return row[0].format(here=here) if row else f"Slack says {code(shorten(reason, _LONGEST))}"


def over(reason: str) -> str:
    """Return when it is over, as a clause that stands behind `once`."""
    return _ROWS.get(reason, ("", _CHANGED))[1]


def ends_by_itself(reason: str) -> bool:
    """Tell whether Slack says when it is over, so that topics go on without anybody's doing."""
    return over(reason) in {_UNARCHIVED, _INVITED}
