"""What was said, as the app reads it afterwards: pages, spans of time, threads, metadata, scopes."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import ANA, APP, BOT, BOT_ID, IM, PRIVATE, SAFETY, TEAM, LocalSlack

Json = dict[str, Any]
METADATA = {"event_type": "paper_digest", "event_payload": {"digest_id": 7}}


def test_history_pages(client: WebClient) -> None:
    """History is read page by page, the newest first."""
    sent = [client.chat_postMessage(channel=SAFETY, text=str(number))["ts"] for number in range(5)]
    pages = [
        ([each["ts"] for each in page["messages"]], page["has_more"])
        for page in client.conversations_history(channel=SAFETY, limit=2)
    ]
    assert pages == [(sent[:2:-1], True), (sent[2:0:-1], True), (sent[:1], False)]


def test_history_between(client: WebClient) -> None:
    """Oldest and latest are left out unless inclusive."""
    sent = [client.chat_postMessage(channel=SAFETY, text=str(number))["ts"] for number in range(3)]
    span = {"channel": SAFETY, "oldest": sent[0], "latest": sent[2]}
    inner = client.conversations_history(**span)["messages"]
    outer = client.conversations_history(**span, inclusive=True)["messages"]
    assert ([each["ts"] for each in inner], [each["ts"] for each in outer]) == (sent[1:2], sent[::-1])


def test_history_metadata(client: WebClient) -> None:
    """Metadata is in the history only when it is asked for."""
    metadata = {"event_type": "paper_digest", "event_payload": {"digest_id": 7}}
    client.chat_postMessage(channel=SAFETY, text="x", metadata=metadata)
    [without] = client.conversations_history(channel=SAFETY)["messages"]
    [with_it] = client.conversations_history(channel=SAFETY, include_all_metadata=True)["messages"]
    assert ("metadata" in without, with_it["metadata"]) == (False, metadata)


def test_replies(client: WebClient) -> None:
    """A thread is its parent and the replies; the history has the parent alone, with a count."""
    parent = client.chat_postMessage(channel=SAFETY, text="p")["ts"]
    reply = client.chat_postMessage(channel=SAFETY, text="r", thread_ts=parent)["ts"]
    thread = client.conversations_replies(channel=SAFETY, ts=parent)["messages"]
    [shown] = client.conversations_history(channel=SAFETY)["messages"]
    assert [(each["ts"], each["thread_ts"]) for each in thread] == [(parent, parent), (reply, parent)]
    assert (shown["ts"], shown["reply_count"], shown["latest_reply"]) == (parent, 1, reply)


def test_pages_do_not_move(client: WebClient) -> None:
    """What is said and deleted between two pages neither repeats a message nor leaves one out."""
    sent = [client.chat_postMessage(channel=SAFETY, text=str(number))["ts"] for number in range(5)]
    first = client.conversations_history(channel=SAFETY, limit=2)
    client.chat_postMessage(channel=SAFETY, text="new")
    client.chat_delete(channel=SAFETY, ts=sent[4])
    client.chat_delete(channel=SAFETY, ts=sent[2])
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=SAFETY, limit=2, cursor=cursor)
    assert [each["ts"] for each in second["messages"]] == [sent[1], sent[0]]
    assert (second["has_more"], "response_metadata" in second.data) == (False, False)


def test_pages_of_a_span(client: WebClient) -> None:
    """The pages of a span of time hold what lies in it, and no message twice."""
    sent = [client.chat_postMessage(channel=SAFETY, text=str(number))["ts"] for number in range(6)]
    span = {"channel": SAFETY, "oldest": sent[0], "latest": sent[5], "limit": 2}
    pages = [[each["ts"] for each in page["messages"]] for page in client.conversations_history(**span)]
    assert pages == [[sent[4], sent[3]], [sent[2], sent[1]]]


def test_inclusive_at_one_end(client: WebClient) -> None:
    """A single message is read by its own time stamp, inclusive, with a limit of one."""
    sent = [client.chat_postMessage(channel=SAFETY, text=str(number))["ts"] for number in range(3)]
    one = client.conversations_history(channel=SAFETY, latest=sent[1], inclusive=True, limit=1)
    assert [each["ts"] for each in one["messages"]] == [sent[1]]


def test_thread_page_by_page(client: WebClient) -> None:
    """A thread is read from the parent on, the oldest first, each reply with its metadata."""
    parent = client.chat_postMessage(channel=SAFETY, text="p", metadata=METADATA)["ts"]
    sent = [
        client.chat_postMessage(channel=SAFETY, text=str(part), thread_ts=parent, metadata=METADATA)["ts"]
        for part in range(3)
    ]
    read = client.conversations_replies(channel=SAFETY, ts=sent[1], limit=2, include_all_metadata=True)
    pages = [[(each["ts"], each["metadata"]) for each in page["messages"]] for page in read]
    assert pages == [[(parent, METADATA), (sent[0], METADATA)], [(sent[1], METADATA), (sent[2], METADATA)]]


def test_replies_between(client: WebClient) -> None:
    """A span of time leaves out replies and never the parent."""
    parent = client.chat_postMessage(channel=SAFETY, text="p")["ts"]
    sent = [client.chat_postMessage(channel=SAFETY, text="r", thread_ts=parent)["ts"] for _ in range(3)]
    thread = client.conversations_replies(channel=SAFETY, ts=parent, oldest=sent[0], latest=sent[2])
    assert [each["ts"] for each in thread["messages"]] == [parent, sent[1]]


def test_parent_in_the_history(slack: LocalSlack, client: WebClient) -> None:
    """A parent is there whole: its metadata, and who replied; the replies are not."""
    parent = client.chat_postMessage(channel=SAFETY, text="p", metadata=METADATA)["ts"]
    slack.say("r", thread_ts=parent)
    last = client.chat_postMessage(channel=SAFETY, text="r", thread_ts=parent)["ts"]
    assert client.conversations_history(channel=SAFETY, include_all_metadata=True)["messages"] == [
        {
            "type": "message",
            "user": BOT,
            "text": "p",
            "ts": parent,
            "team": TEAM,
            "bot_id": BOT_ID,
            "app_id": APP,
            "thread_ts": parent,
            "reply_count": 2,
            "reply_users_count": 2,
            "latest_reply": last,
            "reply_users": [ANA, BOT],
            "metadata": METADATA,
        }
    ]


def test_reply_names_the_parent(slack: LocalSlack, client: WebClient) -> None:
    """A reply says whose message it replies to."""
    parent = client.chat_postMessage(channel=SAFETY, text="p")["ts"]
    slack.say("r", thread_ts=parent)
    reply = client.conversations_replies(channel=SAFETY, ts=parent)["messages"][1]
    assert reply == {
        "type": "message",
        "user": ANA,
        "text": "r",
        "ts": reply["ts"],
        "team": TEAM,
        "thread_ts": parent,
        "parent_user_id": BOT,
    }


@pytest.mark.parametrize(
    ("channel", "verb", "needed"),
    [
        (SAFETY, "history", "channels:history"),
        (PRIVATE, "history", "groups:history"),
        (IM, "history", "im:history"),
        (SAFETY, "replies", "channels:history"),
        (PRIVATE, "info", "groups:read"),
        (SAFETY, "members", "channels:read"),
        (IM, "info", "im:read"),
    ],
)
def test_scope_of_the_kind(channel: str, verb: str, needed: str) -> None:
    """To read a channel the app needs the scope of just its kind, and is told which."""
    area = needed.partition(":")[2]
    others = [f"{kind}:{area}" for kind in ("channels", "groups", "im", "mpim") if f"{kind}:{area}" != needed]
    method = f"conversations.{verb}"
    answers = []
    for scopes in ([needed], others):
        with LocalSlack(scopes=scopes) as slack:
            slack.workspace.channels[PRIVATE].members.add(BOT)
            client = WebClient(slack.bot_token, base_url=slack.api_url)
            args = {"channel": channel, "ts": slack.workspace.post(channel, ANA, "x").ts}
            try:
                answers.append(client.api_call(method, json=args)["ok"])
            except SlackApiError as refused:
                answers.append(refused.response.data)
    assert answers == [
        True,
        {"ok": False, "error": "missing_scope", "needed": needed, "provided": ",".join(others)},
    ]


def test_scopes_of_a_list() -> None:
    """To list several kinds the app needs the scope of each."""
    with LocalSlack(scopes=["channels:read", "im:read"]) as small:
        client = WebClient(small.bot_token, base_url=small.api_url)
        assert client.conversations_list(types="public_channel,im")["ok"]
        with pytest.raises(SlackApiError) as refused:
            client.conversations_list(types="public_channel,private_channel")
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
