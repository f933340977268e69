"""The playground's page in a real browser, with a real Bolt app on the other side."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot.playground import ANA, BEN, READING, SAFETY, LocalSlack

Blocks = list[dict[str, Any]]


def words(text: str) -> dict[str, Any]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    """Return a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    """Return a button."""
    return {"type": "button", "text": words(label), "action_id": action_id, **more}


CONFIRM = {
    "title": words("Sure?"),
    "text": words("It is final."),
    "confirm": words("Yes"),
    "deny": words("No"),
}
OPTIONS = [{"text": words(each), "value": each.lower()} for each in ("Preview", "Pause")]
HOSTILE = (
    "&lt;!channel&gt; &lt;script&gt;alert(1)&lt;/script&gt; <script>alert(2)</script>"
    ' <img src=x onerror="alert(3)"> <javascript:alert(4)|click> <!channel>'
)
SHOWN: dict[str, Blocks] = {
    "tuning": [
        section(
            "*<https://example.org/a?b=1&amp;c=2|1. Tuning &lt;b&gt;bold&lt;/b&gt; &amp; *more*>*\nby _Ana_",
            accessory=button("Abstract", "open", value="7"),
        ),
        {"type": "context", "elements": [words("asked by *ana*")]},
    ],
    "hostile": [section(HOSTILE), {"type": "section", "text": words(HOSTILE)}],
    "long": [section("word " * 590), section("word " * 590, expand=True)],
    "wide": [section("x" * 3000), {"type": "header", "text": words("y" * 150)}],
    "menu": [
        {
            "type": "actions",
            "elements": [
                {"type": "overflow", "action_id": "chose", "options": OPTIONS},
                button("Delete", "deleted", style="danger", confirm=CONFIRM),
            ],
        }
    ],
}


def form(title: str) -> dict[str, Any]:
    """Return a modal with one input."""
    entry = {"type": "plain_text_input", "action_id": "text"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": words(title),
        "submit": words("Follow"),
        "blocks": [
            {"type": "input", "block_id": "topic", "label": words("Topic"), "element": entry},
            {"type": "actions", "elements": [button("Rename", "rename")]},
        ],
    }


def shown_by_command(ack: Ack, command: dict[str, str], client: WebClient, respond: Respond) -> None:
    """Post the blocks of that name, or tell the asker alone what was typed."""
    ack()
    blocks = SHOWN.get(command["text"])
    if blocks is None:
        respond(f"You typed *{command['text']}*")
    else:
        client.chat_postMessage(channel=command["channel_id"], text="shown", blocks=blocks)


def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Open the form."""
    ack()
    client.views_open(trigger_id=body["trigger_id"], view=form("Form"))


def rename_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Give the open form another title."""
    ack()
    client.views_update(view_id=body["view"]["id"], view=form("Renamed"))


def take_form(ack: Ack, view: dict[str, Any], client: WebClient) -> None:
    """Refuse the word `bad`; post any other."""
    text = view["state"]["values"]["topic"]["text"]["value"]
    if text == "bad":
        ack(response_action="errors", errors={"topic": "Not that one."})
        return
    ack()
    client.chat_postMessage(channel=SAFETY, text=f"Following {text}")


def note_action(ack: Ack, action: dict[str, Any], client: WebClient) -> None:
    """Say what was used."""
    ack()
    chosen = action.get("selected_option", {}).get("value", "")
    client.chat_postMessage(channel=SAFETY, text=f"used {action['action_id']} {chosen}".strip())


def heard(ack: Ack) -> None:
    """Take note of a message."""
    ack()


class Unlogged(WSGIRequestHandler):
    """Serves without a line on stderr for each request."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Say nothing."""


@pytest.fixture
def alone() -> Iterator[LocalSlack]:
    """Run a local Slack without any app."""
    with LocalSlack() as slack:
        yield slack


