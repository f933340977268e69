"""The elements that a person fills in or chooses from, in windows and in messages."""

from collections.abc import Callable
from queue import Queue
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.playground import ANA, SAFETY, LocalSlack
from tests.playground.test_page import CONFIRM, OPTIONS, button, section, words

Json = dict[str, Any]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]
PREVIEW, PAUSE = OPTIONS


def asked(block_id: str, element: Json, **more: Any) -> Json:
    """Return an input block."""
    named = {"action_id": "it", **element}
    return {"type": "input", "block_id": block_id, "label": words(block_id), "element": named, **more}


def window(*blocks: Json, title: str = "Form") -> Json:
    """Return a modal."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": words(title),
        "submit": words("Save"),
        "blocks": list(blocks),
    }


FORM = window(
    asked("topic", {"type": "plain_text_input"}, hint=words("As you would search.")),
    asked("time", {"type": "timepicker", "initial_time": "09:00"}),
    asked("day", {"type": "datepicker"}),
    asked("where", {"type": "static_select", "options": OPTIONS}),
    asked("how", {"type": "radio_buttons", "options": OPTIONS, "initial_option": PREVIEW}),
    asked("which", {"type": "checkboxes", "options": OPTIONS}, optional=True),
)


@pytest.fixture
def heard() -> "Queue[Json]":
    """Return what the app has heard of, in order."""
    return Queue()


@pytest.fixture
def slack(slack: LocalSlack, serve: Serve, heard: "Queue[Json]") -> LocalSlack:
    """Return a local Slack with an app that notes every action and refuses the topic `bad`."""

    def listeners(app: App) -> None:
        @app.action({"block_id": "b"})
        @app.action("it")
        def used(ack: Ack, action: Json) -> None:
            ack()
            heard.put(action)

        @app.action("redraw")
        def redraw(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            blocks = [
                asked("topic", {"type": "plain_text_input", "initial_value": "new"}),
                asked("other", {"type": "plain_text_input", "initial_value": "new"}),
                asked("where", {"type": "plain_text_input", "initial_value": "new"}),
            ]
            client.views_update(view_id=body["view"]["id"], view=window(*blocks, title="Redrawn"))

        @app.view("form")
        def take(ack: Ack, view: Json) -> None:
            values = view["state"]["values"]
            if values["topic"]["it"]["value"] == "bad":
                ack(response_action="errors", errors={"topic": "Not that one.", "which": "Choose one."})
                return
            ack()
            heard.put(values)

    serve(slack, listeners)
    return slack


def shown(slack: LocalSlack, page: Page, view: Json) -> Locator:
    """Open a view and return it."""
    page.goto(slack.url)
    expect(page.get_by_label("Message #safety")).to_be_focused()
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    client.views_open(trigger_id=slack.workspace.grants.trigger(ANA), view=view)
    dialog = page.get_by_role("dialog", name=view["title"]["text"])
    expect(dialog).to_be_visible()
    return dialog


def posted(slack: LocalSlack, client: WebClient, page: Page, element: Json) -> Locator:
    """Post a message with an element beside its text and return it as the page shows it."""
    accessory = {"action_id": "it", **element}
    client.chat_postMessage(
        channel=SAFETY, text="x", blocks=[section("x", block_id="b", accessory=accessory)]
    )
    page.goto(slack.url)
    return page.get_by_role("article")


def used(heard: "Queue[Json]") -> Json:
    """Return the next action without what is made up."""
    action = heard.get(timeout=5)
    return {
        name: value for name, value in action.items() if name not in {"action_ts", "block_id", "action_id"}
    }


def test_every_input_is_sent(slack: LocalSlack, page: Page, heard: "Queue[Json]") -> None:
    """What was typed and chosen arrives in Slack's words."""
    dialog = shown(slack, page, FORM)
    expect(dialog.get_by_text("As you would search.")).to_be_visible()
    dialog.get_by_label("topic").fill("backdoor")
    dialog.get_by_label("time").fill("14:30")
    dialog.get_by_label("day").fill("2026-11-23")
    dialog.get_by_label("where").select_option("Pause")
    dialog.get_by_role("radio", name="Pause").check()
    dialog.get_by_role("checkbox", name="Preview").check()
    dialog.get_by_role("button", name="Save").click()
    assert heard.get(timeout=5) == {
        "topic": {"it": {"type": "plain_text_input", "value": "backdoor"}},
        "time": {"it": {"type": "timepicker", "selected_time": "14:30"}},
        "day": {"it": {"type": "datepicker", "selected_date": "2026-11-23"}},
        "where": {"it": {"type": "static_select", "selected_option": PAUSE}},
        "how": {"it": {"type": "radio_buttons", "selected_option": PAUSE}},
        "which": {"it": {"type": "checkboxes", "selected_options": [PREVIEW]}},
    }


