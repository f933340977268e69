"""What people do with topics, however they ask for it.

Law: a deed is stored first, then told: where Slack does not take what is told, the deed stands, and whoever
did it hears so.
"""

import logging
import re
from dataclasses import replace

from bot.digest import zones
from bot.digest.following import Deed, Done
from bot.digest.schedule import following
from bot.errors import SendError, UncertainError, UserError
from bot.slack import places, render, send
from bot.slack.asked import UsageError
from bot.slack.buttons import Act, Begun, Chosen, OutdatedError, Typed, Wanted
from bot.slack.claims import Kind
from bot.slack.clauses import parse_clauses
from bot.slack.desk import Desk
from bot.slack.failures import WindowError
from bot.slack.forms import Form
from bot.slack.render import Block, Message, View
from bot.slack.replies import Reply
from bot.slack.scene import Scene
from bot.slack.visits import Visit
from bot.topics import Place, Wish

_IN_A_PLACE = re.compile(r"\S\s+in\s+(?P<place>[^\s\":]+)\Z", re.IGNORECASE)

_log = logging.getLogger(__name__)


def wished_topic(desk: Desk, line: str, command: str) -> Wish:
    """Return what a line wishes for, which must name a topic; raises UsageError.

    A zone misspelt before other clauses could be a topic's word, as `in pairs` is; one in no paper is none.
    """
    wish = parse_clauses(line, f"/paper {command}")
    if (match := _IN_A_PLACE.search(wish.topic)) and wish.zone is None:
        place = match["place"]
        if (near := zones.nearest(place)) and not desk.library.has_word(place):
            line = f"/paper {command} {line.replace(f' {place}', f' {near}', 1)}"
            raise UsageError(f"{place} names no time zone that I know. Did you mean {near}?", line)
    if not wish.topic:
        example = f"/paper {command} backdoor attacks {line}"
        raise UsageError("Say first what to look for, for example:", example)
    return wish


def announce(visit: Visit, line: Message, private: Reply | None = None) -> None:
    """Tell the channel what has been done; where Slack does not take that, the one who did it."""
    try:
        visit.after.to_channel(line)
    except SendError as error:
        _log.warning("a deed is stored, and the channel may not know: %s", error)
        show(visit, render.untold(line, surely=not isinstance(error, UncertainError)), private)


def show(visit: Visit, message: Message, private: Reply | None = None) -> None:
    """Show the asker what belongs to a deed, which stands whether or not Slack takes that."""
    for reply in filter(None, (private, visit.after)):
        try:
            reply.to_asker(message)
        except SendError as error:
            _log.warning("a deed is stored, and the asker may not know: %s", error)
        else:
            return


def follow(desk: Desk, visit: Visit, wish: Wish) -> None:
    """Follow a topic, and show the asker what that brings; raises UserError where that cannot be."""
    desk.following.preview(visit.scene.place, wish)  # what cannot be searched is refused first
    shared = places.enter(visit.client, visit.scene)
    scene, zone = places.asker(visit.client, visit.scene)
    visit = replace(visit, scene=scene)
    done = desk.following.follow(scene.place, scene.person, wish, zone or desk.timezone)
    if done.deed is not Deed.ADDED:
        told(desk, visit, done, again=True)
        return
    announce(visit, render.done(done, scene.person.name, desk.clock()))
    shown, unzoned = desk.following.preview(scene.place, done.topic.number), not (zone or wish.zone)
    show(visit, render.first_digest(shown, done.topic, shared=shared, unzoned=unzoned))


def edit(desk: Desk, visit: Visit, number: int, wish: Wish) -> None:
    """Change a topic; raises UserError where that cannot be."""
    done = desk.following.change(visit.scene.place, number, wish)
    told(desk, visit, done)


def told(desk: Desk, visit: Visit, done: Done, *, again: bool = False) -> None:
    """Tell that a topic was changed; if it was not, or asks for something else, show that to the asker."""
    scene = named(visit)
    line = render.done(done, scene.person.name, desk.clock(), again=again)
    if done.deed is Deed.KEPT:
        visit.reply.to_asker(line)
        return
    announce(visit, line)
    if again or (done.before and done.before.query != done.topic.query):
        show(visit, preview(desk, scene, done.topic.number))


