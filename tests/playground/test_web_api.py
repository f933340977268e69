"""The Web API as Slack's own client sees it."""

from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import (
    ANA,
    APP,
    ARCHIVED,
    BEN,
    BOT,
    BOT_ID,
    DIRECT,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    SLACKBOT,
    TEAM,
    Call,
    Fault,
    LocalSlack,
)
from bot.playground.scopes import ALL_SCOPES, NEEDED

Json = dict[str, Any]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def refusal(client: WebClient, method: str, **args: Any) -> Any:
    """Return the error code with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=args)
    return refused.value.response["error"]


@pytest.mark.parametrize(
    ("method", "kind", "code"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "wrong", "invalid_auth"),
        ("auth.test", "app", "not_allowed_token_type"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
        ("apps.connections.open", "", "not_authed"),
        ("chat.shout", "bot", "unknown_method"),
    ],
)
def test_wrong_token(slack: LocalSlack, http: httpx.Client, method: str, kind: str, code: str) -> None:
    """A call needs the right kind of token."""
    token = {"bot": slack.bot_token, "app": slack.app_token}.get(kind, kind)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = http.post(f"/api/{method}", headers=headers)
    assert (response.status_code, response.json()) == (200, {"ok": False, "error": code})


def test_token_as_form_field(slack: LocalSlack, http: httpx.Client) -> None:
    """The token may be a form field, and no record of the call keeps it."""
    answer = http.post("/api/users.info", data={"token": slack.bot_token, "user": ANA}).json()
    assert (answer["ok"], slack.calls) == (True, [Call("users.info", {"user": ANA})])


def test_scopes_header(slack: LocalSlack, http: httpx.Client) -> None:
    """Every answer lists the scopes."""
    response = http.post("/api/auth.test", headers={"Authorization": f"Bearer {slack.bot_token}"})
    assert "chat:write" in response.headers["x-oauth-scopes"].split(",")


def test_missing_scope() -> None:
    """A method whose scopes were not given is refused, and says which it needs."""
    with LocalSlack(scopes=["chat:write", "im:history"]) as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        assert client.conversations_history(channel=IM)["ok"]
        with pytest.raises(SlackApiError) as refused:
            client.conversations_list()
    answer = refused.value.response
    assert answer.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "channels:read,groups:read,im:read,mpim:read",
        "provided": "chat:write,im:history",
    }
    assert answer.headers["x-oauth-scopes"] == "chat:write,im:history"


def test_scopes_by_default() -> None:
    """The scopes given by default allow every method that there is a rule for."""
    assert [method for method, needed in NEEDED.items() if not set(needed) & set(ALL_SCOPES)] == []


def test_refused_call_leaves_the_fault(slack: LocalSlack, http: httpx.Client, client: WebClient) -> None:
    """A call with a wrong token is not recorded and does not use up a fault that waits."""
    slack.fail("auth.test", Fault("ratelimited"))
    refused = http.post("/api/auth.test", headers={"Authorization": "Bearer wrong"}).json()
    assert (refused, slack.calls) == ({"ok": False, "error": "invalid_auth"}, [])
    assert refusal(client, "auth.test") == "ratelimited"
    assert slack.calls == [Call("auth.test", {})]


def test_calls_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last calls are kept."""
    monkeypatch.setattr("bot.playground.web_api.CALLS_KEPT", 2)
    with LocalSlack() as small:
        few = WebClient(small.bot_token, base_url=small.api_url)
        for number in range(3):
            few.api_call("api.test", json={"x": number})
        assert small.calls == [Call("api.test", {"x": 1}), Call("api.test", {"x": 2})]


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("multipart/form-data", "invalid_form_data"),
        ("application/x-www-form-urlencoded; charset=klingon", "invalid_charset"),
    ],
)
def test_malformed_form(http: httpx.Client, content_type: str, code: str) -> None:
    """A form that cannot be read has a code of its own."""
    response = http.post("/api/api.test", content=b"x=1", headers={"Content-Type": content_type})
    assert (response.status_code, response.json()) == (200, {"ok": False, "error": code})


