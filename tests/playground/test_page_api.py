"""What the web page is served, and what it may do."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient

from bot.playground import (
    ANA,
    ARCHIVED,
    BEN,
    BOT,
    DIRECT,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    SHARED,
    SLACKBOT,
    TEAM,
    LocalSlack,
)
from bot.playground.local_slack import PAPER

Json = dict[str, Any]
MANIFEST = Path(__file__).parents[2] / "deploy" / "manifest.json"


def events(lines: Iterator[str], count: int) -> list[Json]:
    """Return the next events of a stream."""
    found: list[Json] = []
    while len(found) < count:
        line = next(lines)
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
    return found


def button(action_id: str) -> list[Json]:
    """Return blocks with one button."""
    text = {"type": "plain_text", "text": "Go"}
    return [
        {
            "type": "actions",
            "block_id": "b",
            "elements": [{"type": "button", "action_id": action_id, "text": text}],
        }
    ]


FORM: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Follow"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "topic",
            "label": {"type": "plain_text", "text": "Topic"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
    ],
}


def test_the_command_is_called_as_in_the_manifest() -> None:
    """Whoever tries it here reads what Slack would say."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    assert manifest["features"]["slash_commands"] == [{**PAPER, "should_escape": False}]


def test_state(slack: LocalSlack, client: WebClient, http: httpx.Client) -> None:
    """The state is what the person sees, with others' private messages left out."""
    client.chat_postMessage(channel=SAFETY, text="all")
    client.chat_postEphemeral(channel=SAFETY, user=ANA, text="ana only")
    client.chat_postEphemeral(channel=SAFETY, user=BEN, text="ben only")
    client.views_open(trigger_id=slack.workspace.grants.trigger(ANA), view=FORM)
    state = http.get("/page/state").json()
    [view] = slack.views()
    assert state == {
        "team": {"id": TEAM, "name": "Paper Lab"},
        "users": [
            {"id": user, "name": name, "real_name": real, "is_bot": bot, "tz": zone, "deleted": False}
            for user, name, real, bot, zone in (
                (ANA, "ana", "Ana Alvarez", False, "Europe/London"),
                (BEN, "ben", "Ben Baker", False, "America/New_York"),
                (BOT, "paperboy", "Paperboy", True, "UTC"),
                (SLACKBOT, "slackbot", "Slackbot", True, "UTC"),
            )
        ],
        "me": ANA,
        "channels": [
            {
                "id": channel,
                "name": name,
                "kind": kind,
                "is_archived": archived,
                "is_member": member,
                "is_ext_shared": channel == SHARED,
            }
            for channel, name, kind, archived, member in (
                (SAFETY, "safety", "channel", False, True),
                (READING, "reading-group", "channel", False, False),
                (PRIVATE, "lab-private", "private", False, False),
                (ARCHIVED, "old-papers", "channel", True, True),
                (SHARED, "shared-with-acme", "channel", False, False),
                (IM, "paperboy", "im", False, True),
                (DIRECT, "ben", "im", False, False),
            )
        ],
        "commands": [
            {
                "command": "/paper",
                "usage_hint": "backdoor instruction tuning",
                "description": "Find papers, and follow topics to get the new ones",
            }
        ],
        "messages": {
            SAFETY: slack.messages(user=ANA),
            READING: [],
            PRIVATE: [],
            ARCHIVED: [],
            SHARED: [],
            IM: [],
            DIRECT: [],
        },
        "views": [
            {
                "id": view["id"],
                "type": "modal",
                "title": FORM["title"],
                "submit": FORM["submit"],
                "close": None,
                "blocks": FORM["blocks"],
                "state": {"topic": {"words": {"type": "plain_text_input", "value": None}}},
            }
        ],
        "connected": False,
        "clock": None,
    }
    assert [each["text"] for each in state["messages"][SAFETY]] == ["all", "ana only"]


def test_stream(slack: LocalSlack, client: WebClient, http: httpx.Client) -> None:
    """Changes stream to the page as they happen, others' private messages left out."""
    with http.stream("GET", "/page/events", params={"user": ANA}) as response:
        lines = response.iter_lines()
        first = events(lines, 1)
        client.chat_postEphemeral(channel=SAFETY, user=BEN, text="ben only")
        ts = client.chat_postMessage(channel=SAFETY, text="one")["ts"]
        [posted] = slack.messages()
        client.chat_update(channel=SAFETY, ts=ts, text="two")
        [changed] = slack.messages()
        client.chat_delete(channel=SAFETY, ts=ts)
        slack.request_url = "http://127.0.0.1:9/"
        assert [*first, *events(lines, 4)] == [
            {"type": "connection", "connected": False},
            {"type": "message", "message": posted},
            {"type": "message_changed", "message": changed},
            {"type": "message_deleted", "channel": SAFETY, "ts": ts},
            {"type": "connection", "connected": True},
        ]