def paused(desk: Desk, visit: Visit, number: int) -> Message:
    """Pause a topic; return the line that says so. Raises UserError where there is none, or it is paused."""
    scene = named(visit)
    topic = desk.following.pause(scene.place, number, scene.person)
    return render.paused(topic, scene.person.name)


def resumed(desk: Desk, visit: Visit, number: int) -> Message:
    """Let a topic go on, where the bot can post; return the line that says so. Raises UserError."""
    desk.following.topic(visit.scene.place, number)
    places.enter(visit.client, visit.scene)
    done = desk.following.resume(visit.scene.place, number)
    return render.resumed(done, named(visit).person.name, desk.clock())


def skipped(desk: Desk, visit: Visit, number: int) -> Message | None:
    """Let a topic bring only what is new to it; return the line that says so, None where it did already.

    Raises UserError where there is none.
    """
    scene = named(visit)
    if not desk.following.topic(scene.place, number).earlier:
        return None
    return render.skipped(desk.following.skip_earlier(scene.place, number), scene.person.name)


def ended(desk: Desk, visit: Visit, which: str) -> Message:
    """Follow topics no longer; return the line that says so. Raises UserError where there is none."""
    scene = named(visit)
    if not desk.following.topics(scene.place):
        raise UserError("This channel follows no topic.")
    return render.ended(desk.following.end(scene.place, which), scene.person.name)


def preview(desk: Desk, scene: Scene, number: int) -> Message:
    """Return what the next digest would bring of a topic; raises UserError where there is none."""
    topic = desk.following.topic(scene.place, number)
    shown = desk.following.preview(scene.place, number)
    now = desk.clock()
    next_one = None if topic.pause else following(topic.schedule, now).moment
    return render.next_digest(shown, topic, next_one, now)


def refuse_moved(desk: Desk, place: Place) -> None:
    """Raise UserError where Slack has given a channel another id, and a window knows the old one.

    What has topics is no old one: it has got its id back.
    """
    if desk.claims.is_done(Kind.MOVED, place.team, place.channel) and not desk.following.topics(place):
        raise UserError(
            "This channel has changed, and this window knows the old one."
            " Please close it, and ask again with /paper."
        )


def open_form(visit: Visit, begun: Begun | None = None) -> None:
    """Open the form for a new topic, which may have `begun`, or offer a button that opens it.

    Raises UserError where topics surely cannot be followed.
    """
    places.refuse_group(visit.scene)
    match begun:
        case Wanted(query):
            wish = Wish(query)
        case Typed(line):
            wish = parse_clauses(line)
        case None:
            wish = Wish()
    view = render.topic_form(Form(visit.scene.place.channel, visit.scene.url), wish)
    _open(visit, view, render.follow_button(begun), "What shall I bring here, and when?")


def open_edit(desk: Desk, visit: Visit, number: int) -> None:
    """Open the form for a topic, or offer a button that opens it; raises UserError where there is none."""
    scene = visit.scene
    view = render.edit_form(
        Form(scene.place.channel, scene.url, number), desk.following.topic(scene.place, number)
    )
    _open(visit, view, render.edit_button(number), f"What shall change in topic {number}?")


def _open(visit: Visit, view: View, button: Block | None, question: str) -> None:
    """Open a form; where Slack does not, or may not have, offer the button that does."""
    if visit.scene.trigger:
        try:
            send.open_window(visit.client, visit.scene.trigger, view)
        except WindowError as error:
            _log.warning("a form did not open: %s", error)
        else:
            return
    visit.reply.to_asker(render.open_form(button, question))


def named(visit: Visit) -> Scene:
    """Return the scene with a name for the asker, for which Slack is asked if need be."""
    if visit.scene.handle:
        return visit.scene
    return places.asker(visit.client, visit.scene)[0]


def changed(desk: Desk, visit: Visit, chosen: Chosen) -> Message:
    """Pause, resume or end the topic that was chosen; return the line that says so. Raises UserError."""
    if chosen.act is Act.PAUSE:
        return paused(desk, visit, chosen.topic)
    if chosen.act is Act.RESUME:
        return resumed(desk, visit, chosen.topic)
    if chosen.act is Act.END:
        return ended(desk, visit, str(chosen.topic))
    raise OutdatedError
