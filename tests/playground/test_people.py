"""Buttons, menus and modals, with a real Bolt app on the other side."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import ANA, APP, BEN, SAFETY, TEAM, LocalSlack

Json = dict[str, Any]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]


def plain(text: str) -> Json:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str, **more: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain("Go"), "action_id": action_id, "value": "7", **more}


def actions(*elements: Json) -> list[Json]:
    """Return one actions block."""
    return [{"type": "actions", "block_id": "b", "elements": list(elements)}]


MENU: Json = {
    "type": "overflow",
    "action_id": "menu",
    "options": [{"text": plain("Edit"), "value": "edit"}, {"text": plain("Pause"), "value": "pause"}],
}
FORM: Json = {
    "type": "modal",
    "callback_id": "follow",
    "title": plain("Follow"),
    "submit": plain("Save"),
    "private_metadata": "C1",
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "topic",
            "label": plain("Topic"),
            "element": {"type": "plain_text_input", "action_id": "words", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "days",
            "label": plain("Days"),
            "optional": True,
            "element": {"type": "checkboxes", "action_id": "on", "options": MENU["options"]},
        },
    ],
}


def test_button_payload(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """Pressing a button tells the app which, where, and who, and gives it the rights to react."""
    heard: list[Json] = []

    def listeners(app: App) -> None:
        @app.action("go")
        def go(ack: Ack, body: Json) -> None:
            heard.append(body)
            ack()

    serve(slack, listeners)
    posted = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions(button("go", style="primary")))
    assert slack.click("go", message_ts=posted["ts"], user=BEN).acknowledged
    [body] = heard
    assert body == {
        "type": "block_actions",
        "user": {"id": BEN, "username": "ben", "name": "ben", "team_id": TEAM},
        "api_app_id": APP,
        "token": "playground",
        "team": {"id": TEAM, "domain": "paperlab"},
        "enterprise": None,
        "is_enterprise_install": False,
        "container": {
            "type": "message",
            "message_ts": posted["ts"],
            "channel_id": SAFETY,
            "is_ephemeral": False,
        },
        "trigger_id": body["trigger_id"],
        "channel": {"id": SAFETY, "name": "safety"},
        "message": posted["message"],
        "state": {"values": {}},
        "response_url": body["response_url"],
        "actions": [
            {
                "action_id": "go",
                "block_id": "b",
                "action_ts": body["actions"][0]["action_ts"],
                "type": "button",
                "text": plain("Go"),
                "value": "7",
                "style": "primary",
            }
        ],
    }


def test_ephemeral_replaced(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """A private message is replaced through the response URL of a press, without its content being sent."""
    contents: list[bool] = []

    def listeners(app: App) -> None:
        @app.action("go")
        def go(ack: Ack, body: Json, respond: Respond) -> None:
            contents.append("message" in body)
            ack()
            respond("new", replace_original=True)

    serve(slack, listeners)
    blocks = actions(button("go"))
    ts = client.chat_postEphemeral(channel=SAFETY, user=ANA, text="old", blocks=blocks)["message_ts"]
    with pytest.raises(LookupError, match="no such message"):
        slack.click("go", message_ts=ts, user=BEN)
    slack.click("go", message_ts=ts)
    slack.wait_for(lambda each: each.messages(user=ANA)[0]["text"] == "new")
    [message] = slack.messages(user=ANA)
    assert (message["ts"], message["ephemeral"], "blocks" in message, contents) == (ts, True, False, [False])


def test_menu(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """Choosing from a menu sends the option; one that is not offered cannot be chosen."""
    chosen: list[Json] = []

    def listeners(app: App) -> None:
        @app.action("menu")
        def menu(ack: Ack, action: Json) -> None:
            chosen.append(action["selected_option"])
            ack()

    serve(slack, listeners)
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions(MENU))["ts"]
    assert slack.click("menu", message_ts=ts, value="pause").acknowledged
    with pytest.raises(KeyError, match="delete"):
        slack.click("menu", message_ts=ts, value="delete")
    with pytest.raises(LookupError, match="no element 'other'"):
        slack.click("other", message_ts=ts)
    with pytest.raises(LookupError, match="no element 'menu'"):
        slack.click("menu", message_ts=ts, block_id="other", value="pause")
    assert chosen == [MENU["options"][1]]


def test_state_of_a_message(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """An action carries what the same person has chosen in the message's other elements."""
    states: list[Json] = []

    def listeners(app: App) -> None:
        @app.action({"block_id": "b"})
        def used(ack: Ack, body: Json) -> None:
            states.append(body["state"]["values"])
            ack()

    serve(slack, listeners)
    menu = {"type": "static_select", "action_id": "what", "options": MENU["options"]}
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions(menu, button("go")))["ts"]
    slack.click("what", message_ts=ts, value="pause")
    slack.click("go", message_ts=ts)
    slack.click("go", message_ts=ts, user=BEN)
    chosen, untouched = (
        {"b": {"what": {"type": "static_select", "selected_option": option}}}
        for option in (MENU["options"][1], None)
    )
    assert states == [chosen, chosen, untouched]