@pytest.fixture
def slack(alone: LocalSlack) -> Iterator[LocalSlack]:
    """Connect a small app, which takes requests over HTTP, to the local Slack."""
    client = WebClient(alone.bot_token, base_url=alone.api_url)
    app = App(client=client, signing_secret=alone.signing_secret)
    app.command("/paper")(shown_by_command)
    app.action("open")(open_form)
    app.action("rename")(rename_form)
    app.action("chose")(note_action)
    app.action("deleted")(note_action)
    app.view("form")(take_form)
    app.event("message")(heard)
    with make_server("127.0.0.1", 0, SlackRequestHandler(app), handler_class=Unlogged) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        alone.request_url = f"http://127.0.0.1:{server.server_port}/slack/events"
        yield alone
        server.shutdown()
        thread.join()


def type_command(page: Page, text: str) -> None:
    """Type into the composer and press Enter."""
    composer = page.get_by_label("Message #safety")
    composer.fill(text)
    composer.press("Enter")


def last_message(page: Page) -> Locator:
    """Return the newest message of the channel."""
    return page.get_by_role("log", name="Messages").get_by_role("article").last


def drawn(page: Page, text: str) -> str:
    """Return what mrkdwn becomes, as HTML, where nothing has a name."""
    script = """async (text) => {
        const { mrkdwn, pill } = await import("/page/mrkdwn.js");
        const directory = {
            userPill: (id) => pill(`@${id}`, "person"),
            channelLink: (id, label) => pill(`#${label}`, "channel"),
            channelNamed: () => undefined,
        };
        const box = document.createElement("div");
        box.append(...mrkdwn(text, directory));
        return box.innerHTML;
    }"""
    return str(page.evaluate(script, text))


def overflows(page: Page) -> bool:
    """Tell whether something is wider than the window or the message list."""
    script = """() => [document.documentElement, document.getElementById("log")]
        .some((box) => box.scrollWidth > box.clientWidth)"""
    return bool(page.evaluate(script))


def test_first_view_names_the_command_to_type(slack: LocalSlack, page: Page) -> None:
    """An empty channel shows the app's own usage hint as the example, and clicking it fills the composer."""
    page.goto(slack.url)
    expect(page.locator("#empty")).to_contain_text("Type /paper backdoor instruction tuning and press Enter.")
    page.get_by_role("button", name="/paper backdoor instruction tuning").click()
    expect(page.get_by_label("Message #safety")).to_have_value("/paper backdoor instruction tuning")


def test_command_shows_the_blocks_drawn(slack: LocalSlack, page: Page) -> None:
    """A typed command leaves no echo and its answer is drawn; escaped markup is inert."""
    page.goto(slack.url)
    type_command(page, "/paper tuning")
    answer = last_message(page)
    link = answer.locator("strong a")
    expect(link).to_have_text("1. Tuning <b>bold</b> & *more*")
    expect(link).to_have_attribute("href", "https://example.org/a?b=1&c=2")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(answer.locator("em")).to_have_text("Ana")
    expect(answer.locator(".context")).to_have_text("asked by *ana*")
    expect(answer.locator("b")).to_have_count(0)
    expect(answer.locator(".badge")).to_have_text("APP")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator("#empty")).to_be_hidden()


def test_ephemeral_is_marked_and_can_be_dismissed(slack: LocalSlack, page: Page) -> None:
    """What only the asker sees says so, can be put away, and another member never had it."""
    page.goto(slack.url)
    type_command(page, "/paper something private")
    expect(last_message(page)).to_contain_text("Only visible to you")
    expect(last_message(page).locator("strong")).to_have_text("something private")
    page.goto(f"{slack.url}/?user={BEN}")
    expect(page.get_by_role("button", name="You are Ben Baker")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)
    page.goto(f"{slack.url}/?user={ANA}")
    page.get_by_role("button", name="Dismiss message").click()
    expect(page.get_by_role("article")).to_have_count(0)


