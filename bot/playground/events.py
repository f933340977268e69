"""Events, and how Slack sends them again: at once, a minute and five minutes after the first time.

Time is the workspace's clock and nothing is sent again by itself: who moves the clock also asks for what is
due. Of what people do the app hears only what its scopes and subscriptions allow. An answer with the header
X-Slack-No-Retry ends it.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from bot.playground import payloads
from bot.playground.checks import Json
from bot.playground.deliver import EVENT, Deliverer, Delivery
from bot.playground.scopes import asked_for, delivered
from bot.playground.workspace import Channel, Workspace

RETRY_SECONDS = (0.0, 60.0, 300.0)
EVENTS_KEPT = 1000


@dataclass
class Sent:
    """An event that was sent: when first, how often again, and what became of it the last time."""

    payload: Json
    first: float
    retries: int
    delivery: Delivery

    def due(self, now: float) -> bool:
        """Say whether Slack sends it again now."""
        return (
            not self.delivery.acknowledged
            and not self.delivery.no_retry
            and self.retries < len(RETRY_SECONDS)
            and now >= self.first + RETRY_SECONDS[self.retries]
        )


class Events:
    """The events sent, newest last. Lives in the server's event loop."""

    def __init__(
        self,
        workspace: Workspace,
        deliverer: Deliverer,
        scopes: Collection[str],
        subscribed: Collection[str] | None,
    ) -> None:
        self._workspace = workspace
        self._deliverer = deliverer
        self._scopes = scopes
        self._subscribed = subscribed
        self._sent: dict[str, Sent] = {}
        self._under_way: set[asyncio.Task[Delivery]] = set()

    def soon(self, inner: Json, channel: Channel) -> None:
        """Tell the app of an event once what is being done is done."""
        task = asyncio.get_running_loop().create_task(self.tell(inner, channel))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def stop(self) -> None:
        """Leave off what is under way."""
        for task in self._under_way:
            task.cancel()

    async def tell(self, inner: Json, channel: Channel | None) -> Delivery:
        """Send an event, of a channel or of none, to the app, if it may hear of it."""
        if self._workspace.uninstalled:
            return Delivery(acknowledged=False, error="app_uninstalled")
        kind = channel.kind if channel else ""
        if not delivered(inner["type"], kind, self._scopes):
            return Delivery(acknowledged=False, error="missing_scope")
        if not asked_for(inner["type"], kind, self._subscribed):
            return Delivery(acknowledged=False, error="not_subscribed")
        return await self.send(inner, None, None, ext_shared=channel is not None and channel.is_ext_shared)

    async def send(
        self,
        inner: Json,
        event_id: str | None,
        retry: tuple[int, str] | None,
        *,
        ext_shared: bool = False,
    ) -> Delivery:
        """Send any event to the app; `retry` is (attempt, reason) if it is a further attempt."""
        event_id, now = event_id or self._workspace.new_id("Ev"), self._workspace.clock()
        payload = payloads.event(inner, event_id=event_id, now=now, ext_shared=ext_shared)
        delivery = await self._deliverer.send(EVENT, payload, retry)
        self._sent.pop(event_id, None)
        self._sent[event_id] = Sent(payload, now, retry[0] if retry else 0, delivery)
        if len(self._sent) > EVENTS_KEPT:
            del self._sent[next(iter(self._sent))]
        return delivery

    async def resend(self, event_id: str | None, reason: str) -> Delivery:
        """Send an event again (None: the last), acknowledged or not; LookupError if there was none."""
        if not self._sent:
            raise LookupError("no event was sent")
        sent = self._sent[event_id or next(reversed(self._sent))]
        sent.retries += 1
        sent.delivery = await self._deliverer.send(EVENT, sent.payload, (sent.retries, reason))
        return sent.delivery

    async def resend_due(self) -> list[Delivery]:
        """Send again, once each, what was not acknowledged and is due by the clock."""
        now = self._workspace.clock()
        due = [(event_id, sent) for event_id, sent in self._sent.items() if sent.due(now)]
        return [
            await self.resend(event_id, _reason(sent.delivery)) for event_id, sent in due if sent.due(now)
        ]

    async def catch_up(self) -> None:
        """Send again what is due, until nothing is: one move of the clock may hold several attempts."""
        while await self.resend_due():
            pass


def _reason(delivery: Delivery) -> str:
    """Return Slack's word for why an event is sent again."""
    if delivery.error == "operation_timeout":
        return "http_timeout"
    return "http_error" if delivery.status else "connection_failed"