def test_endless_limit(slack: LocalSlack, http: httpx.Client) -> None:
    """A limit that no number can hold is refused."""
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    response = http.post("/api/users.list", content=b'{"limit": 1e999}', headers=headers)
    assert (response.status_code, response.json()["error"]) == (200, "invalid_limit")


@pytest.mark.parametrize(("body", "code"), [(b"{", "invalid_json"), (b"[]", "json_not_object")])
def test_malformed_json(http: httpx.Client, body: bytes, code: str) -> None:
    """A body that is no JSON object has a code of its own."""
    response = http.post("/api/api.test", content=body, headers={"Content-Type": "application/json"})
    assert response.json() == {"ok": False, "error": code}


def test_auth_test(client: WebClient) -> None:
    """The bot learns who it is."""
    assert client.auth_test().data == {
        "ok": True,
        "url": "https://paperlab.slack.com/",
        "team": "Paper Lab",
        "user": "paperboy",
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def test_api_test(client: WebClient) -> None:
    """The test method hands the arguments back."""
    assert client.api_call("api.test", json={"x": "1"}).data == {"ok": True, "args": {"x": "1"}}


def test_post_message(slack: LocalSlack, client: WebClient) -> None:
    """A message is answered with its ts and own shape, and everybody sees it."""
    metadata = {"event_type": "paper_digest", "event_payload": {"digest_id": 7}}
    answer = client.chat_postMessage(channel=SAFETY, text="hello", blocks=[SECTION], metadata=metadata)
    [message] = slack.messages(SAFETY)
    [block] = message["blocks"]
    assert block == {**SECTION, "block_id": block["block_id"]}
    assert message == {
        "ts": answer["ts"],
        "channel": SAFETY,
        "user": BOT,
        "text": "hello",
        "blocks": [block],
        "ephemeral": False,
        "time": float(answer["ts"]),
        "bot": True,
        "metadata": metadata,
    }
    assert answer["message"] == {
        "type": "message",
        "user": BOT,
        "text": "hello",
        "ts": answer["ts"],
        "team": TEAM,
        "bot_id": BOT_ID,
        "app_id": APP,
        "blocks": [block],
        "metadata": metadata,
    }


def test_ts_is_unique_and_grows(client: WebClient) -> None:
    """Two messages at one instant have different time stamps, in order."""
    first, second = (client.chat_postMessage(channel=SAFETY, text="x")["ts"] for _ in range(2))
    assert first < second


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"channel": "C404", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "channel_not_found"),
        ({"channel": PRIVATE, "text": "x"}, "channel_not_found"),
        ({"channel": READING, "text": "x"}, "not_in_channel"),
        ({"channel": ARCHIVED, "text": "x"}, "is_archived"),
        ({"channel": SAFETY}, "no_text"),
        ({"channel": SAFETY, "text": 5}, "invalid_arguments"),
        ({"channel": SAFETY, "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": SAFETY, "blocks": [{"type": "poem"}]}, "invalid_blocks"),
        ({"channel": SAFETY, "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"channel": SAFETY, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
def test_post_message_refused(slack: LocalSlack, client: WebClient, args: Json, code: str) -> None:
    """What Slack does not post is refused with its code, and nothing appears."""
    assert refusal(client, "chat.postMessage", **args) == code
    assert [each for channel in slack.workspace.channels for each in slack.messages(channel)] == []


def test_invalid_blocks_say_why(client: WebClient) -> None:
    """A refusal of blocks names the rule and the place."""
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=SAFETY, text="x", blocks=[{"type": "poem"}])
    why = "the playground does not know the type poem [json-pointer:/blocks/0/type]"
    assert refused.value.response.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [why],
        "response_metadata": {"messages": [f"[ERROR] {why}"]},
    }


