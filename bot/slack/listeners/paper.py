"""/paper: search and help."""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App, Respond

from bot.library import Answer
from bot.slack import render, send
from bot.slack.commands import Help, Search, parse_command
from bot.slack.guard import guarded

RESULTS = 5


def register(
    app: App,
    search: Callable[[str, int], Answer],
    corpus_size: Callable[[], int],
    clock: Callable[[], datetime],
) -> None:
    """Answer /paper; `search` gives a query's best papers, `corpus_size` how many there are to search."""

    def on_paper(ack: Ack, command: dict[str, str], respond: Respond) -> None:
        ack()
        match parse_command(command.get("text", "")):
            case Help(topic):
                send.to_asker(respond, render.help_page(topic, corpus_size()))
            case Search(query, private):
                answer = search(query, RESULTS)
                if not answer.found:
                    send.to_asker(respond, render.nothing_found(answer, clock()))
                elif private:
                    send.to_asker(respond, render.results(answer, command.get("user_name", "")))
                else:
                    send.to_channel(respond, render.results(answer, command.get("user_name", "")))

    app.command("/paper")(guarded(on_paper))
