"""Each rule of Slack's that refuses a message or a view, and payloads that none may refuse."""

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.playground.checks import ApiError, blocks_of, content_of, metadata_of, view_of

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """Return a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "1", **more: Any) -> Json:
    """Return an option."""
    return {"text": plain("One"), "value": value, **more}


def options(count: int) -> list[Json]:
    """Return so many options."""
    return [option(str(number)) for number in range(count)]


def select(**more: Any) -> Json:
    """Return a menu of two options."""
    return {"type": "static_select", "options": options(2), **more}


def text_input(**more: Any) -> Json:
    """Return an input block for text."""
    return {"type": "input", "label": plain("Label"), "element": {"type": "plain_text_input", **more}}


def rich(*parts: Json) -> Json:
    """Return a rich_text block."""
    return {"type": "rich_text", "elements": list(parts)}


def line(*leaves: Json) -> Json:
    """Return a rich_text_section."""
    return {"type": "rich_text_section", "elements": list(leaves)}


def confirm(**more: Any) -> Json:
    """Return a confirmation dialog."""
    return {"title": plain("t"), "text": mrkdwn("x"), "confirm": plain("y"), "deny": plain("n"), **more}


def modal(**more: Any) -> Json:
    """Return a modal."""
    return {"type": "modal", "title": plain("Paper"), "blocks": [section()], **more}


LEAVES: list[Json] = [
    {"type": "text", "text": "bold", "style": {"bold": True, "italic": False}},
    {"type": "link", "url": "https://arxiv.org/abs/2305.14710", "text": "a paper", "style": {"code": True}},
    {"type": "emoji", "name": "wave", "skin_tone": 2},
    {"type": "user", "user_id": "U0ANA00001"},
    {"type": "channel", "channel_id": "C0SAFETY01"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "broadcast", "range": "here"},
    {"type": "color", "value": "#ff0000"},
    {"type": "date", "timestamp": 1_800_000_000, "format": "{date}", "fallback": "then"},
]

GOOD_BLOCKS = {
    "nothing": [],
    "fifty": [section()] * 50,
    "section at its limits": [section("x" * 3000, fields=[plain("y" * 900)] * 10, expand=True)],
    "section of fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
    "header": [{"type": "header", "text": plain("x" * 150), "block_id": "b" * 255}],
    "context": [
        {
            "type": "context",
            "elements": [mrkdwn("x"), {"type": "image", "image_url": "https://x/y", "alt_text": ""}],
        }
    ],
    "divider": [{"type": "divider"}],
    "image": [{"type": "image", "image_url": "http://x/y.png", "alt_text": "a", "title": plain("t")}],
    "actions": [actions(*(button(action_id=str(number)) for number in range(25)))],
    "button": [
        section(
            accessory=button(
                text={"type": "plain_text", "text": "x" * 75, "emoji": True},
                value="v" * 2000,
                url="https://" + "x" * 2992,
                style="danger",
                confirm=confirm(style="primary"),
                accessibility_label="Go there",
            )
        )
    ],
    "overflow": [section(accessory={"type": "overflow", "options": [option(url="https://x/"), *options(4)]})],
    "selects": [
        actions(
            select(placeholder=plain("p" * 150), initial_option=option("1")),
            {"type": "static_select", "option_groups": [{"label": plain("g"), "options": options(100)}]},
        ),
        section(
            accessory={
                "type": "multi_static_select",
                "options": options(3),
                "initial_options": [option("0")],
                "max_selected_items": 2,
            }
        ),
    ],
    "choices": [
        actions(
            {"type": "checkboxes", "options": [option(description=mrkdwn("d" * 75)), *options(1)]},
            {"type": "radio_buttons", "options": options(10), "initial_option": option("9")},
            {"type": "datepicker", "initial_date": "2026-11-21"},
            {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/London"},
        )
    ],
    "one action_id in two blocks": [section(accessory=button(action_id="a")), actions(button(action_id="a"))],
    "limits that meet": [text_input(min_length=3, max_length=3, initial_value="abc", focus_on_load=True)],
    "context at its limit": [{"type": "context", "elements": [mrkdwn("x" * 3000)]}],
    "100 groups": [
        actions(
            {"type": "static_select", "option_groups": [{"label": plain("g"), "options": options(1)}] * 100}
        )
    ],
    "input": [{**text_input(multiline=True, initial_value=""), "hint": plain("h"), "optional": True}],
    "rich text": [
        rich(
            line(*LEAVES),
            line(),
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [line(LEAVES[0])]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "@misc"}], "border": 0},
            {"type": "rich_text_quote", "elements": LEAVES[:2]},
        )
    ],
    "much text": [section("x" * 3000)] * 4,
}

BAD_BLOCKS = {
    "51": ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "not an object": (["x"], "must provide an object [json-pointer:/blocks/0]"),
    "unknown type": (
        [{"type": "poem"}],
        "the playground does not know the type poem [json-pointer:/blocks/0/type]",
    ),
    "no type": ([{}], "unsupported type: None [json-pointer:/blocks/0/type]"),
    "unknown field": (
        [section(colour="red")],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "empty text": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "long text": (
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "text is a number": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": 5}}],
        "must provide a string [json-pointer:/blocks/0/text/text]",
    ),
    "text is a string": (
        [{"type": "section", "text": "x"}],
        "must provide an object [json-pointer:/blocks/0/text]",
    ),
    "empty section": (
        [{"type": "section"}],
        "must provide at least one of text, fields [json-pointer:/blocks/0]",
    ),
    "11 fields": (
        [section(fields=[plain("x")] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "long field": (
        [section(fields=[plain("x" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "emoji in mrkdwn": (
        [{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}],
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    "header in mrkdwn": (
        [{"type": "header", "text": mrkdwn("x")}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "header without text": ([{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty context": (
        [{"type": "context", "elements": []}],
        "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "11 in a context": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "button in a context": (
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    "empty actions": ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "26 actions": (
        [actions(*[button()] * 26)],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "actions no list": (
        [{"type": "actions", "elements": button()}],
        "must provide an array [json-pointer:/blocks/0/elements]",
    ),
    "button in mrkdwn": (
        [actions(button(text=mrkdwn("x")))],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    "long button": (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "long value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "long url": (
        [actions(button(url="https://" + "x" * 2993))],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    "script url": (
        [actions(button(url="javascript:alert(1)"))],
        "invalid url [json-pointer:/blocks/0/elements/0/url]",
    ),
    "style": (
        [actions(button(style="loud"))],
        "unsupported value; expected one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "long action_id": (
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "long block_id": (
        [section(block_id="x" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    "block_id twice": (
        [section(block_id="b"), section(block_id="b")],
        "`block_id` already exists [json-pointer:/blocks/1/block_id]",
    ),
    "action_id twice": (
        [actions(button(action_id="a"), button(action_id="a"))],
        "`action_id` already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    "unknown element": (
        [actions({"type": "rating"})],
        "the playground does not know the type rating [json-pointer:/blocks/0/elements/0/type]",
    ),
    "several choices in actions": (
        [actions({"type": "multi_static_select", "options": options(1)})],
        "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]",
    ),
    "two elements with the focus": (
        [text_input(focus_on_load=True), text_input(focus_on_load=True)],
        "only one element can have the focus [json-pointer:/blocks/1/element/focus_on_load]",
    ),
    "lengths that exclude each other": (
        [text_input(min_length=4, max_length=3)],
        "min_length must not be more than max_length [json-pointer:/blocks/0/element]",
    ),
    "initial value that does not fit": (
        [text_input(max_length=3, initial_value="abcd")],
        "must be less than 4 characters [json-pointer:/blocks/0/element/initial_value]",
    ),
    "a date that is none": (
        [actions({"type": "datepicker", "initial_date": "2026-13-45"})],
        "must be YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "a date in other digits": (
        [actions({"type": "datepicker", "initial_date": "２０２６-11-21"})],
        "must be YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "a date in brief": (
        [actions({"type": "datepicker", "initial_date": "20261121"})],
        "must be YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "a time in other digits": (
        [actions({"type": "timepicker", "initial_time": "0９:00"})],
        "must be HH:mm [json-pointer:/blocks/0/elements/0/initial_time]",
    ),
    "empty slack_file": (
        [{"type": "image", "alt_text": "x", "slack_file": {}}],
        "must provide exactly one of id, url [json-pointer:/blocks/0/slack_file]",
    ),
    "long placeholder of a date": (
        [actions({"type": "datepicker", "placeholder": plain("x" * 151)})],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]",
    ),
    "long placeholder of a time": (
        [actions({"type": "timepicker", "placeholder": plain("x" * 151)})],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]",
    ),
    "long placeholder of a text": (
        [text_input(placeholder=plain("x" * 151))],
        "must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]",
    ),
    "101 groups": (
        [
            actions(
                {
                    "type": "static_select",
                    "option_groups": [{"label": plain("g"), "options": options(1)}] * 101,
                }
            )
        ],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]",
    ),
    "long context": (
        [{"type": "context", "elements": [mrkdwn("x" * 3001)]}],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/text]",
    ),
    "long label": (
        [{**text_input(), "label": plain("x" * 2001)}],
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    ),
    "long hint": (
        [{**text_input(), "hint": plain("x" * 2001)}],
        "must be less than 2001 characters [json-pointer:/blocks/0/hint/text]",
    ),
    "long confirm": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    "long confirm text": (
        [actions(button(confirm=confirm(text=plain("x" * 301))))],
        "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
    ),
    "long deny": (
        [actions(button(confirm=confirm(deny=plain("x" * 31))))],
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]",
    ),
    "6 in an overflow": (
        [section(accessory={"type": "overflow", "options": options(6)})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "101 options": (
        [actions(select(options=options(101)))],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "no options": (
        [actions({"type": "static_select"})],
        "must provide exactly one of options, option_groups [json-pointer:/blocks/0/elements/0]",
    ),
    "11 boxes": (
        [actions({"type": "checkboxes", "options": options(11)})],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "11 radio buttons": (
        [actions({"type": "radio_buttons", "options": options(11)})],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "long option": (
        [actions(select(options=[{"text": plain("x" * 76), "value": "1"}]))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    "long option value": (
        [actions(select(options=[option("x" * 151)]))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "long description": (
        [actions(select(options=[option(description=plain("x" * 76))]))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]",
    ),
    "option in mrkdwn": (
        [actions(select(options=[{"text": mrkdwn("x"), "value": "1"}]))],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/options/0/text/type]",
    ),
    "initial option not offered": (
        [actions(select(initial_option=option("7")))],
        "initial option is not one of the options [json-pointer:/blocks/0/elements/0]",
    ),
    "long placeholder": (
        [actions(select(placeholder=plain("x" * 151)))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]",
    ),
    "text input in actions": (
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "button as input": (
        [{"type": "input", "label": plain("x"), "element": button()}],
        "unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    "max_length": (
        [text_input(max_length=3001)],
        "must provide an integer from 1 to 3000 [json-pointer:/blocks/0/element/max_length]",
    ),
    "flag": (
        [text_input(multiline="yes")],
        "must provide a boolean [json-pointer:/blocks/0/element/multiline]",
    ),
    "date": (
        [actions({"type": "datepicker", "initial_date": "21 Nov"})],
        "must be YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "time": (
        [actions({"type": "timepicker", "initial_time": "24:00"})],
        "must be HH:mm [json-pointer:/blocks/0/elements/0/initial_time]",
    ),
    "image without alt text": (
        [{"type": "image", "image_url": "https://x/y"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "image without image": (
        [{"type": "image", "alt_text": "x"}],
        "must provide exactly one of image_url, slack_file [json-pointer:/blocks/0]",
    ),
    "bare text in rich text": (
        [rich({"type": "text", "text": "x"})],
        "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
    ),
    "empty rich text": (
        [rich(line({"type": "text", "text": ""}))],
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    "rich style": (
        [rich(line({"type": "text", "text": "x", "style": {"loud": True}}))],
        "invalid additional property: loud [json-pointer:/blocks/0/elements/0/elements/0/style]",
    ),
    "rich link": (
        [rich(line({"type": "link", "url": "arxiv.org"}))],
        "invalid url [json-pointer:/blocks/0/elements/0/elements/0/url]",
    ),
    "rich list of text": (
        [rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "x"}]})],
        "unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "rich list style": (
        [rich({"type": "rich_text_list", "style": "stars", "elements": []})],
        "unsupported value; expected one of bullet, ordered [json-pointer:/blocks/0/elements/0/style]",
    ),
}


@pytest.mark.parametrize("blocks", GOOD_BLOCKS.values(), ids=GOOD_BLOCKS)
def test_good_blocks(blocks: list[Json]) -> None:
    """What Slack takes passes unchanged."""
    assert blocks_of(blocks) == blocks


@pytest.mark.parametrize(("blocks", "sentence"), BAD_BLOCKS.values(), ids=BAD_BLOCKS)
def test_bad_blocks(blocks: list[Json], sentence: str) -> None:
    """What Slack refuses is invalid_blocks, and the message says which rule where."""
    with pytest.raises(ApiError) as refused:
        blocks_of(blocks)
    assert (refused.value.code, refused.value.messages) == ("invalid_blocks", [f"[ERROR] {sentence}"])


@pytest.mark.parametrize("blocks", GOOD_BLOCKS.values(), ids=GOOD_BLOCKS)
def test_slack_sdk_finds_no_fault_in_good_blocks(blocks: list[Json]) -> None:
    """Slack's own models agree that the good payloads are good."""
    for block in Block.parse_all(blocks):
        try:
            block.validate_json()
        except SlackObjectFormationError as error:
            pytest.fail(str(error))


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ("[{", "invalid_blocks_format"),
        ("{}", "invalid_blocks_format"),
        (5, "invalid_blocks_format"),
        ([section("x" * 2641)] * 5, "msg_blocks_too_long"),
    ],
)
def test_blocks_as_a_whole(blocks: object, code: str) -> None:
    """Blocks that are no list or hold too much text together have codes of their own."""
    with pytest.raises(ApiError) as refused:
        blocks_of(blocks)
    assert (refused.value.code, refused.value.messages) == (code, [])