def test_post_to_a_user(slack: LocalSlack, client: WebClient) -> None:
    """A message to a user id goes to the direct-message channel, which opens if need be."""
    to_ana, to_ben = (client.chat_postMessage(channel=user, text="x")["channel"] for user in (ANA, BEN))
    assert (to_ana, client.conversations_open(users=[BEN])["channel"]) == (IM, {"id": to_ben})
    assert [message["text"] for message in slack.messages(to_ben)] == ["x"]


def test_post_ephemeral(slack: LocalSlack, client: WebClient) -> None:
    """An ephemeral message is seen by its user alone, and is in no history."""
    ts = client.chat_postEphemeral(channel=SAFETY, user=ANA, text="psst")["message_ts"]
    assert [slack.messages(SAFETY), slack.messages(SAFETY, user=BEN)] == [[], []]
    assert [(each["ts"], each["ephemeral"]) for each in slack.messages(SAFETY, user=ANA)] == [(ts, True)]
    assert client.conversations_history(channel=SAFETY)["messages"] == []
    assert refusal(client, "chat.update", channel=SAFETY, ts=ts, text="x") == "message_not_found"


@pytest.mark.parametrize(
    ("channel", "user", "code"),
    [
        (SAFETY, "U404", "user_not_found"),
        (SAFETY, SLACKBOT, "user_not_in_channel"),
        (IM, BEN, "user_not_in_channel"),
        (READING, ANA, "not_in_channel"),
        (PRIVATE, ANA, "channel_not_found"),
        (ARCHIVED, ANA, "is_archived"),
    ],
)
def test_post_ephemeral_refused(
    slack: LocalSlack, client: WebClient, channel: str, user: str, code: str
) -> None:
    """An ephemeral message needs a bot and a user who are both there."""
    assert refusal(client, "chat.postEphemeral", channel=channel, user=user, text="x") == code
    assert slack.messages(channel, user=user) == []


def test_update(slack: LocalSlack, client: WebClient) -> None:
    """An update keeps blocks that are not given and takes them away for an empty list."""
    ts = client.chat_postMessage(channel=SAFETY, text="one", blocks=[SECTION])["ts"]
    client.chat_update(channel=SAFETY, ts=ts, text="two")
    [kept] = slack.messages()
    client.chat_update(channel=SAFETY, ts=ts, text="three", blocks=[])
    [bare] = slack.messages()
    assert (kept["text"], kept["edited"], len(kept["blocks"])) == ("two", True, 1)
    assert (bare["text"], "blocks" in bare, bare["ts"]) == ("three", False, ts)


def test_update_keeps_metadata(client: WebClient) -> None:
    """An update without metadata keeps the message's own."""
    metadata = {"event_type": "paper_digest", "event_payload": {"digest_id": 7}}
    ts = client.chat_postMessage(channel=SAFETY, text="one", metadata=metadata)["ts"]
    assert client.chat_update(channel=SAFETY, ts=ts, text="two")["message"]["metadata"] == metadata


def test_delete(slack: LocalSlack, client: WebClient) -> None:
    """A deleted message is gone."""
    ts = client.chat_postMessage(channel=SAFETY, text="one")["ts"]
    assert client.chat_delete(channel=SAFETY, ts=ts).data == {"ok": True, "channel": SAFETY, "ts": ts}
    assert slack.messages() == []
    assert refusal(client, "chat.delete", channel=SAFETY, ts=ts) == "message_not_found"


