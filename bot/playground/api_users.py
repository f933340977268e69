"""The methods about people and about the app itself: users.*, auth.test, api.test."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.playground.api_conversations import page_of
from bot.playground.arguments import Args
from bot.playground.checks import Json
from bot.playground.workspace import BOT, BOT_ID, TEAM, TEAM_DOMAIN, TEAM_NAME, User, Workspace


def as_user(workspace: Workspace, user: User) -> Json:
    """Return a user in Slack's own shape."""
    local = datetime.fromtimestamp(workspace.clock(), ZoneInfo(user.tz))
    offset = local.utcoffset()
    return {
        "id": user.id,
        "team_id": TEAM,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": local.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "real_name_normalized": user.real_name,
            "display_name_normalized": user.name,
            "team": TEAM,
        },
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def api_test(_workspace: Workspace, args: Args) -> Json:
    """api.test: the arguments come back."""
    return {"args": dict(args.given)} if args.given else {}


def auth_test(_workspace: Workspace, _args: Args) -> Json:
    """auth.test."""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": "paperboy",
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def info(workspace: Workspace, args: Args) -> Json:
    """users.info."""
    return {"user": as_user(workspace, workspace.user(args.get("user")))}


def list_(workspace: Workspace, args: Args) -> Json:
    """users.list."""
    page, metadata = page_of(list(workspace.users.values()), args)
    members = [as_user(workspace, user) for user in page]
    return {"members": members, "cache_ts": int(workspace.clock()), "response_metadata": metadata}


METHODS = {"api.test": api_test, "auth.test": auth_test, "users.info": info, "users.list": list_}