def test_text_of_all_blocks_just_fits() -> None:
    """13,200 characters are taken."""
    blocks = [section("x" * 2640)] * 5
    assert blocks_of(blocks) == blocks


def test_blocks_as_a_string() -> None:
    """Blocks may come as JSON within a string."""
    assert blocks_of('[{"type": "divider"}]') == [{"type": "divider"}]


def test_long_text_is_cut() -> None:
    """A message's text ends after 40,000 characters."""
    assert content_of({"text": "x" * 40_001}) == ("x" * 40_000, [])


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": None, "blocks": []}])
def test_no_text(body: Json) -> None:
    """A message needs text or blocks."""
    with pytest.raises(ApiError, match="no_text"):
        content_of(body)


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(title=plain("x" * 24), submit=plain("s" * 24), close=plain("c" * 24)),
        modal(private_metadata="x" * 3000, external_id="e" * 255),
        modal(blocks=[text_input()], submit=plain("Save"), callback_id="c" * 255, notify_on_close=True),
        modal(blocks=[section()] * 100, clear_on_close=True),
    ],
)
def test_good_modals(view: Json) -> None:
    """A modal that Slack takes passes unchanged."""
    assert view_of(view, "modal") == view


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        ("", "must provide an object [json-pointer:/view]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(title=mrkdwn("x")), "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
        (modal(blocks=[text_input()]), "missing required field: submit [json-pointer:/view]"),
        (modal(blocks=[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(blocks=[section(block_id="b"), section(block_id="b")]),
            "`block_id` already exists [json-pointer:/blocks/1/block_id]",
        ),
        (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
        ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
        ({"type": "wizard"}, "unsupported type: wizard [json-pointer:/view/type]"),
    ],
)
def test_bad_modals(view: Any, sentence: str) -> None:
    """A modal that Slack refuses is invalid_arguments, and the message says which rule where."""
    with pytest.raises(ApiError) as refused:
        view_of(view or [], "modal")
    assert (refused.value.code, refused.value.messages) == ("invalid_arguments", [f"[ERROR] {sentence}"])


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ("{", "invalid_metadata_format"),
        ([], "invalid_metadata_schema"),
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": "y"}, "invalid_metadata_schema"),
    ],
)
def test_bad_metadata(metadata: object, code: str) -> None:
    """Metadata needs a type and a payload."""
    with pytest.raises(ApiError, match=code):
        metadata_of(metadata)
