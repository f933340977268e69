"""What an app shows on the page, and where the keyboard is: messages, views, the first meeting."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.playground import ANA, BEN, IM, PRIVATE, READING, SAFETY, LocalSlack
from tests.playground.test_page import button, form, overflows, section, words

Json = dict[str, Any]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]
BIBTEX = "@inproceedings{xu2024,\n  title = {Instructions as Backdoors},\n  year  = {2024},\n}"
PARAGRAPHS = [f"{number} " + "word " * 572 for number in range(7)]
LONG: Json = {
    "type": "modal",
    "title": words("Long"),
    "blocks": [
        *({"type": "section", "text": words(each)} for each in PARAGRAPHS),
        {"type": "actions", "elements": [button("Deeper", "deeper"), button("Rename", "rename")]},
    ],
}


def actions(*labels: str) -> list[Json]:
    """Return a block of buttons, whose id is left to Slack."""
    return [{"type": "actions", "elements": [button(label, label.lower(), value="7") for label in labels]}]


def listeners(app: App) -> None:
    """Answer every button with what it is called for."""

    @app.action("save")
    def save(ack: Ack, respond: Respond) -> None:
        ack()
        respond(blocks=actions("Cite", "Unsave", "Forget"), replace_original=True)

    @app.action("cite")
    def cite(ack: Ack, respond: Respond) -> None:
        ack()
        respond(blocks=actions("Forget"), replace_original=True)

    @app.action("forget")
    def forget(ack: Ack, respond: Respond) -> None:
        ack()
        respond(delete_original=True)

    @app.action("open")
    def show(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=LONG)

    @app.action("deeper")
    def deeper(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=form("Deep"))

    @app.action("rename")
    def rename(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view={**LONG, "title": words("Renamed")})

    @app.event("app_home_opened")
    def opened(event: Json, client: WebClient) -> None:
        client.chat_postMessage(channel=event["channel"], text="Welcome!")

    @app.event("member_joined_channel")
    def joined(event: Json, client: WebClient) -> None:
        client.chat_postMessage(channel=event["channel"], text="Here I am.")


@pytest.fixture
def slack(slack: LocalSlack, serve: Serve) -> LocalSlack:
    """Return a local Slack with an app that answers every button."""
    serve(slack, listeners)
    return slack


@pytest.fixture
def answers(slack: LocalSlack, client: WebClient, page: Page) -> Locator:
    """Return a private message with buttons, as ana sees it."""
    client.chat_postEphemeral(channel=SAFETY, user=ANA, text="x", blocks=actions("Cite", "Save", "Open"))
    page.goto(slack.url)
    return page.get_by_role("log", name="Messages").get_by_role("article")


@pytest.fixture
def long(answers: Locator, page: Page) -> Locator:
    """Return a view of 20,000 characters that a button has opened."""
    answers.get_by_role("button", name="Open").press("Enter")
    return page.get_by_role("dialog", name="Long")


def test_bibtex_is_copied_as_it_is(slack: LocalSlack, client: WebClient, page: Page) -> None:
    """What is preformatted keeps its spaces and lines, also in the reader's selection."""
    part = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": BIBTEX}]}
    client.chat_postMessage(channel=SAFETY, text="x", blocks=[{"type": "rich_text", "elements": [part]}])
    page.goto(slack.url)
    preformatted = page.get_by_role("article").locator("pre")
    expect(preformatted).to_be_visible()
    select = """(node) => { getSelection().selectAllChildren(node); return getSelection().toString(); }"""
    assert preformatted.evaluate(select) == BIBTEX


def test_replaced_in_place(answers: Locator) -> None:
    """A private message that is replaced stays where it is and is not called edited."""
    answers.get_by_role("button", name="Save").click()
    expect(answers.get_by_role("button", name="Unsave")).to_be_visible()
    expect(answers).to_have_count(1)
    expect(answers).to_contain_text("Only visible to you")
    expect(answers).not_to_contain_text("edited")


def test_focus_on_what_took_its_place(answers: Locator) -> None:
    """A pressed button that becomes another keeps the focus: as many are there, and it is at its place."""
    answers.get_by_role("button", name="Save").press("Enter")
    expect(answers.get_by_role("button", name="Unsave")).to_be_focused()


def test_focus_when_its_place_is_gone(answers: Locator, page: Page) -> None:
    """Where fewer buttons are left the focus is on none by chance, but in the message box."""
    answers.get_by_role("button", name="Cite").press("Enter")
    expect(answers.get_by_role("button", name="Forget")).to_be_visible()
    expect(page.get_by_label("Message #safety")).to_be_focused()


def test_focus_when_the_message_is_gone(answers: Locator, page: Page) -> None:
    """A private message can take itself away; the focus is in the message box then."""
    answers.get_by_role("button", name="Save").press("Enter")
    answers.get_by_role("button", name="Forget").press("Enter")
    expect(answers).to_have_count(0)
    expect(page.get_by_label("Message #safety")).to_be_focused()


def test_long_text_is_whole(long: Locator) -> None:
    """A view shows 20,000 characters, none of them folded away."""
    expect(long.locator(".section")).to_have_text(PARAGRAPHS)
    assert sum(map(len, PARAGRAPHS)) > 20_000