def test_state_of_a_message_that_changed(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """What was chosen is forgotten once another kind of element stands in its place."""
    states: list[Json] = []

    def listeners(app: App) -> None:
        @app.action({"block_id": "b"})
        def used(ack: Ack, body: Json) -> None:
            states.append(body["state"]["values"])
            ack()

    serve(slack, listeners)
    menu = {"type": "static_select", "action_id": "what", "options": MENU["options"]}
    day = {"type": "datepicker", "action_id": "what"}
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions(menu))["ts"]
    slack.click("what", message_ts=ts, value="pause")
    client.chat_update(channel=SAFETY, ts=ts, text="x", blocks=actions(day, button("go")))
    slack.click("go", message_ts=ts)
    assert states[1:] == [{"b": {"what": {"type": "datepicker", "selected_date": None}}}]


def test_no_ack(slack: LocalSlack, client: WebClient) -> None:
    """A press that reaches nobody is told to whoever pressed."""
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=actions(button("go")))["ts"]
    assert slack.click("go", message_ts=ts).error == "dispatch_failed"
    assert slack.notices == [(ANA, "Oh no, something went wrong. Please try that again.")]


def follow(heard: list[Json]) -> Callable[[App], None]:
    """Return listeners that open the form at a command and take what is longer than three letters."""

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack, command: Json, client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=FORM)

        @app.view("follow")
        def submitted(ack: Ack, body: Json, view: Json) -> None:
            heard.append(body)
            words = view["state"]["values"]["topic"]["words"]["value"]
            if len(words) > 3:
                ack()
            else:
                ack(response_action="errors", errors={"topic": "Say more."})

        @app.view_closed("follow")
        def closed(ack: Ack, body: Json) -> None:
            heard.append(body)
            ack()

    return listeners


def opened(slack: LocalSlack) -> Json:
    """Type the command and return the modal it opens."""
    slack.command("")
    return slack.wait_for(lambda each: each.views())[0]