def test_hostile_text_makes_nothing_but_text(slack: LocalSlack, page: Page) -> None:
    """Tags, script addresses and escaped mentions stay text; an unescaped mention shows as the ping it is."""
    page.goto(slack.url)
    type_command(page, "/paper hostile")
    answer = last_message(page)
    expect(answer.locator(".mention")).to_have_text(["@channel"])
    expect(answer.locator("script, img, iframe, a")).to_have_count(0)
    expect(answer.locator(".section").first).to_contain_text(
        "<!channel> <script>alert(1)</script> <script>alert(2)"
    )
    expect(answer.locator(".section").first).to_contain_text("<javascript:alert(4)|click> @channel")
    expect(answer.locator(".section").last).to_have_text(HOSTILE)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `c`", "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>"),
        ("*b _i ~s~_*", "<strong>b <em>i <s>s</s></em></strong>"),
        ("2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c"),
        ("* no * _no\nno_ **", "* no * _no\nno_ **"),
        ("(*b*), *b*.", "(<strong>b</strong>), <strong>b</strong>."),
        ("*\u200boff* \u200b*on*\u200b", "*\u200boff* \u200b<strong>on</strong>\u200b"),
        ("é*no* *é*", "é*no* <strong>é</strong>"),
        ("`*no* &lt;i&gt;`", "<code>*no* &lt;i&gt;</code>"),
        ("&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;"),
        ("a ```*p*\nq``` b", 'a <pre dir="auto">*p*\nq</pre> b'),
        ("> q *b*\n&gt; r\ns", '<blockquote dir="auto">q <strong>b</strong>\nr</blockquote>s'),
        ("&gt;&gt;&gt; q\nr", '<blockquote dir="auto">q\nr</blockquote>'),
        (
            "<@U1> <!here>",
            '<span class="mention person">@U1</span> <span class="mention broadcast">@here</span>',
        ),
        (
            "<#C1|x> @everyone",
            '<span class="mention channel">#x</span> <span class="mention broadcast">@everyone</span>',
        ),
        ("<java\tscript:x|y> <//x|y> <x>", "&lt;java\tscript:x|y&gt; &lt;//x|y&gt; &lt;x&gt;"),
        ("<!date^x^{date}|then>", "then"),
        (":nosuch: 10:30:45", ":nosuch: 10:30:45"),
        (":tada:", '<span class="emoji" title=":tada:">🎉</span>'),
    ],
)
def test_mrkdwn_as_slack_has_it(alone: LocalSlack, page: Page, text: str, html: str) -> None:
    """Formats begin and end at words, on one line; entities are decoded once; tokens are Slack's."""
    page.goto(alone.url)
    assert drawn(page, text) == html


def test_bare_address_becomes_a_link_without_its_full_stop(alone: LocalSlack, page: Page) -> None:
    """An address in a sentence is linked whole, underscores and ampersands included, the full stop not."""
    page.goto(alone.url)
    assert drawn(page, "see https://x.org/a_b_c?d=1&amp;e=2.") == (
        'see <a href="https://x.org/a_b_c?d=1&amp;e=2" target="_blank" rel="noopener noreferrer">'
        "https://x.org/a_b_c?d=1&amp;e=2</a>."
    )


@pytest.mark.parametrize(
    "text",
    [
        "*a " * 20_000,
        "`" * 50_000,
        "<a" * 30_000,
        "*_~" * 20_000,
        "a." * 30_000,
        "https://x.org/" + "." * 50_000 + "a",
    ],
)
def test_walls_of_markers_are_drawn_whole(alone: LocalSlack, page: Page, text: str) -> None:
    """In text made to be slow, each character is drawn or is a marker of a format that is."""
    page.goto(alone.url)
    script = """(html) => {
        const box = document.createElement("div");
        box.innerHTML = html;
        const drawn = (names) => box.querySelectorAll(names).length;
        return box.textContent.length + 2 * drawn("strong, em, s, code") + 6 * drawn("pre");
    }"""
    assert page.evaluate(script, drawn(page, text)) == len(text)


