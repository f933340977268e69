"""The commands about topics: what is asked for → what is done, and told."""

from bot.slack import render
from bot.slack.asked import (
    Command,
    Edit,
    Pause,
    Preview,
    Resume,
    Subscribe,
    Topics,
    Unsubscribe,
)
from bot.slack.clauses import parse_clauses
from bot.slack.desk import Desk
from bot.slack.listeners import following
from bot.slack.listeners.following import announce, wished_topic
from bot.slack.visits import Visit


def answer_topics(desk: Desk, visit: Visit, command: Command) -> None:
    """Do what a command about topics asks for; raises UserError where the asker can mend it."""
    match command:
        case Topics():
            listed = desk.listed(visit.scene.place, visit.scene.channel_name)
            visit.reply.to_asker(render.topic_list(listed, desk.clock()))
        case Preview(what):
            _preview(desk, visit, what)
        case Subscribe(line):
            _subscribe(desk, visit, line)
        case Edit(number, line):
            _edit(desk, visit, number, line)
        case Unsubscribe(which):
            announce(visit, following.ended(desk, visit, which))
        case Pause(number):
            announce(visit, following.paused(desk, visit, number))
        case Resume(number):
            announce(visit, following.resumed(desk, visit, number))


def _preview(desk: Desk, visit: Visit, what: int | str) -> None:
    if isinstance(what, int):
        visit.reply.to_asker(following.preview(desk, visit.scene, what))
        return
    shown = desk.following.preview(visit.scene.place, wished_topic(desk, what, "preview"))
    visit.reply.to_asker(render.not_followed(shown, what))


def _subscribe(desk: Desk, visit: Visit, line: str) -> None:
    if line:
        following.follow(desk, visit, wished_topic(desk, line, "subscribe"))
    else:
        following.open_form(visit)


def _edit(desk: Desk, visit: Visit, number: int, line: str) -> None:
    if line:
        wish = parse_clauses(line, f"/paper edit {number}")
        following.edit(desk, visit, number, wish)
    else:
        following.open_edit(desk, visit, number)