def test_modal_round_trip(slack: LocalSlack, serve: Serve) -> None:
    """A form is opened, refused with a text beside an input, taken, and closed."""
    heard: list[Json] = []
    serve(slack, follow(heard))
    view = opened(slack)
    refused = slack.submit(view["id"], {"topic": {"words": "ab"}})
    assert (refused.errors, [each["id"] for each in slack.views()]) == ({"topic": "Say more."}, [view["id"]])
    taken = slack.submit(view["id"], {"topic": {"words": "backdoor"}, "days": {"on": ["pause"]}})
    assert (taken.acknowledged, taken.errors, slack.views()) == (True, {}, [])
    body = heard[-1]
    assert body == {
        "type": "view_submission",
        "user": {"id": ANA, "username": "ana", "name": "ana", "team_id": TEAM},
        "api_app_id": APP,
        "token": "playground",
        "team": {"id": TEAM, "domain": "paperlab"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": body["trigger_id"],
        "response_urls": [],
        "view": {
            **view,
            "state": {
                "values": {
                    "topic": {"words": {"type": "plain_text_input", "value": "backdoor"}},
                    "days": {"on": {"type": "checkboxes", "selected_options": [MENU["options"][1]]}},
                }
            },
        },
    }


def test_close_is_told(slack: LocalSlack, serve: Serve) -> None:
    """A view that asked for it tells the app when it is closed."""
    heard: list[Json] = []
    serve(slack, follow(heard))
    view = opened(slack)
    assert slack.close_view(view["id"]).acknowledged
    assert [(body["type"], body["is_cleared"]) for body in heard] == [("view_closed", False)]
    assert slack.views() == []


def test_close_of_a_stack_is_told(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """Closing the whole stack tells the app of each view, the topmost first, that all were cleared."""
    heard: list[Json] = []
    serve(slack, follow(heard))
    first = opened(slack)
    view = {**FORM, "title": plain("Two")}
    second = client.views_push(trigger_id=slack.workspace.grants.trigger(ANA), view=view)["view"]
    slack.close_view(second["id"], everything=True)
    assert [(body["view"]["id"], body["is_cleared"]) for body in heard] == [
        (second["id"], True),
        (first["id"], True),
    ]
    assert slack.views() == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Please complete this required field."),
        ("x" * 21, "Please enter no more than 20 characters."),
    ],
)
def test_input_refused_by_slack(slack: LocalSlack, serve: Serve, words: str, sentence: str) -> None:
    """An input that is empty or too long stops a submission before the app hears of it."""
    heard: list[Json] = []
    serve(slack, follow(heard))
    delivery = slack.submit(opened(slack)["id"], {"topic": {"words": words}})
    assert (delivery.acknowledged, delivery.errors, heard) == (False, {"topic": sentence}, [])


def test_other_peoples_views(slack: LocalSlack, serve: Serve) -> None:
    """Nobody can submit somebody else's view."""
    serve(slack, follow([]))
    view = opened(slack)
    with pytest.raises(LookupError, match="somebody else's view"):
        slack.submit(view["id"], {}, user=BEN)


@pytest.mark.parametrize(
    ("ack", "titles"),
    [
        ({"response_action": "update", "view": {**FORM, "title": plain("Two")}}, ["Two"]),
        ({"response_action": "push", "view": {**FORM, "title": plain("Two")}}, ["Follow", "Two"]),
        ({"response_action": "clear"}, []),
    ],
)
def test_response_actions(slack: LocalSlack, serve: Serve, ack: Json, titles: list[str]) -> None:
    """An acknowledgement can change the view, put another on top, or close them all."""
    answer = ack

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack, command: Json, client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=FORM)

        @app.view("follow")
        def submitted(ack: Ack) -> None:
            ack(**answer)

    serve(slack, listeners)
    assert slack.submit(opened(slack)["id"], {"topic": {"words": "x"}}).error == ""
    assert [view["title"]["text"] for view in slack.views()] == titles


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
def test_bad_response_action(slack: LocalSlack, serve: Serve, ack: Json) -> None:
    """An acknowledgement that Slack cannot use is told to the person, and the view stays."""
    answer = ack

    def listeners(app: App) -> None:
        follow([])(app)

        @app.view("other")
        def submitted(ack: Ack) -> None:
            ack(**answer)

    serve(slack, listeners)
    trigger = slack.workspace.grants.trigger(ANA)
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    view = client.views_open(trigger_id=trigger, view={**FORM, "callback_id": "other"})["view"]
    delivery = slack.submit(view["id"], {"topic": {"words": "x"}})
    assert (delivery.acknowledged, delivery.error) == (True, "dispatch_unknown_error")
    assert slack.notices == [(ANA, "We had some trouble connecting. Try again?")]
    assert [each["id"] for each in slack.views()] == [view["id"]]