def test_button_opens_a_modal_that_esc_closes(slack: LocalSlack, page: Page) -> None:
    """A click reaches the app, its modal takes the focus, and Esc closes it for the app too."""
    page.goto(slack.url)
    type_command(page, "/paper tuning")
    page.get_by_role("button", name="Abstract").click()
    expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    expect(page.get_by_label("Topic")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Abstract")).to_be_focused()
    slack.wait_for(lambda slack: slack.views() == [])


def test_modal_shows_errors_keeps_what_was_typed_and_submits(slack: LocalSlack, page: Page) -> None:
    """A refused field says why, an update by the app keeps the typed text, and an accepted form closes."""
    page.goto(slack.url)
    type_command(page, "/paper tuning")
    page.get_by_role("button", name="Abstract").click()
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("alert")).to_have_text("Please complete this required field.")
    page.get_by_label("Topic").fill("bad")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("alert")).to_have_text("Not that one.")
    page.get_by_label("Topic").fill("good")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("dialog", name="Renamed")).to_be_visible()
    expect(page.get_by_label("Topic")).to_have_value("good")
    page.get_by_label("Topic").press("Enter")
    expect(last_message(page)).to_contain_text("Following good")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_cross_closes_the_whole_stack(slack: LocalSlack, page: Page) -> None:
    """Cancel takes the topmost modal away, × all of them."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    page.goto(slack.url)
    expect(page.get_by_label("Message #safety")).to_be_focused()
    grants = slack.workspace.grants
    client.views_open(trigger_id=grants.trigger(ANA), view=form("One"))
    for title in ("Two", "Three"):
        client.views_push(trigger_id=grants.trigger(ANA), view=form(title))
    page.get_by_role("dialog", name="Three").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(2)
    page.get_by_role("dialog", name="Two").get_by_role("button", name="Close dialog").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    slack.wait_for(lambda slack: slack.views() == [])
    expect(page.locator(".notice")).to_have_count(0)


def test_a_new_modal_takes_the_place_of_the_old(slack: LocalSlack, page: Page) -> None:
    """What the app opens afresh is the only modal there is."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    page.goto(slack.url)
    expect(page.get_by_label("Message #safety")).to_be_focused()
    for title in ("One", "Two"):
        client.views_open(trigger_id=slack.workspace.grants.trigger(ANA), view=form(title))
    expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_choices_in_groups_and_in_mrkdwn(slack: LocalSlack, page: Page) -> None:
    """Several choices may come in groups, and a choice's words may be in mrkdwn; what is chosen is sent."""
    text, detail = ({"type": "mrkdwn", "text": each} for each in ("*Bold*", "_slanted_"))
    bold = {"text": text, "value": "b", "description": detail}
    groups = [
        {"label": words("One"), "options": OPTIONS[:1]},
        {"label": words("Two"), "options": OPTIONS[1:]},
    ]
    several = {"type": "multi_static_select", "action_id": "text", "option_groups": groups}
    boxes = {"type": "checkboxes", "action_id": "text", "options": [bold]}
    inputs = [
        {"type": "input", "block_id": name, "label": words(name), "element": element}
        for name, element in (("several", several), ("boxes", boxes))
    ]
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    page.goto(slack.url)
    expect(page.get_by_label("Message #safety")).to_be_focused()
    client.views_open(
        trigger_id=slack.workspace.grants.trigger(ANA),
        view={**form("Form"), "callback_id": "", "blocks": inputs},
    )
    dialog = page.get_by_role("dialog", name="Form")
    expect(dialog.locator("strong")).to_have_text("Bold")
    expect(dialog.locator("em")).to_have_text("slanted")
    for label in ("Pause", "Bold"):
        dialog.get_by_label(label).check()
    dialog.get_by_role("button", name="Follow").click()

    def filled(slack: LocalSlack) -> bool:
        return {
            name: [option["value"] for option in actions["text"]["selected_options"]]
            for name, actions in slack.views()[0]["state"]["values"].items()
        } == {"several": ["pause"], "boxes": ["b"]}

    slack.wait_for(filled)


