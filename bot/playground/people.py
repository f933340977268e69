"""What people do: give commands, press buttons, fill in and close views.

Each is delivered to the app as Slack does it, and each failure is shown to the one who acted. What is not
there (a channel, message, element or view) raises LookupError: a person cannot press it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from bot.playground import payloads
from bot.playground.answers import answer
from bot.playground.api_conversations import as_api
from bot.playground.checks import ApiError, Json, view_of
from bot.playground.deliver import COMMAND, INTERACTION, Deliverer, Delivery
from bot.playground.elements import (
    action_of,
    elements_of,
    find_element,
    holding,
    initial_state,
    merged,
    missing_inputs,
    value_held,
)
from bot.playground.grants import ResponseUrl
from bot.playground.payloads import Deed
from bot.playground.views import Views, sent
from bot.playground.workspace import SLACKBOT, Channel, User, Workspace

NO_COMMAND = (
    "{} is not a valid command. In Slack, all messages that start with the “/” character"
    " are interpreted as commands."
)
ACTION_FAILED = "Oh no, something went wrong. Please try that again."
VIEW_FAILED = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Use:
    """Which element is used (the block may be left out), and what is chosen or typed."""

    action_id: str
    block_id: str | None = None
    value: Any = None


class People:
    """The members of the workspace at their keyboards. Lives in the server's event loop."""

    def __init__(
        self,
        workspace: Workspace,
        views: Views,
        deliverer: Deliverer,
        *,
        commands: Collection[str],
        url_of: Callable[[str, str], str],
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._deliverer = deliverer
        self.commands = commands
        self._url_of = url_of
        self._held: dict[tuple[str, str], Json] = {}  # what each person chose in each message
        self.notices: list[tuple[str, str]] = []

    def present(self, channel_id: str, user_id: str) -> tuple[Channel, User]:
        """Return the channel and the person; LookupError if they cannot write there."""
        channel, user = self._workspace.channels.get(channel_id), self._workspace.users.get(user_id)
        if (
            channel is None
            or user is None
            or user.is_bot
            or user.deleted
            or user.id not in channel.members
            or channel.is_archived
        ):
            raise LookupError(f"{user_id} cannot write in {channel_id}")
        return channel, user

    def note(self, channel: Channel, user: User, text: str, thread_ts: str | None = None) -> None:
        """Let Slackbot tell somebody something, alone."""
        self._workspace.post(channel.id, SLACKBOT, text, only_for=user.id, thread_ts=thread_ts)

    def _notice(self, user: str, text: str) -> None:
        self.notices.append((user, text))
        self._workspace.tell({"type": "notice", "text": text}, user)

    def _deed(
        self, user: User, channel: Channel | None = None, kind: str = "", original: str | None = None
    ) -> Deed:
        """Give out the rights that come with what somebody does; a response URL only in a channel."""
        grants = self._workspace.grants
        url = self._url_of(kind, grants.response_url(channel.id, user.id, original)) if channel else ""
        return Deed(user, grants.trigger(user.id), channel, url)

    async def command(self, name: str, text: str, channel_id: str, user_id: str) -> Delivery:
        """Type a slash command; the answer in its acknowledgement is posted."""
        channel, user = self.present(channel_id, user_id)
        if name not in self.commands or self._workspace.uninstalled:
            self.note(channel, user, NO_COMMAND.format(name))
            return Delivery(acknowledged=False, error="unknown_command")
        deed = self._deed(user, channel, "commands")
        delivery = await self._pending(user.id, channel.id, COMMAND, payloads.command(deed, name, text))
        if delivery.acknowledged and delivery.body is not None:
            body = delivery.body if isinstance(delivery.body, dict) else {"text": str(delivery.body)}
            try:
                answer(self._workspace, ResponseUrl(channel.id, user.id, None, 0, 0), body)
            except ApiError as error:
                delivery = replace(delivery, error="dispatch_unknown_error", body=error.code)
        if delivery.error:
            self.note(channel, user, f'{name} failed with the error "{delivery.error}"')
        return delivery

    async def _pending(self, user: str, channel: str | None, kind: str, payload: Json) -> Delivery:
        """Deliver while the page shows that something is under way."""
        if self._workspace.uninstalled:
            return Delivery(acknowledged=False, error="app_uninstalled")
        under_way = {"type": "pending", "channel": channel}
        self._workspace.tell({**under_way, "pending": True}, user)
        try:
            return await self._deliverer.send(kind, payload)
        finally:
            self._workspace.tell({**under_way, "pending": False}, user)

    async def click(self, channel_id: str, ts: str, user_id: str, use: Use) -> Delivery:
        """Use an element of a message."""
        channel, user = self.present(channel_id, user_id)
        message = self._workspace.find(channel_id, ts)
        if message is None or message.only_for not in (None, user_id):
            raise LookupError("no such message")
        blocks = list(message.blocks)
        block, element = find_element(blocks, use.action_id, use.block_id)
        state = merged(initial_state(blocks), self._held.get((ts, user_id), {}))
        if element["action_id"] in state.get(block["block_id"], {}):
            state[block["block_id"]][element["action_id"]] = holding(element, use.value)
        self._held[ts, user_id] = state
        payload = payloads.message_action(
            self._deed(user, channel, "actions", original=ts),
            action_of(block, element, use.value, self._workspace.new_ts()),
            as_api(self._workspace, message, with_metadata=True),
            state,
            ephemeral=message.only_for is not None,
        )
        delivery = await self._pending(user_id, channel_id, INTERACTION, payload)
        if not delivery.acknowledged:
            self._notice(user_id, ACTION_FAILED)
        return delivery

    def _view(self, view_id: str, user_id: str) -> tuple[Json, User]:
        try:
            if self._views.owner(view_id) != user_id:
                raise LookupError("somebody else's view")
            return self._views.find(view_id), self._workspace.users[user_id]
        except ApiError as error:
            raise LookupError("This form is no longer open.") from error

    async def click_view(self, view_id: str, user_id: str, use: Use, values: Json) -> Delivery:
        """Use an element of a view that holds `values`; an input tells the app only if it is to."""
        view, user = self._view(view_id, user_id)
        self._fill(view, values)
        block, element = find_element(view["blocks"], use.action_id, use.block_id)
        action = action_of(block, element, use.value, self._workspace.new_ts())
        held = view["state"]["values"].get(block["block_id"], {})
        if element["action_id"] in held:
            held[element["action_id"]] = holding(element, use.value)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Delivery(acknowledged=True)
        payload = payloads.view_action(self._deed(user), action, sent(view))
        delivery = await self._pending(user_id, None, INTERACTION, payload)
        if not delivery.acknowledged:
            self._notice(user_id, VIEW_FAILED)
        return delivery

    def _fill(self, view: Json, values: Json) -> None:
        """Put what a person typed and chose into the view's state."""
        for block, element in elements_of(view["blocks"]):
            given = values.get(block["block_id"], {}).get(element["action_id"])
            held = view["state"]["values"].get(block["block_id"], {})
            if given is not None and element["action_id"] in held:
                value = value_held(given) if isinstance(given, dict) else given
                held[element["action_id"]] = holding(element, value)

    async def submit(self, view_id: str, user_id: str, values: Json) -> Delivery:
        """Submit a view; a required input left empty stops it before the app hears of it."""
        view, user = self._view(view_id, user_id)
        self._fill(view, values)
        missing = missing_inputs(view["blocks"], view["state"]["values"])
        if missing:
            self._views.show(view, errors=missing)
            return Delivery(acknowledged=False, error="incomplete", body={"errors": missing})
        payload = payloads.submission(self._deed(user), sent(view))
        delivery = await self._pending(user_id, None, INTERACTION, payload)
        if delivery.acknowledged:
            try:
                self._react(view, user_id, delivery.body)
            except ApiError as error:
                delivery = replace(delivery, error="dispatch_unknown_error", body=error.code)
        if delivery.error:
            self._notice(user_id, VIEW_FAILED)
        return delivery

    def _react(self, view: Json, user_id: str, body: Any) -> None:
        """Do with a submitted view what the acknowledgement says."""
        answered = body if isinstance(body, dict) else {}
        action = answered.get("response_action")
        if body is None or action == "clear":
            self._views.close(user_id, view["id"], everything=action == "clear")
        elif action == "errors":
            inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
            errors = answered.get("errors")
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise ApiError("invalid_errors")
            self._views.show(view, errors=errors)
        elif action == "update":
            self._views.update(view, view_of(answered.get("view"), "modal"))
        elif action == "push":
            self._views.push(user_id, view_of(answered.get("view"), "modal"))
        else:
            raise ApiError("invalid_response_action")

    async def close(self, view_id: str, user_id: str, *, everything: bool = False) -> Delivery:
        """Close a view, or the whole stack as × does; the app hears of each view for which it asked to."""
        view, user = self._view(view_id, user_id)
        closing = self._views.open_for(user_id)[::-1] if everything else [view]
        self._views.close(user_id, view_id, everything=everything)
        delivery = Delivery(acknowledged=True)
        for each in closing:
            if each["notify_on_close"]:
                payload = payloads.closed(sent(each), user, everything=everything)
                delivery = await self._deliverer.send(INTERACTION, payload)
        return delivery
