"""/paper, and what is typed to the bot in its direct messages: both mean the same."""

from typing import Any

from slack_bolt import Ack, App

from bot import __version__
from bot.errors import UserError
from bot.papers import Paper
from bot.slack import render
from bot.slack.asked import (
    AddFeed,
    Bib,
    Feeds,
    Help,
    Reload,
    RemoveFeed,
    Search,
    Show,
    Similar,
    Slip,
    Status,
    UsageError,
)
from bot.slack.claims import Kind
from bot.slack.commands import EXAMPLES, parse_command
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.listeners.commands import answer_topics
from bot.slack.listeners.feeding import answer_feeds
from bot.slack.listeners.reloading import reload
from bot.slack.render.lists import PAGE
from bot.slack.replies import OpenReply
from bot.slack.typed import unmarked
from bot.slack.visits import Visit


def register(app: App, desk: Desk) -> None:
    """Answer what is typed."""

    def on_paper(ack: Ack, command: dict[str, str], visit: Visit) -> None:
        ack()
        answer(desk, command.get("text", ""), visit)

    def on_message(ack: Ack, body: dict[str, Any], event: dict[str, Any], visit: Visit | None) -> None:
        ack()
        said = event.get("text") if event.get("user") and not event.get("bot_id") else ""
        if visit and said and desk.claims.first(Kind.EVENT, body["team_id"], body["event_id"]):
            answer(desk, unmarked(said), visit)

    app.command("/paper")(guarded(on_paper))
    app.event("message")(guarded(on_message))


def answer(desk: Desk, said: str, visit: Visit) -> None:
    """Do what was said; raises UserError where the asker can mend it."""
    reply, place = visit.reply, visit.scene.place
    match parse_command(said, desk.library.has_word):
        case Help(about):
            reply.to_asker(render.help_page(about, desk.library.size, desk.following.topics(place)))
        case Slip() as slip:
            reply.to_asker(render.slip(slip))
        case Search(query, private):
            _search(desk, query, visit.scene.handle, reply, private=private)
        case Show(reference):
            paper = _paper(desk, reference, "show")
            reply.to_asker(render.paper_message(paper, desk.loaded, private=reply.private))
        case Similar(reference):
            similar = desk.library.similar(_paper(desk, reference, "similar").shown_id, PAGE)
            reply.to_asker(render.page(similar) if reply.private else render.results(similar, ""))
        case Bib(references):
            reply.to_asker(render.bibliography(*_papers(desk, references)))
        case Status():
            now = desk.clock()
            upcoming, followed = desk.following.next(place), desk.feeds.followed(now)
            reply.to_asker(render.status(desk.library.status(), followed, __version__, now, upcoming))
        case Reload():
            reload(desk, visit)
        case Feeds() | AddFeed() | RemoveFeed() as command:
            answer_feeds(desk, visit, command)
        case command:
            answer_topics(desk, visit, command)


def _search(desk: Desk, query: str, asker: str, reply: OpenReply, *, private: bool) -> None:
    found = desk.search(query, PAGE)
    if not found.found:
        reply.to_asker(render.nothing_found(found, desk.clock()))
    elif reply.private and (private or found.weak):
        reply.to_asker(render.page(found))
    else:
        reply.to_channel(render.results(found, asker))


def _paper(desk: Desk, reference: str, name: str) -> Paper:
    """Return the paper that a command names; raises UsageError where there is none."""
    try:
        return desk.library.paper(reference)
    except UserError as error:
        raise UsageError(f"{error.message} For example:", EXAMPLES[name]) from None


def _papers(desk: Desk, references: tuple[str, ...]) -> tuple[list[Paper], list[str]]:
    """Return the papers, each once, and the references that are nobody's."""
    papers: dict[int, Paper] = {}
    unknown = []
    for reference in references:
        try:
            paper = desk.library.paper(reference)
        except UserError:
            unknown.append(reference)
        else:
            papers[paper.number] = paper
    return list(papers.values()), unknown