def test_rich_text_date_and_color(slack: LocalSlack, page: Page) -> None:
    """A date is drawn by its format in the reader's own time, a colour with its value."""
    leaves = [
        {"type": "date", "timestamp": 1_800_000_000, "format": "on {date_num}", "fallback": "then"},
        {"type": "color", "value": "#ff0000"},
    ]
    part = {"type": "rich_text_section", "elements": leaves}
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    page.goto(slack.url)
    client.chat_postMessage(channel=SAFETY, text="x", blocks=[{"type": "rich_text", "elements": [part]}])
    expect(last_message(page).locator("time", has_text="on 2027-01-15")).to_have_count(1)
    expect(last_message(page).locator(".rich")).to_contain_text("#ff0000")
    expect(last_message(page).locator(".swatch")).to_have_css("background-color", "rgb(255, 0, 0)")


def test_joined_channel_and_new_direct_message(slack: LocalSlack, page: Page) -> None:
    """The page shows at once that the bot has joined a channel, and a direct message that it opens."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    page.goto(f"{slack.url}/?user={BEN}")
    page.get_by_role("button", name="reading-group").click()
    expect(page.get_by_text("the app is not in this channel")).to_be_visible()
    client.conversations_join(channel=READING)
    expect(page.get_by_text("the app is not in this channel")).to_be_hidden()
    client.chat_postMessage(channel=BEN, text="hello ben")
    page.get_by_role("button", name="Paperboy unread").click()
    expect(page.get_by_role("heading", name="Paperboy")).to_be_visible()
    expect(last_message(page)).to_contain_text("hello ben")


def test_a_draft_stays_in_its_channel(slack: LocalSlack, page: Page) -> None:
    """What is typed and not sent waits in its channel."""
    page.goto(slack.url)
    page.get_by_label("Message #safety").fill("half a thought")
    page.get_by_role("button", name="reading-group").click()
    expect(page.get_by_label("Message #reading-group")).to_have_value("")
    page.get_by_role("button", name="safety").click()
    expect(page.get_by_label("Message #safety")).to_have_value("half a thought")


def test_an_archived_channel_asks_for_nothing(slack: LocalSlack, page: Page) -> None:
    """Where nothing can be typed, the page does not say what to type."""
    page.goto(slack.url)
    page.get_by_role("button", name="old-papers").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#try")).to_be_hidden()


def test_tab_stays_inside_a_modal(slack: LocalSlack, page: Page) -> None:
    """Tab walks round the dialog and never leaves it."""
    page.goto(slack.url)
    type_command(page, "/paper tuning")
    page.get_by_role("button", name="Abstract").click()
    expect(page.get_by_label("Topic")).to_be_focused()
    for name in ("Rename", "Cancel", "Follow", "Close dialog"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Follow")).to_be_focused()


def test_keyboard_alone_is_enough(slack: LocalSlack, page: Page) -> None:
    """A slash offers the command, Enter takes and sends it, arrow up recalls, Tab reaches the answer."""
    page.goto(slack.url)
    composer = page.get_by_label("Message #safety")
    expect(composer).to_be_focused()
    page.keyboard.type("/")
    expect(page.get_by_role("option")).to_have_text(
        "/paper backdoor instruction tuningFind papers, and follow topics to get the new ones"
    )
    page.keyboard.press("Enter")
    expect(composer).to_have_value("/paper ")
    page.keyboard.type("tuning")
    page.keyboard.press("Enter")
    expect(composer).to_have_value("")
    expect(last_message(page).get_by_role("button", name="Abstract")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Abstract")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(composer).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(composer).to_have_value("/paper tuning")
    page.keyboard.press("Shift+Enter")
    expect(composer).to_have_value("/paper tuning\n")


def test_overflow_menu_by_keyboard(slack: LocalSlack, page: Page) -> None:
    """The ⋯ menu opens on Enter, the arrows walk it, and the chosen option reaches the app."""
    page.goto(slack.url)
    type_command(page, "/paper menu")
    page.get_by_role("button", name="More actions").press("Enter")
    expect(page.get_by_role("menuitem", name="Preview")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(last_message(page)).to_contain_text("used chose pause")


def test_confirm_asks_before_the_app_hears(slack: LocalSlack, page: Page) -> None:
    """A button with a confirm object asks; No tells the app nothing, Yes does."""
    page.goto(slack.url)
    type_command(page, "/paper menu")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog", name="Sure?")).to_contain_text("It is final.")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(slack.messages()) == 1
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(last_message(page)).to_contain_text("used deleted")


def test_long_section_folds_unless_it_says_expand(slack: LocalSlack, page: Page) -> None:
    """A long section ends in See more, which unfolds it; `expand: true` shows all at once."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(slack.url)
    type_command(page, "/paper long")
    expect(last_message(page).locator(".folded")).to_have_count(1)
    last_message(page).get_by_role("button", name="See more").click()
    expect(last_message(page).locator(".folded")).to_have_count(0)