def test_stream_of_a_view(slack: LocalSlack, client: WebClient, http: httpx.Client) -> None:
    """A view's life streams to its person: opened, refused by Slack, closed."""
    with http.stream("GET", "/page/events", params={"user": ANA}) as response:
        lines = response.iter_lines()
        view = client.views_open(trigger_id=slack.workspace.grants.trigger(ANA), view=FORM)["view"]
        body = {"view_id": view["id"], "user": ANA, "values": {"topic": {"words": {"value": ""}}}}
        required = {"topic": "Please complete this required field."}
        with httpx.Client(base_url=slack.url, trust_env=False) as page:
            assert page.post("/page/submit", json=body).json() == {"ok": True, "errors": required}
            assert page.post("/page/close", json={"view_id": view["id"], "user": ANA}).json() == {"ok": True}
        _, opened, updated, closed = events(lines, 4)
    assert (opened["type"], opened["view"]["id"]) == ("view_opened", view["id"])
    assert (updated["type"], updated["view"]["errors"]) == ("view_updated", required)
    assert closed == {"type": "view_closed", "view_id": view["id"]}


def test_stream_of_other_channels(slack: LocalSlack, http: httpx.Client) -> None:
    """What happens in a channel is told to its members alone."""
    with http.stream("GET", "/page/events", params={"user": BEN}) as response:
        lines = response.iter_lines()
        events(lines, 1)
        workspace = slack.workspace
        secret = workspace.post(IM, ANA, "ana to the bot")
        workspace.delete(workspace.edit(secret, text="changed"))
        workspace.post(SAFETY, ANA, "all")
        [told] = events(lines, 1)
    assert told == {"type": "message", "message": slack.messages()[0]}


def test_stream_of_channels(client: WebClient, http: httpx.Client) -> None:
    """A page hears that the bot has joined a channel, and of a direct message that is new."""
    with http.stream("GET", "/page/events", params={"user": BEN}) as response:
        lines = response.iter_lines()
        events(lines, 1)
        client.conversations_join(channel=READING)
        opened = client.conversations_open(users=BEN)["channel"]["id"]
        client.conversations_open(users=BEN)
        client.chat_postMessage(channel=SAFETY, text="x")
        *channels, other = events(lines, 3)
    assert channels == [{"type": "channel", "channel": READING}, {"type": "channel", "channel": opened}]
    assert other["type"] == "message"


def test_stream_of_a_second_modal(slack: LocalSlack, client: WebClient, http: httpx.Client) -> None:
    """A modal opened while others are open closes them first, the topmost first."""
    grants = slack.workspace.grants
    with http.stream("GET", "/page/events", params={"user": ANA}) as response:
        lines = response.iter_lines()
        first = client.views_open(trigger_id=grants.trigger(ANA), view=FORM)["view"]["id"]
        second = client.views_push(trigger_id=grants.trigger(ANA), view=FORM)["view"]["id"]
        third = client.views_open(trigger_id=grants.trigger(ANA), view=FORM)["view"]["id"]
        told = [
            (each["type"], each.get("view_id", each.get("view", {}).get("id"))) for each in events(lines, 6)
        ]
    assert told[1:] == [
        ("view_opened", first),
        ("view_opened", second),
        ("view_closed", second),
        ("view_closed", first),
        ("view_opened", third),
    ]


def test_stop_ends_streams(http: httpx.Client, slack: LocalSlack) -> None:
    """Stopping the server ends a page's stream at once."""
    with http.stream("GET", "/page/events") as response:
        lines = response.iter_lines()
        events(lines, 1)
        slack.stop()
        assert list(lines) == [""]


