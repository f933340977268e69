"""What people do with topics, however they ask for it.

Law: a deed is stored first, then told: where Slack does not take what is told, the deed stands, and whoever
did it hears so.
"""

import logging

from bot.digest.following import Deed, Done
from bot.digest.schedule import following
from bot.errors import SendError
from bot.slack import places, render, send
from bot.slack.asked import UsageError
from bot.slack.buttons import Act, Chosen, OutdatedError
from bot.slack.clauses import parse_clauses
from bot.slack.desk import Desk
from bot.slack.forms import Form
from bot.slack.render import Message
from bot.slack.replies import OpenReply, Reply
from bot.slack.scene import Scene
from bot.slack.visits import Visit
from bot.topics import Wish

_log = logging.getLogger(__name__)


def wished_topic(line: str, command: str) -> Wish:
    """Return what a line wishes for, which must name a topic; raises UsageError."""
    wish = parse_clauses(line)
    if not wish.topic:
        example = f"/paper {command} backdoor attacks {line}"
        raise UsageError("Say first what to look for, for example:", example)
    return wish


def announce(line: Message, public: OpenReply, private: Reply) -> None:
    """Tell the channel what has been done; where Slack does not take that, the one who did it.

    Raises SendError where it takes neither.
    """
    try:
        public.to_channel(line)
    except SendError as error:
        _log.warning("a deed is stored, and the channel may not know: %s", error)
        private.to_asker(render.untold(line))


def follow(desk: Desk, visit: Visit, wish: Wish) -> None:
    """Follow a topic, and show the asker what that brings; raises UserError where that cannot be."""
    desk.following.preview(visit.scene.place, wish)  # what cannot be searched is refused first
    shared = places.enter(visit.client, visit.scene)
    scene, zone = places.asker(visit.client, visit.scene, desk.timezone)
    done = desk.following.follow(scene.place, scene.person, wish, zone)
    if done.deed is not Deed.ADDED:
        told(desk, Visit(visit.client, scene, visit.reply), done, again=True)
        return
    announce(render.done(done, scene.person.name, desk.clock()), visit.reply, visit.reply)
    shown = desk.following.preview(scene.place, done.topic.number)
    visit.reply.to_asker(render.first_digest(shown, done.topic, shared=shared))


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
    announce(line, visit.reply, visit.reply)
    if again or (done.before and done.before.query != done.topic.query):
        visit.reply.to_asker(preview(desk, scene, done.topic.number))


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


def ended(desk: Desk, visit: Visit, which: str) -> Message:
    """Follow topics no longer; return the line that says so. Raises UserError where there is none."""
    scene = named(visit)
    return render.ended(desk.following.end(scene.place, which), scene.person.name)


def preview(desk: Desk, scene: Scene, number: int) -> Message:
    """Return what the next digest would bring of a topic; raises UserError where there is none."""
    topic = desk.following.topic(scene.place, number)
    shown = desk.following.preview(scene.place, number)
    now = desk.clock()
    next_one = None if topic.pause else following(topic.schedule, now).moment
    return render.next_digest(shown, topic, next_one, now)


def open_form(desk: Desk, visit: Visit, query: str = "") -> None:
    """Open the form for a new topic, where topics can be followed; raises UserError where they cannot.

    Where no window can be opened, offer a button that opens it.
    """
    scene = visit.scene
    if not scene.trigger:
        visit.reply.to_asker(render.open_form(render.follow_button(), "What shall I bring here, and when?"))
        return
    places.look(visit.client, scene)
    _, zone = places.asker(visit.client, scene, desk.timezone)
    view = render.topic_form(Form(scene.place.channel, scene.url), zone, query)
    send.open_window(visit.client, scene.trigger, view)


def open_edit(desk: Desk, visit: Visit, number: int) -> None:
    """Open the form for a topic, or offer a button that opens it; raises UserError where there is none."""
    scene = visit.scene
    topic = desk.following.topic(scene.place, number)
    if not scene.trigger:
        question = f"What shall change in topic {number}?"
        visit.reply.to_asker(render.open_form(render.edit_button(number), question))
        return
    view = render.edit_form(Form(scene.place.channel, scene.url, number), topic)
    send.open_window(visit.client, scene.trigger, view)


def named(visit: Visit) -> Scene:
    """Return the scene with a name for the asker, for which Slack is asked if need be."""
    if visit.scene.handle:
        return visit.scene
    return places.asker(visit.client, visit.scene, "")[0]


def changed(desk: Desk, visit: Visit, chosen: Chosen) -> Message:
    """Pause, resume or end the topic that was chosen; return the line that says so. Raises UserError."""
    if chosen.act is Act.PAUSE:
        return paused(desk, visit, chosen.topic)
    if chosen.act is Act.RESUME:
        return resumed(desk, visit, chosen.topic)
    if chosen.act is Act.END:
        return ended(desk, visit, str(chosen.topic))
    raise OutdatedError
