"""Socket Mode with Bolt's own handler and with a bare WebSocket."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.connect import disconnect
from bot.playground import ANA, APP, Delivery, LocalSlack

Json = dict[str, Any]


@contextmanager
def connected(
    slack: LocalSlack, listeners: Callable[[App], None], ping_interval: float = 10
) -> Iterator[None]:
    """Connect a Bolt app with the listeners by Socket Mode; every so many seconds it looks after itself."""
    app = App(client=WebClient(slack.bot_token, base_url=slack.api_url))
    listeners(app)
    handler = SocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    handler.connect()
    try:
        slack.wait_for(lambda each: each.connected)
        yield
    finally:
        handler.client.auto_reconnect_enabled = False
        slack.stop()  # first, or the client reads on for three seconds before it closes
        disconnect(handler)
        app.listener_runner.listener_executor.shutdown()


def socket_url(slack: LocalSlack) -> str:
    """Return a new WebSocket address."""
    client = WebClient(slack.app_token, base_url=slack.api_url)
    return str(client.apps_connections_open(app_token=slack.app_token)["url"])


def echo(app: App) -> None:
    """Answer a command in its acknowledgement and at its response URL."""

    @app.command("/paper")
    def paper(ack: Ack, respond: Respond, command: Json) -> None:
        ack(f"looking for {command['text']}")
        respond(f"found {command['text']}", response_type="in_channel")


def test_command(slack: LocalSlack) -> None:
    """A command goes out in an envelope, and its answer comes in the ack and at the response URL."""
    with connected(slack, echo):
        delivery = slack.command("x & y")
        slack.wait_for_message("found x &amp; y")
    assert delivery == Delivery(acknowledged=True, body={"text": "looking for x &amp; y"})
    assert sorted(each["text"] for each in slack.messages(user=ANA)) == [
        "found x &amp; y",
        "looking for x &amp; y",
    ]


def test_reconnects(slack: LocalSlack) -> None:
    """When Slack refreshes the connection, the app opens another and goes on."""
    with connected(slack, echo):
        slack.disconnect()
        slack.wait_for(lambda each: each.connected)
        assert slack.command("again").acknowledged


def test_event(slack: LocalSlack) -> None:
    """An event is acknowledged over Socket Mode too."""
    heard: list[str] = []

    def listeners(app: App) -> None:
        @app.event("app_home_opened")
        def opened(event: Json) -> None:
            heard.append(event["user"])

    with connected(slack, listeners):
        assert slack.event({"type": "app_home_opened", "user": ANA}) == Delivery(acknowledged=True)
    assert heard == [ANA]


def test_wrong_app_token(slack: LocalSlack) -> None:
    """Only the app's own token opens a connection."""
    client = WebClient(base_url=slack.api_url)
    with pytest.raises(SlackApiError) as refused:
        client.apps_connections_open(app_token="xapp-wrong")
    assert refused.value.response["error"] == "invalid_auth"


def test_hello_and_one_use(slack: LocalSlack) -> None:
    """A ticket opens one connection, which is greeted and answers pings; a second use is refused."""

    async def talk() -> tuple[Json, int]:
        url = socket_url(slack)
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            await socket.ping(b"are you there")
            await socket.send_str("no JSON")
            async with session.get(url.replace("ws://", "http://")) as again:
                return hello, again.status

    assert asyncio.run(talk()) == (
        {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {"host": "playground", "approximate_connection_time": 3600},
            "connection_info": {"app_id": APP},
        },
        403,
    )


def test_envelope(slack: LocalSlack) -> None:
    """An envelope says what it is and whether its ack may carry an answer."""

    async def talk() -> tuple[Json, Delivery]:
        async with aiohttp.ClientSession() as session, session.ws_connect(socket_url(slack)) as socket:
            await socket.receive_json()
            inner = {"type": "app_home_opened"}
            under_way = asyncio.create_task(asyncio.to_thread(slack.event, inner, retry=(2, "timeout")))
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            return envelope, await under_way

    envelope, delivery = asyncio.run(talk())
    assert envelope == {
        "envelope_id": envelope["envelope_id"],
        "type": "events_api",
        "payload": envelope["payload"],
        "accepts_response_payload": False,
        "retry_attempt": 2,
        "retry_reason": "timeout",
    }
    assert delivery == Delivery(acknowledged=True)


