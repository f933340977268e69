"""The views.* methods: modals, opened by a trigger, and Home views."""

from collections.abc import Callable

from bot.playground.arguments import Args
from bot.playground.checks import Json, view_of
from bot.playground.views import Views, sent
from bot.playground.workspace import Workspace


def methods(views: Views) -> dict[str, Callable[[Workspace, Args], Json]]:
    """Return the methods, each bound to the open views."""

    def open_(workspace: Workspace, args: Args) -> Json:
        given = view_of(args.get("view"), "modal")
        return {
            "view": sent(views.push(workspace.grants.exchange(args.get("trigger_id")), given, fresh=True))
        }

    def push(workspace: Workspace, args: Args) -> Json:
        given = view_of(args.get("view"), "modal")
        return {"view": sent(views.push(workspace.grants.exchange(args.get("trigger_id")), given))}

    def update(_workspace: Workspace, args: Args) -> Json:
        view = views.find(args.get("view_id"), args.get("external_id"))
        given = view_of(args.get("view"), view["type"])
        return {"view": sent(views.update(view, given, args.get("hash")))}

    def publish(workspace: Workspace, args: Args) -> Json:
        user = workspace.user(args.get("user_id"))
        given = view_of(args.get("view"), "home")
        return {"view": sent(views.publish(user.id, given, args.get("hash")))}

    return {"views.open": open_, "views.push": push, "views.update": update, "views.publish": publish}