def test_say_a_command(slack: LocalSlack, http: httpx.Client) -> None:
    """A known command is delivered, an unknown one refused by Slackbot, and none works in a thread."""
    slack.say("parent")
    [parent] = slack.messages()
    where = {"channel": SAFETY, "user": ANA}
    for more in ({"text": "/paper x"}, {"text": "/foo"}, {"text": "/paper x", "thread_ts": parent["ts"]}):
        assert http.post("/page/say", json={**where, **more}).json() == {"ok": True}
    assert [each["text"] for each in slack.messages(user=ANA, after=parent["ts"])] == [
        '/paper failed with the error "dispatch_failed"',
        "/foo is not a valid command. In Slack, all messages that start with the “/” character are "
        "interpreted as commands.",
        "/paper is not supported in threads. Sorry!",
    ]


def test_say_a_message(slack: LocalSlack, http: httpx.Client) -> None:
    """Anything else is a message."""
    http.post("/page/say", json={"channel": SAFETY, "user": BEN, "text": "hi"})
    assert [(each["user"], each["text"], each["bot"]) for each in slack.messages()] == [(BEN, "hi", False)]


def test_open(slack: LocalSlack, http: httpx.Client) -> None:
    """The page is told which channel the app's direct messages are, new or old."""
    channels = [http.post("/page/open", json={"user": user}).json()["channel"] for user in (ANA, BEN, BEN)]
    assert channels == [IM, slack.workspace.direct(BEN).id, slack.workspace.direct(BEN).id]


@pytest.mark.parametrize("typed", ["/paper\tx", "/Paper x", "/paper\nx", " /paper  x"])
def test_ways_to_type_a_command(slack: LocalSlack, http: httpx.Client, typed: str) -> None:
    """A command's name ends at any white space and may be in capitals."""
    http.post("/page/say", json={"channel": SAFETY, "user": ANA, "text": typed})
    assert [each["text"] for each in slack.messages(user=ANA)] == [
        '/paper failed with the error "dispatch_failed"'
    ]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("@ana, (@ben)", f"<@{ANA}>, (<@{BEN}>)"),
        ("@ana. @ben", f"<@{ANA}>. <@{BEN}>"),
        ("x@ana.org @anabel @ana-b @ana.b @ana@x.org", "x@ana.org @anabel @ana-b @ana.b @ana@x.org"),
    ],
)
def test_names_in_a_message(slack: LocalSlack, typed: str, text: str) -> None:
    """A member's name becomes a mention, but not in an address or a longer name."""
    slack.say(typed)
    assert [each["text"] for each in slack.messages()] == [text]


def test_click(slack: LocalSlack, client: WebClient, http: httpx.Client) -> None:
    """A press that fails is answered all the same; the page hears of it by a notice."""
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=button("go"))["ts"]
    body = {"channel": SAFETY, "ts": ts, "block_id": "b", "action_id": "go", "user": ANA, "value": "7"}
    assert http.post("/page/click", json=body).json() == {"ok": True, "acknowledged": False}
    assert slack.notices == [(ANA, "Oh no, something went wrong. Please try that again.")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("say", b"{"),
        ("say", b"[]"),
        ("say", b"[" * 100_000),
        ("say", b'{"channel": "C0SAFETY01", "text": 5, "user": "U0ANA00001"}'),
        ("say", b'{"channel": "C404", "text": "x", "user": "U0ANA00001"}'),
        ("say", b'{"channel": "C0ARCHIVE1", "text": "x", "user": "U0ANA00001"}'),
        ("say", b'{"channel": "C0SAFETY01", "text": "x", "user": "U0ANA00001", "thread_ts": []}'),
        ("open", b'{"user": "U404"}'),
        ("open", b'{"user": "U0PAPERBOY"}'),
        ("open", b"{}"),
        ("click", b'{"action_id": "go", "user": "U0ANA00001"}'),
        ("click", b'{"action_id": "go", "user": "U0ANA00001", "view_id": ["V1"]}'),
        ("submit", b'{"view_id": "V404", "user": "U0ANA00001"}'),
        ("submit", b'{"view_id": "V404", "user": "U0ANA00001", "values": {"topic": 5}}'),
        ("close", b'{"view_id": "V404", "user": "U0ANA00001"}'),
        ("unarchive", b'{"channel": "C0SAFETY01", "user": "U0ANA00001"}'),
        ("unarchive", b'{"channel": "C0ARCHIVE1", "user": "U404"}'),
        ("clock", b'{"seconds": 3600}'),
        ("clock", b'{"seconds": "3600"}'),
    ],
)
def test_malformed(http: httpx.Client, path: str, body: bytes) -> None:
    """What is malformed or names what is not there is 400 with a sentence."""
    response = http.post(f"/page/{path}", content=body, headers={"Content-Type": "application/json"})
    answer = response.json()
    assert (response.status_code, answer["ok"], sorted(answer)) == (400, False, ["error", "ok"])
    assert answer["error"]