def test_long_text_is_scrolled_by_keyboard(long: Locator, page: Page) -> None:
    """The text of a view has the focus, so that the keys scroll it; Tab goes on to the buttons."""
    expect(long.locator(".dialog-body")).to_be_focused()
    page.keyboard.press("End")
    expect(long.get_by_role("button", name="Rename")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(long.get_by_role("button", name="Deeper")).to_be_focused()


def test_updated_view_keeps_the_place(long: Locator, page: Page) -> None:
    """A view that its own button updates keeps the focus on it, and what was read in sight."""
    long.get_by_role("button", name="Rename").press("Enter")
    renamed = page.get_by_role("dialog", name="Renamed")
    expect(renamed.get_by_role("button", name="Rename")).to_be_focused()
    expect(renamed.get_by_role("button", name="Rename")).to_be_in_viewport()


@pytest.mark.parametrize("way", ["Go back", "Cancel"])
def test_back_to_the_view_below(slack: LocalSlack, long: Locator, page: Page, way: str) -> None:
    """Of a stack only the top is seen; an arrow or its own button leads back to where the focus was."""
    expect(long.get_by_role("button", name="Go back")).to_have_count(0)
    long.get_by_role("button", name="Deeper").press("Enter")
    deep = page.get_by_role("dialog", name="Deep")
    expect(deep.get_by_label("Topic")).to_be_focused()
    expect(long).to_have_css("opacity", "0")
    deep.get_by_role("button", name=way).press("Enter")
    expect(deep).to_have_count(0)
    expect(long).to_have_css("opacity", "1")
    expect(long.get_by_role("button", name="Deeper")).to_be_focused()
    slack.wait_for(lambda each: [view["title"]["text"] for view in each.views()] == ["Long"])


def test_back_to_a_view_that_was_updated(
    slack: LocalSlack, client: WebClient, long: Locator, page: Page
) -> None:
    """The focus comes back also to a view that the app updated meanwhile."""
    long.get_by_role("button", name="Deeper").press("Enter")
    expect(page.get_by_role("dialog", name="Deep")).to_be_visible()
    client.views_update(view_id=slack.views()[0]["id"], view={**LONG, "title": words("Other")})
    expect(page.get_by_role("dialog", name="Other")).to_have_count(1)
    expect(page.get_by_role("dialog", name="Deep").get_by_label("Topic")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Other").get_by_role("button", name="Deeper")).to_be_focused()


def test_back_to_a_message_that_was_replaced(slack: LocalSlack, client: WebClient, page: Page) -> None:
    """After a view the focus is on its button again, also if the app replaced the message meanwhile."""
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions("Open"))["ts"]
    page.goto(slack.url)
    page.get_by_role("button", name="Open").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    client.chat_update(channel=SAFETY, ts=ts, text="x", blocks=[section("new"), *actions("Open")])
    expect(page.get_by_role("article")).to_contain_text("new")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open")).to_be_focused()


def test_direct_messages_are_opened(slack: LocalSlack, page: Page) -> None:
    """Whoever goes to the app's direct messages is heard of once, and again when they come back."""
    page.goto(slack.url)
    for count in (1, 2):
        page.get_by_role("button", name="Paperboy", exact=True).click()
        expect(page.get_by_text("Welcome!")).to_have_count(count)
        page.get_by_role("button", name="Paperboy", exact=True).click()
        page.get_by_role("button", name="safety").click()
    assert [each["text"] for each in slack.messages(IM)] == ["Welcome!"] * 2


def test_direct_messages_shown_at_the_start(slack: LocalSlack, page: Page) -> None:
    """A page that begins with the app's direct messages opens them too."""
    page.goto(f"{slack.url}/#{IM}")
    expect(page.get_by_text("Welcome!")).to_have_count(1)


def test_direct_messages_of_a_newcomer(slack: LocalSlack, page: Page) -> None:
    """Who never had any finds the app in the list all the same, and is welcomed once."""
    page.goto(f"{slack.url}/?user={BEN}")
    page.get_by_role("list", name="Direct messages").get_by_role("button", name="Paperboy").click()
    expect(page.get_by_role("heading", name="Paperboy")).to_be_visible()
    expect(page.get_by_text("Welcome!")).to_have_count(1)
    direct = page.get_by_role("list", name="Direct messages").get_by_role("button")
    expect(direct.locator(".channel-name")).to_have_text(["Ana Alvarez", "Paperboy"])


def test_invited_from_the_page(slack: LocalSlack, page: Page) -> None:
    """A channel without the app says how to invite it, which one Enter then does."""
    page.goto(f"{slack.url}/#{READING}")
    page.get_by_role("button", name="Invite it").click()
    composer = page.get_by_label("Message #reading-group")
    expect(composer).to_have_value("/invite @paperboy")
    composer.press("Enter")
    expect(page.get_by_text("Here I am.")).to_be_visible()
    expect(page.get_by_text("the app is not in this channel")).to_be_hidden()


@pytest.mark.parametrize(
    ("channel", "names"), [(PRIVATE, ["/paper", "/invite"]), (SAFETY, ["/paper"]), (IM, ["/paper"])]
)
def test_invite_is_offered(slack: LocalSlack, page: Page, channel: str, names: list[str]) -> None:
    """A slash offers /invite only where the app is missing."""
    page.goto(f"{slack.url}/#{channel}")
    page.get_by_role("combobox").fill("/")
    expect(page.get_by_role("option").locator("strong")).to_have_text(names)


def test_invite_on_a_phone(slack: LocalSlack, page: Page) -> None:
    """At 390 px the header holds the channel's name, the hint and its button."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{slack.url}/#{READING}")
    expect(page.get_by_role("button", name="Invite it")).to_be_in_viewport(ratio=1)
    assert not overflows(page)