def test_errors_stand_at_their_inputs(slack: LocalSlack, page: Page, heard: "Queue[Json]") -> None:
    """Each error stands under its input, boxes included; all else is kept, and the second try is taken."""
    dialog = shown(slack, page, FORM)
    dialog.get_by_label("topic").fill("bad")
    dialog.get_by_label("day").fill("2026-11-23")
    dialog.get_by_label("where").select_option("Pause")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text(["Not that one.", "Choose one."])
    expect(dialog.get_by_label("topic")).to_be_focused()
    expect(dialog.get_by_label("day")).to_have_value("2026-11-23")
    dialog.get_by_label("topic").fill("good")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    values = heard.get(timeout=5)
    assert [values[name]["it"] for name in ("topic", "where", "how")] == [
        {"type": "plain_text_input", "value": "good"},
        {"type": "static_select", "selected_option": PAUSE},
        {"type": "radio_buttons", "selected_option": PREVIEW},
    ]


def test_update_keeps_what_was_typed(slack: LocalSlack, page: Page) -> None:
    """An update keeps an input of the same ids over a new initial value, and not one of other ids or type."""
    redraw = {"type": "actions", "elements": [button("Redraw", "redraw")]}
    view = window(
        asked("topic", {"type": "plain_text_input", "initial_value": "old"}),
        asked("gone", {"type": "plain_text_input"}),
        asked("where", {"type": "datepicker", "initial_date": "2026-11-23"}),
        redraw,
    )
    dialog = shown(slack, page, view)
    dialog.get_by_label("topic").fill("mine")
    dialog.get_by_label("gone").fill("mine")
    dialog.get_by_role("button", name="Redraw").click()
    redrawn = page.get_by_role("dialog", name="Redrawn")
    expect(redrawn.get_by_label("topic")).to_have_value("mine")
    expect(redrawn.get_by_label("other")).to_have_value("new")
    expect(redrawn.get_by_label("where")).to_have_value("new")
    assert slack.views()[0]["state"]["values"] == {
        "topic": {"it": {"type": "plain_text_input", "value": "mine"}},
        "other": {"it": {"type": "plain_text_input", "value": "new"}},
        "where": {"it": {"type": "plain_text_input", "value": "new"}},
    }


@pytest.mark.parametrize(
    ("triggers", "keys"),
    [(None, ["Enter"]), (["on_enter_pressed"], ["Enter"]), (["on_character_entered"], [])],
)
def test_text_is_dispatched(
    slack: LocalSlack, page: Page, heard: "Queue[Json]", triggers: list[str] | None, keys: list[str]
) -> None:
    """A line of text that dispatches tells the app by Enter or while it is typed, and submits nothing."""
    config = {"dispatch_action_config": {"trigger_actions_on": triggers}} if triggers else {}
    entry = asked("topic", {"type": "plain_text_input", **config}, dispatch_action=True)
    dialog = shown(slack, page, window(entry))
    dialog.get_by_label("topic").fill("lora")
    for key in keys:
        page.keyboard.press(key)
    assert used(heard) == {"type": "plain_text_input", "value": "lora"}
    expect(dialog).to_be_visible()