def test_messages_of_others(slack: LocalSlack, client: WebClient) -> None:
    """The bot can change its own messages only."""
    slack.say("mine")
    [message] = slack.messages()
    where = {"channel": SAFETY, "ts": message["ts"]}
    assert refusal(client, "chat.update", **where, text="x") == "cant_update_message"
    assert refusal(client, "chat.delete", **where) == "cant_delete_message"


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("conversations.history", {"channel": READING}, "not_in_channel"),
        ("conversations.history", {"channel": PRIVATE}, "channel_not_found"),
        ("conversations.history", {"channel": SAFETY, "cursor": "?"}, "invalid_cursor"),
        ("conversations.history", {"channel": SAFETY, "cursor": "LTU="}, "invalid_cursor"),
        ("conversations.history", {"channel": SAFETY, "limit": "many"}, "invalid_limit"),
        ("conversations.open", {"users": BOT}, "cannot_dm_bot"),
        ("conversations.history", {"channel": SAFETY, "oldest": "noon"}, "invalid_ts_oldest"),
        ("conversations.replies", {"channel": SAFETY}, "invalid_arguments"),
        ("conversations.replies", {"channel": SAFETY, "ts": "1.0"}, "thread_not_found"),
        ("conversations.history", {"channel": SAFETY, "latest": "nan"}, "invalid_ts_latest"),
        ("conversations.history", {"channel": SAFETY, "cursor": "bmV4dF90czp4"}, "invalid_cursor"),
        ("conversations.info", {"channel": "C404"}, "channel_not_found"),
        ("conversations.info", {"channel": DIRECT}, "channel_not_found"),
        ("conversations.join", {"channel": ARCHIVED}, "is_archived"),
        ("conversations.join", {"channel": IM}, "method_not_supported_for_channel_type"),
        ("conversations.list", {"types": "public"}, "invalid_types"),
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("views.update", {"view_id": "V404", "view": {}}, "not_found"),
        ("views.open", {"trigger_id": "1", "view": {"type": "modal"}}, "invalid_arguments"),
    ],
)
def test_refusals(client: WebClient, method: str, args: Json, code: str) -> None:
    """Other methods refuse with Slack's codes too."""
    assert refusal(client, method, **args) == code


def test_conversations(client: WebClient) -> None:
    """The bot sees public channels, and private ones and direct messages it is in."""
    public = client.conversations_list(exclude_archived=True)["channels"]
    others = client.conversations_list(types="private_channel,im")["channels"]
    info = client.conversations_info(channel=SAFETY, include_num_members=True)["channel"]
    assert [(each["name"], each["is_member"], each["is_ext_shared"]) for each in public] == [
        ("safety", True, False),
        ("reading-group", False, False),
        ("shared-with-acme", False, True),
    ]
    assert [each["id"] for each in others] == [IM]
    assert (info["name"], info["num_members"], info["is_private"]) == ("safety", 3, False)


def test_join(client: WebClient) -> None:
    """After joining a public channel the bot may post there."""
    client.conversations_join(channel=READING)
    assert client.conversations_members(channel=READING)["members"] == sorted([ANA, BEN, BOT])
    assert client.chat_postMessage(channel=READING, text="x")["ok"]
    assert client.conversations_join(channel=READING)["warning"] == "already_in_channel"


def test_users(client: WebClient) -> None:
    """People have a time zone and rights."""
    ana = client.users_info(user=ANA)["user"]
    names = [each["name"] for each in client.users_list()["members"]]
    assert (ana["name"], ana["tz"], ana["is_admin"]) == ("ana", "Europe/London", True)
    assert names == ["ana", "ben", "paperboy", "slackbot"]


def test_publish_home(slack: LocalSlack, client: WebClient) -> None:
    """A Home view is replaced by the next, unless the hash is an old one."""
    home = {"type": "home", "blocks": [SECTION]}
    first = client.views_publish(user_id=ANA, view=home)["view"]
    second = client.views_publish(user_id=ANA, view=home, hash=first["hash"])["view"]
    args = {"user_id": ANA, "view": home, "hash": first["hash"]}
    assert refusal(client, "views.publish", **args) == "hash_conflict"
    shown = slack.home(ANA)
    assert shown is not None
    assert (first["id"], second["id"]) == (shown["id"], shown["id"])
