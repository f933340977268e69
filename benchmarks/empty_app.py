"""The measure for `answer`: a Bolt app that posts a constant, on the server, threads and client of Paperboy.

`python -m benchmarks.empty_app` reads the same settings as `paperboy run` in HTTP mode and greets alike.
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot import logs
from bot.connect import LISTENERS, SLACK_TIMEOUT
from bot.settings import Settings
from bot.web import SLACK_PATH, routes, serving

CONSTANT = "This is all I ever say."


def on_paper(ack: Ack, respond: Respond) -> None:
    """Answer without a thought."""
    ack()
    respond(CONSTANT, response_type="in_channel")


def main() -> None:
    """Serve until SIGTERM."""
    settings = Settings.from_env(os.environ)
    logs.configure(as_json=False)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    client = WebClient(settings.bot_token, base_url=settings.api_url, timeout=SLACK_TIMEOUT)
    with ThreadPoolExecutor(LISTENERS) as executor:
        app = App(client=client, signing_secret=settings.signing_secret, listener_executor=executor)
        app.command("/paper")(on_paper)
        slack = SlackRequestHandler(app, path=SLACK_PATH)
        with serving(routes({}, slack), settings.host, settings.port) as address:
            print(f"Listening for Slack at {address}{SLACK_PATH}", flush=True)
            stop.wait()


if __name__ == "__main__":
    main()