def test_choice_is_dispatched(slack: LocalSlack, page: Page, heard: "Queue[Json]") -> None:
    """An input that dispatches tells the app what is chosen; one that does not tells it nothing."""
    where = {"type": "static_select", "options": OPTIONS}
    dialog = shown(slack, page, window(asked("quiet", where), asked("where", where, dispatch_action=True)))
    dialog.get_by_label("quiet").select_option("Preview")
    dialog.get_by_label("where").select_option("Pause")
    assert used(heard) == {"type": "static_select", "selected_option": PAUSE}
    assert heard.empty()


def test_menu_of_five(slack: LocalSlack, client: WebClient, page: Page, heard: "Queue[Json]") -> None:
    """The ⋯ menu of a message offers up to five, of which the chosen one is sent."""
    options = [{"text": words(f"Choice {number}"), "value": str(number)} for number in range(5)]
    message = posted(slack, client, page, {"type": "overflow", "options": options})
    message.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem")).to_have_text([f"Choice {number}" for number in range(5)])
    page.get_by_role("menuitem", name="Choice 4").click()
    assert used(heard) == {"type": "overflow", "selected_option": options[4]}


@pytest.mark.parametrize(
    ("element", "act", "sent"),
    [
        (
            {"type": "timepicker"},
            lambda message: message.locator("input").fill("14:30"),
            {"type": "timepicker", "selected_time": "14:30"},
        ),
        (
            {"type": "datepicker"},
            lambda message: message.locator("input").fill("2026-11-23"),
            {"type": "datepicker", "selected_date": "2026-11-23"},
        ),
        (
            {"type": "radio_buttons", "options": OPTIONS},
            lambda message: message.get_by_role("radio", name="Pause").check(),
            {"type": "radio_buttons", "selected_option": PAUSE},
        ),
        (
            {"type": "checkboxes", "options": OPTIONS},
            lambda message: message.get_by_role("checkbox", name="Pause").check(),
            {"type": "checkboxes", "selected_options": [PAUSE]},
        ),
    ],
)
def test_used_in_a_message(
    slack: LocalSlack,
    client: WebClient,
    page: Page,
    heard: "Queue[Json]",
    element: Json,
    act: Callable[[Locator], None],
    sent: Json,
) -> None:
    """In a message each change is told at once."""
    act(posted(slack, client, page, element))
    assert used(heard) == sent


def test_select_in_a_message(slack: LocalSlack, client: WebClient, page: Page, heard: "Queue[Json]") -> None:
    """A select shows what was chosen, by keyboard too."""
    message = posted(slack, client, page, {"type": "static_select", "options": OPTIONS})
    message.get_by_role("button", name="Choose an option").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert used(heard) == {"type": "static_select", "selected_option": PAUSE}
    expect(message.locator(".select")).to_have_text("Pause")


@pytest.mark.parametrize(
    ("element", "act"),
    [
        (
            {"type": "checkboxes", "options": OPTIONS},
            lambda message: message.get_by_role("checkbox", name="Pause").click(),
        ),
        (
            {"type": "static_select", "options": OPTIONS, "initial_option": PREVIEW},
            lambda message: (
                message.locator(".select").click(),
                message.page.get_by_role("menuitem", name="Pause").click(),
            ),
        ),
    ],
)
def test_change_that_is_taken_back(
    slack: LocalSlack,
    client: WebClient,
    page: Page,
    heard: "Queue[Json]",
    element: Json,
    act: Callable[[Locator], None],
) -> None:
    """A choice that is not confirmed is undone, and the app hears only of the one that is."""
    message = posted(slack, client, page, {**element, "confirm": CONFIRM})
    act(message)
    page.get_by_role("button", name="No", exact=True).click()
    boxes = message.get_by_role("checkbox", name="Pause")
    if element["type"] == "checkboxes":
        expect(boxes).not_to_be_checked()
    else:
        expect(message.locator(".select")).to_have_text("Preview")
    assert heard.empty()
    act(message)
    page.get_by_role("button", name="Yes", exact=True).click()
    chosen = used(heard)
    assert PAUSE in (chosen.get("selected_option"), *chosen.get("selected_options", []))
