"""Modals and Home views: what is open, for whom, and what its inputs hold.

A user's modals form a stack of at most three. A view is a dict in Slack's shape; its `hash` changes with
every update.
"""

import copy
from typing import Any

from bot.playground.checks import ApiError, Json
from bot.playground.elements import initial_state, merged, with_ids
from bot.playground.workspace import APP, BOT_ID, TEAM, Workspace

STACK_LIMIT = 3
_OWN = ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id")
_EMPTY = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
}


def shown(view: Json) -> Json:
    """Return a view as the page has it."""
    kept = {name: view[name] for name in ("id", "type", "title", "submit", "close", "blocks")}
    state = view["state"]["values"]
    errors = {"errors": view["errors"]} if view.get("errors") else {}
    return {**kept, "state": state, **errors}


def sent(view: Json) -> Json:
    """Return a copy of a view as the app has it."""
    return copy.deepcopy({name: value for name, value in view.items() if name != "errors"})


class Views:
    """The open modals of every user, and the Home views."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[Json]] = {}
        self._homes: dict[str, Json] = {}

    def open_for(self, user: str | None = None) -> list[Json]:
        """Return the open modals, the topmost last: a user's or everybody's."""
        with self._workspace.changed:
            stacks = list(self._stacks.values()) if user is None else [self._stacks.get(user, [])]
            return [view for stack in stacks for view in stack]

    def owner(self, view_id: str) -> str:
        """Return whose view it is; ApiError not_found if it is not open."""
        for user, stack in self._stacks.items():
            if any(view["id"] == view_id for view in stack):
                return user
        for user, view in self._homes.items():
            if view["id"] == view_id:
                return user
        raise ApiError("not_found")

    def find(self, view_id: object = None, external_id: object = None) -> Json:
        """Return an open view by its id or external_id; ApiError not_found if there is none."""
        for view in [*self.open_for(), *self._homes.values()]:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return view
        raise ApiError("not_found")

    def push(self, user: str, given: Json, *, fresh: bool = False) -> Json:
        """Open a view on top of the user's stack, or as a new stack."""
        with self._workspace.changed:
            stack = [] if fresh else self._stacks.get(user, [])
            if not fresh and not stack:
                raise ApiError("not_found")
            if len(stack) >= STACK_LIMIT:
                raise ApiError("push_limit_reached")
            if given.get("external_id") in {view["external_id"] or None for view in self.open_for()} - {None}:
                raise ApiError("duplicate_external_id")
            if fresh:
                self.close(user, "", everything=True)
            view = self._filled(given, self._workspace.new_id("V"))
            view["previous_view_id"] = stack[-1]["id"] if stack else None
            view["root_view_id"] = stack[0]["id"] if stack else view["id"]
            self._stacks[user] = [*stack, view]
            self._workspace.tell({"type": "view_opened", "view": shown(view)}, user)
            return view

    def update(self, view: Json, given: Json, given_hash: object = None) -> Json:
        """Give an open view another content; what its inputs hold stays where block and action ids do."""
        with self._workspace.changed:
            if given_hash is not None and given_hash != view["hash"]:
                raise ApiError("hash_conflict")
            held = view["state"]["values"]
            kept = {name: view[name] for name in ("previous_view_id", "root_view_id")}
            view.pop("errors", None)
            view.update(self._filled(given, view["id"]), **kept)
            view["state"]["values"] = merged(view["state"]["values"], held)
            self._workspace.tell({"type": "view_updated", "view": shown(view)}, self.owner(view["id"]))
            return view

    def show(self, view: Json, **changes: Any) -> None:
        """Show the person what changed in their view: its state or the errors beside its inputs."""
        with self._workspace.changed:
            view.update(changes)
            self._workspace.tell({"type": "view_updated", "view": shown(view)}, self.owner(view["id"]))

    def close(self, user: str, view_id: str, *, everything: bool = False) -> None:
        """Close the view and what lies on top of it, or the whole stack."""
        with self._workspace.changed:
            stack = self._stacks.get(user, [])
            ids = [view["id"] for view in stack]
            place = 0 if everything else ids.index(view_id) if view_id in ids else len(ids)
            for view in reversed(stack[place:]):
                self._workspace.tell({"type": "view_closed", "view_id": view["id"]}, user)
            self._stacks[user] = stack[:place]
            self._workspace.changed.notify_all()

    def publish(self, user: str, given: Json, given_hash: object = None) -> Json:
        """Set the user's Home view."""
        with self._workspace.changed:
            if user in self._homes and given_hash is not None and given_hash != self._homes[user]["hash"]:
                raise ApiError("hash_conflict")
            view_id = self._homes[user]["id"] if user in self._homes else self._workspace.new_id("V")
            view = self._filled(given, view_id)
            view.update(previous_view_id=None, root_view_id=view_id)
            self._homes[user] = view
            self._workspace.changed.notify_all()
            return view

    def home(self, user: str) -> Json | None:
        """Return the user's Home view, if the app has published one."""
        return self._homes.get(user)

    def _filled(self, given: Json, view_id: str) -> Json:
        blocks = with_ids(given["blocks"], self._workspace.new_id)
        return {
            **_EMPTY,
            **{name: given[name] for name in _OWN if name in given},
            "id": view_id,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
            "blocks": blocks,
            "state": {"values": initial_state(blocks)},
            "hash": self._workspace.new_ts(),
            "clear_on_close": given.get("clear_on_close", False),
            "notify_on_close": given.get("notify_on_close", False),
        }
