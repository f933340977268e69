"""/paper, and what is typed to the bot in its direct messages: both mean the same."""

from typing import Any

from slack_bolt import Ack, App

from bot import __version__
from bot.errors import UserError
from bot.papers import Paper
from bot.slack import render
from bot.slack.claims import Kind
from bot.slack.commands import Bib, Help, Search, Show, Similar, Slip, Status, parse_command
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.render.lists import PAGE
from bot.slack.replies import Reply


def register(app: App, desk: Desk) -> None:
    """Answer what is typed."""

    def on_paper(ack: Ack, command: dict[str, str], reply: Reply) -> None:
        ack()
        answer(desk, command.get("text", ""), command.get("user_name", ""), reply)

    def on_message(ack: Ack, body: dict[str, Any], event: dict[str, Any], reply: Reply | None) -> None:
        ack()
        by_person = bool(event.get("user")) and not event.get("bot_id")
        if reply and by_person and desk.claims.first(Kind.EVENT, body["team_id"], body["event_id"]):
            answer(desk, event.get("text") or "", "", reply)

    app.command("/paper")(guarded(on_paper))
    app.event("message")(guarded(on_message))


def answer(desk: Desk, said: str, asker: str, reply: Reply) -> None:
    """Do what was said; raises UserError where the asker can mend it."""
    match parse_command(said, desk.library.has_word):
        case Help(topic):
            reply.to_asker(render.help_page(topic, desk.library.size))
        case Slip() as slip:
            reply.to_asker(render.slip(slip))
        case Search(query, private):
            _search(desk, query, asker, reply, private=private)
        case Show(reference):
            paper = desk.library.paper(reference)
            reply.to_asker(render.paper_message(paper, desk.loaded, private=reply.private))
        case Similar(reference):
            similar = desk.library.similar(reference, PAGE)
            reply.to_asker(render.page(similar) if reply.private else render.results(similar, ""))
        case Bib(references):
            reply.to_asker(render.bibliography(*_papers(desk, references)))
        case Status():
            reply.to_asker(render.status(desk.library.status(), __version__, desk.clock()))


def _search(desk: Desk, query: str, asker: str, reply: Reply, *, private: bool) -> None:
    found = desk.search(query, PAGE)
    if not found.found:
        reply.to_asker(render.nothing_found(found, desk.clock()))
    elif reply.private and (private or found.weak):
        reply.to_asker(render.page(found))
    else:
        reply.to_channel(render.results(found, asker))


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