def test_action_in_a_view(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """Using an element of a view tells the app; an update with an old hash is refused."""
    form = {**FORM, "blocks": [*actions(button("go")), *FORM["blocks"]]}
    codes: list[str] = []
    containers: list[Json] = []

    def listeners(app: App) -> None:
        @app.action("go")
        def go(ack: Ack, body: Json, client: WebClient) -> None:
            ack()
            containers.append(body["container"])
            view = {"view_id": body["view"]["id"], "hash": body["view"]["hash"]}
            client.views_update(**view, view={**form, "title": plain("Two")})
            try:
                client.views_update(**view, view=form)
            except SlackApiError as error:
                codes.append(error.response["error"])
            client.views_push(trigger_id=body["trigger_id"], view={**FORM, "title": plain("Three")})

    serve(slack, listeners)
    view = client.views_open(trigger_id=slack.workspace.grants.trigger(ANA), view=form)["view"]
    assert slack.click("words", view_id=view["id"], value="kept").acknowledged
    assert slack.click("go", view_id=view["id"]).acknowledged
    slack.wait_for(lambda each: len(each.views()) == 2)
    first, second = slack.views()
    assert (first["title"]["text"], second["title"]["text"], codes) == ("Two", "Three", ["hash_conflict"])
    assert first["state"]["values"]["topic"]["words"]["value"] == "kept"
    assert second["previous_view_id"] == first["id"]
    assert containers == [{"type": "view", "view_id": first["id"]}]


def test_external_id_is_of_one_view(slack: LocalSlack, client: WebClient) -> None:
    """Two open views cannot have the same external_id."""
    grants, view = slack.workspace.grants, {**FORM, "external_id": "e"}
    client.views_open(trigger_id=grants.trigger(ANA), view=view)
    with pytest.raises(SlackApiError) as refused:
        client.views_push(trigger_id=grants.trigger(ANA), view=view)
    assert (refused.value.response["error"], len(slack.views())) == ("duplicate_external_id", 1)


@pytest.mark.parametrize("method", ["views_open", "views_push"])
@pytest.mark.parametrize(
    ("wait", "code"),
    [(0.0, "exchanged_trigger_id"), (3.5, "expired_trigger_id"), (None, "invalid_trigger_id")],
)
def test_triggers(
    slack: LocalSlack, client: WebClient, clock: Any, method: str, wait: float | None, code: str
) -> None:
    """A trigger opens one view, or lays one on another, within three seconds."""
    trigger = "made-up" if wait is None else slack.workspace.grants.trigger(ANA)
    if wait == 0.0:
        client.views_open(trigger_id=trigger, view=FORM)
    clock.now += wait or 0.0
    with pytest.raises(SlackApiError) as refused:
        getattr(client, method)(trigger_id=trigger, view=FORM)
    assert refused.value.response["error"] == code


def test_nothing_to_push_on(slack: LocalSlack, client: WebClient) -> None:
    """A view is laid on one that is open, and never opens by itself."""
    with pytest.raises(SlackApiError) as refused:
        client.views_push(trigger_id=slack.workspace.grants.trigger(ANA), view=FORM)
    assert (refused.value.response["error"], slack.views()) == ("not_found", [])


def test_three_views_at_most(slack: LocalSlack, client: WebClient) -> None:
    """A stack holds three views; opening starts a new one."""
    grants = slack.workspace.grants
    client.views_open(trigger_id=grants.trigger(ANA), view=FORM)
    for _ in range(2):
        client.views_push(trigger_id=grants.trigger(ANA), view=FORM)
    with pytest.raises(SlackApiError) as refused:
        client.views_push(trigger_id=grants.trigger(ANA), view=FORM)
    client.views_open(trigger_id=grants.trigger(ANA), view=FORM)
    assert (refused.value.response["error"], len(slack.views())) == ("push_limit_reached", 1)
