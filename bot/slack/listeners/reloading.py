"""/paper reload: the corpus anew, beside the searches.

Law: the asker alone is told, three times at most, for a response URL takes five posts; and what could not be
told does not hold up the reload.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from bot.answers import Progress
from bot.errors import OperatorError, UserError
from bot.slack import render
from bot.slack.admins import admin
from bot.slack.desk import Desk
from bot.slack.guard import beside, tell
from bot.slack.replies import Reply
from bot.slack.visits import Visit
from bot.topics import Place

PATIENCE = timedelta(seconds=20)  # until somebody wants to know how far it is

_SEE = "; see /paper status."

_log = logging.getLogger(__name__)


def reload(desk: Desk, visit: Visit) -> None:
    """Have the corpus loaded anew for an admin, in a thread of its own; raises UserError for anybody else."""
    who = admin(visit.client, visit.scene, desk.admins, "reload the papers").name
    reply = visit.after
    beside(lambda: _reload(desk, visit.scene.place, who, reply), reply, "reload")


def _reload(desk: Desk, place: Place, who: str, reply: Reply) -> None:
    library = desk.library
    if other := library.status().under_way:
        raise UserError(f"{other} is under way{_SEE}")
    above = library.newest
    try:
        tell(reply, render.reload_begun(library.size))
        loaded = desk.reload(who, _teller(desk, reply))
    except UserError as error:
        raise UserError(f"{error}{_SEE}") from None
    except OperatorError as error:
        _log.warning("%s's reload failed: %s", who, error)
        tell(reply, render.reload_failed(str(error), library.size, library.loaded_at, desk.clock()))
    else:
        tell(reply, render.reload_done(loaded, desk.news(place, above) if loaded.new else None))


def _teller(desk: Desk, reply: Reply) -> Callable[[Progress], None]:
    """Return what tells the asker once how far it is, if it takes long."""
    due = [desk.clock() + PATIENCE]

    def told(progress: Progress) -> None:
        if due and desk.clock() >= due[0]:
            due.clear()
            tell(reply, render.reload_goes_on(progress))

    return told