@pytest.mark.parametrize("shown", ["tuning", "hostile", "wide", "menu"])
def test_phone_width_has_no_horizontal_scroll(slack: LocalSlack, page: Page, shown: str) -> None:
    """At 390 px nothing is wider than the screen, the longest word included."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(slack.url)
    type_command(page, f"/paper {shown}")
    expect(last_message(page)).to_be_visible()
    assert not overflows(page)


def test_phone_keeps_the_channels_in_a_drawer(slack: LocalSlack, page: Page) -> None:
    """At 390 px the sidebar waits behind the menu button, and choosing a channel closes it."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(slack.url)
    expect(page.get_by_role("navigation")).to_be_hidden()
    page.get_by_role("button", name="Channels").click()
    page.get_by_role("button", name="reading-group").click()
    expect(page.get_by_role("heading", name="reading-group")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()


def test_thread_opens_beside_the_channel(slack: LocalSlack, page: Page) -> None:
    """Replies are counted under their parent and read in the thread, not in the channel."""
    page.goto(slack.url)
    slack.say("parent")
    parent = slack.messages()[0]["ts"]
    slack.say("child one", thread_ts=parent)
    slack.say("child two", thread_ts=parent)
    expect(page.get_by_role("log", name="Messages").get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="2 replies").click()
    expect(page.get_by_role("log", name="Replies").get_by_role("article")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("log", name="Replies")).to_be_hidden()


def test_banner_stands_until_an_app_is_connected(alone: LocalSlack, page: Page) -> None:
    """Without an app a calm banner says so and a command's failure is Slackbot's private note."""
    page.goto(alone.url)
    expect(page.locator("#banner")).to_contain_text("Waiting for the app to connect.")
    type_command(page, "/paper tuning")
    expect(last_message(page)).to_contain_text("Slackbot")
    expect(last_message(page)).to_contain_text('/paper failed with the error "dispatch_failed"')
    alone.request_url = "http://127.0.0.1:9/"
    expect(page.locator("#banner")).to_be_hidden()


def test_notice_lies_above_an_open_modal(slack: LocalSlack, page: Page) -> None:
    """When the app does not answer a modal's button, the notice is seen although the modal is open."""
    page.goto(slack.url)
    type_command(page, "/paper tuning")
    page.get_by_role("button", name="Abstract").click()
    expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    slack.request_url = None
    page.get_by_role("button", name="Rename").click()
    notice = page.get_by_text("We had some trouble connecting. Try again?")
    expect(notice).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Dismiss notice").click()
    expect(notice).to_have_count(0)