@pytest.mark.parametrize("path", ["/", "/page/state", "/page/events", "/page/app.js"])
def test_hostile_host(http: httpx.Client, path: str) -> None:
    """A page under another name that resolves to this machine gets nothing."""
    response = http.get(path, headers={"Host": "evil.example:3000"})
    assert (response.status_code, response.json()) == (403, {"ok": False, "error": "wrong host"})


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Host": "evil.example"}, "wrong host"),
        ({"Host": "[::"}, "wrong host"),
        ({"Origin": "http://evil.example"}, "wrong origin"),
        ({"Origin": "null"}, "wrong origin"),
        ({"Origin": "http://127.0.0.1:1"}, "wrong origin"),
        ({"Content-Type": "text/plain"}, "send application/json"),
    ],
)
def test_hostile_post(slack: LocalSlack, http: httpx.Client, headers: dict[str, str], error: str) -> None:
    """A page from elsewhere cannot speak for the person."""
    body = json.dumps({"channel": SAFETY, "text": "x", "user": ANA})
    response = http.post("/page/say", content=body, headers={"Content-Type": "application/json", **headers})
    assert (response.status_code, response.json()) == (403, {"ok": False, "error": error})
    assert slack.messages() == []


def test_own_origin(slack: LocalSlack, http: httpx.Client) -> None:
    """The page itself may speak, by either name of this machine."""
    port = slack.url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        body = {"channel": SAFETY, "text": "x", "user": ANA}
        assert http.post("/page/say", json=body, headers=headers).status_code == 200
    assert len(slack.messages()) == 2


def test_page_files(http: httpx.Client) -> None:
    """The page and its files are served under a strict policy."""
    page, script = http.get("/"), http.get("/page/app.js")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert page.headers["content-security-policy"] == (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )


@pytest.mark.parametrize(
    "name",
    ["missing.js", "..%2Fpage%2Fapp.js", "%2e%2e%2fpage%2fapp.js", "..%2Fserver.py", "%2Fetc%2Fpasswd"],
)
def test_no_other_files(http: httpx.Client, name: str) -> None:
    """No path leads out of the page's folder."""
    assert http.get(f"/page/{name}").status_code == 404


def test_app_routes() -> None:
    """The app's own routes are served on the same port."""
    routes = {"/healthz": lambda: (503, "text/plain; charset=utf-8", "not yet")}
    with LocalSlack(app_routes=routes) as slack:
        response = httpx.get(f"{slack.url}/healthz", trust_env=False)
    assert (response.status_code, response.headers["content-type"], response.text) == (
        503,
        "text/plain; charset=utf-8",
        "not yet",
    )


def test_busy_port(slack: LocalSlack) -> None:
    """A port that is taken is an OSError at the start."""
    port = int(slack.url.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        LocalSlack(port=port).start()


def test_addresses_of_ipv6() -> None:
    """A host of IP version 6 stands in brackets in every address."""
    with LocalSlack(host="::1") as slack:
        client = WebClient(slack.app_token, base_url=slack.api_url)
        socket = client.apps_connections_open(app_token=slack.app_token)["url"]
        assert httpx.get(slack.url, trust_env=False).status_code == 200
    port = slack.url.rpartition(":")[2]
    assert slack.url == f"http://[::1]:{port}"
    assert socket.startswith(f"ws://[::1]:{port}/link?ticket=")


def test_start_again() -> None:
    """A stopped Slack can be started again; a second start or an act without one is refused."""
    slack = LocalSlack()
    with pytest.raises(RuntimeError, match="not running"):
        slack.command("x")
    for _ in range(2):
        with slack, pytest.raises(RuntimeError, match="already started"):
            slack.start()
    slack.stop()


def test_wait_for_gives_up(slack: LocalSlack) -> None:
    """Waiting for what does not happen ends with TimeoutError."""
    with pytest.raises(TimeoutError, match="did not happen"):
        slack.wait_for_message("never", timeout=0.01)


def test_imports_nothing_else_of_the_bot() -> None:
    """The playground knows Slack's protocol, and nothing of papers."""
    code = "import sys, bot.playground; print(*(m for m in sys.modules if m.startswith('bot.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert [name for name in imported if not name.startswith("bot.playground")] == []