def test_nonsense_is_ignored(slack: LocalSlack, caplog: pytest.LogCaptureFixture) -> None:
    """What is no acknowledgement, however deep, is ignored, and the connection goes on."""

    async def talk() -> Delivery:
        async with aiohttp.ClientSession() as session, session.ws_connect(socket_url(slack)) as socket:
            await socket.receive_json()
            under_way = asyncio.create_task(asyncio.to_thread(slack.command, "x"))
            envelope = await socket.receive_json()
            for nonsense in ("[" * 200_000, "[]", '{"envelope_id": []}', '{"envelope_id": "other"}'):
                await socket.send_str(nonsense)
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            return await under_way

    assert (asyncio.run(talk()), caplog.records) == (Delivery(acknowledged=True), [])


def test_disconnect_of_several(slack: LocalSlack) -> None:
    """Every connection is told that it ends, also one that closes while others are told."""

    async def talk() -> list[Any]:
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(socket_url(slack)) for _ in range(3)]
            for socket in sockets:
                await socket.receive_json()
            ending = asyncio.create_task(asyncio.to_thread(slack.disconnect, "warning"))
            heard = [(await socket.receive_json())["reason"] for socket in sockets]
            for socket in sockets:
                await socket.close()
            await ending
            return heard

    assert asyncio.run(talk()) == ["warning"] * 3
    assert not slack.connected


def test_connection_lost(slack: LocalSlack) -> None:
    """A connection that closes before the ack fails the command at once."""

    async def talk() -> Delivery:
        async with aiohttp.ClientSession() as session, session.ws_connect(socket_url(slack)) as socket:
            await socket.receive_json()
            under_way = asyncio.create_task(asyncio.to_thread(slack.command, "x"))
            await socket.receive_json()
            await socket.close()
            return await under_way

    assert asyncio.run(talk()) == Delivery(acknowledged=False, error="dispatch_failed")


def test_connections_lost(slack: LocalSlack) -> None:
    """When the network is gone every connection ends without a word, and what was under way has failed."""

    async def talk() -> tuple[list[aiohttp.WSMsgType], Delivery]:
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(socket_url(slack)) for _ in range(2)]
            for socket in sockets:
                await socket.receive_json()
            under_way = asyncio.create_task(asyncio.to_thread(slack.command, "x"))
            await sockets[-1].receive_json()
            await asyncio.to_thread(slack.lose_connections)
            return [(await socket.receive()).type for socket in sockets], await under_way

    ends, delivery = asyncio.run(talk())
    assert not set(ends) & {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.CLOSE}
    assert (slack.connected, delivery) == (False, Delivery(acknowledged=False, error="dispatch_failed"))
    assert [each["text"] for each in slack.messages(user=ANA)] == [
        '/paper failed with the error "dispatch_failed"'
    ]


def test_event_under_way_is_sent_again(slack: LocalSlack) -> None:
    """An event that was under way when the connection went comes again on the next one."""

    async def talk() -> Json:
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(socket_url(slack)) as first:
                await first.receive_json()
                under_way = asyncio.create_task(asyncio.to_thread(slack.event, {"type": "x"}, event_id="Ev1"))
                await first.receive_json()
                await asyncio.to_thread(slack.lose_connections)
                await under_way
            async with session.ws_connect(socket_url(slack)) as second:
                await second.receive_json()
                again = asyncio.create_task(asyncio.to_thread(slack.resend_due))
                envelope: Json = await second.receive_json()
                await second.send_json({"envelope_id": envelope["envelope_id"]})
                assert await again == [Delivery(acknowledged=True)]
                return envelope

    envelope = asyncio.run(talk())
    seen = (envelope["payload"]["event_id"], envelope["retry_attempt"], envelope["retry_reason"])
    assert seen == ("Ev1", 1, "connection_failed")


def test_reconnects_after_a_loss(slack: LocalSlack) -> None:
    """Bolt finds out by its own pings, five of which must fail, and opens another connection."""
    with connected(slack, echo, ping_interval=0.01):
        slack.lose_connections()
        slack.wait_for(lambda each: each.connected)
        assert slack.command("again").acknowledged
