"""What people do with Paperboy's messages and windows, in one line each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.library import Library
from bot.playground import ANA, SAFETY, LocalSlack
from bot.playground.checks import objects
from bot.store import Store
from tests import stock
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering

Json = dict[str, Any]
SINCE = "The papers have been loaded anew since that was shown."


@contextmanager
def running(library: Library, db: Path, **given: Any) -> Iterator[LocalSlack]:
    """Run a local Slack that is `given` this, and the app on it."""
    with LocalSlack(scopes=SCOPES, **given) as slack, answering(slack, library, db):
        yield slack


def buttons(shown: Json) -> dict[str, Json]:
    """Return the buttons of a message or a window by what is on them; of several alike the first."""
    found: dict[str, Json] = {}
    for block in shown["blocks"]:
        for _, each in objects(block):
            if each.get("type") == "button":
                found.setdefault(each["text"]["text"], {**each, "block_id": block["block_id"]})
    return found


def press(slack: LocalSlack, shown: Json, label: str, user: str = ANA) -> None:
    """Press the (first) button with this label; Slack gets its acknowledgement."""
    button = buttons(shown)[label]
    where = (
        {"view_id": shown["id"]}
        if "root_view_id" in shown
        else {"message_ts": shown["ts"], "channel": shown["channel"]}
    )
    assert slack.click(button["action_id"], block_id=button["block_id"], user=user, **where).acknowledged


def said(slack: LocalSlack, typed: str, part: str, channel: str = SAFETY) -> Json:
    """Type a command; return the message that answers it."""
    assert slack.command(typed, channel=channel).acknowledged
    return slack.wait_for_message(part, channel=channel, user=ANA)


def shown(slack: LocalSlack, part: str) -> Json:
    """Return the topmost window, once it says this."""
    return slack.wait_for(lambda each: [view for view in each.views()[-1:] if part in str(view)])[0]


def opened(slack: LocalSlack, typed: str = "loramoe") -> Json:
    """Search, and open the first paper's window."""
    press(slack, said(slack, typed, "*1. "), "Abstract")
    return shown(slack, "Source: ")


def load_again(library: Library, path: Path) -> None:
    """Load the same papers anew, an hour later."""
    later = LOADED_AT + timedelta(hours=1)
    with Store(path).writing() as db:
        stock.load(db, later)
    library.open(later)


def told(slack: LocalSlack, typed: str, part: str, channel: str = SAFETY, user: str = ANA) -> str:
    """Type a command about topics; return the text of what answers it with this part."""
    after = max([each["ts"] for each in slack.messages(channel, user=user)], default="")
    assert slack.command(typed, channel=channel, user=user).acknowledged
    return str(slack.wait_for_message(part, channel=channel, user=user, after=after)["text"])


def form(slack: LocalSlack, part: str = "topic.form") -> Json:
    """Return the topmost window, once it is a form."""
    return shown(slack, part)


def fill(slack: LocalSlack, view: Json, **values: Any) -> dict[str, str]:
    """Fill in a form and submit it; return what stands beside its fields then."""
    delivery = slack.submit(view["id"], {field: {field: value} for field, value in values.items()})
    assert delivery.acknowledged
    return delivery.errors
