"""The page's clock, threads, and the conversations beside the ordinary channels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient

from bot.playground import ANA, ARCHIVED, BEN, DIRECT, SAFETY, SHARED, Delivery, LocalSlack, MovableClock
from tests.playground.test_page import overflows

SATURDAY = 1_795_272_000.0  # 21 November 2026, 14:40 UTC


@pytest.fixture
def movable() -> MovableClock:
    """Return a clock that stands still on a Saturday until it is moved."""
    return MovableClock(lambda: SATURDAY)


@pytest.fixture
def moving(movable: MovableClock) -> Iterator[LocalSlack]:
    """Yield a running local Slack that goes by that clock."""
    with LocalSlack(clock=movable) as running:
        yield running


@pytest.fixture
def parent(slack: LocalSlack) -> str:
    """Return the ts of a message with two replies."""
    ts = slack.workspace.post(SAFETY, ANA, "parent").ts
    for text in ("one", "two"):
        slack.workspace.post(SAFETY, BEN, text, thread_ts=ts)
    return ts


def clock(page: Page) -> Locator:
    """Return the clock, which is a button."""
    return page.get_by_role("button", name="Move the clock")


def thread(page: Page) -> Locator:
    """Return what is read in the open thread."""
    return page.get_by_role("log", name="Replies").get_by_role("article").locator(".rich")


def replies(slack: LocalSlack, parent: str) -> list[str]:
    """Return what was replied."""
    return [each["text"] for each in slack.messages() if each.get("thread_ts") == parent]


@pytest.mark.parametrize(
    ("user", "shown"),
    [(ANA, "Sat 21 Nov 14:40 · Europe/London"), (BEN, "Sat 21 Nov 09:40 · America/New_York")],
)
def test_clock_of_the_person(moving: LocalSlack, page: Page, user: str, shown: str) -> None:
    """The clock is in the zone of whoever looks, and messages are timed by it."""
    moving.say("hi")
    page.goto(f"{moving.url}/?user={user}")
    expect(clock(page)).to_have_accessible_name(f"It is {shown.replace(' ·', ',')}. Move the clock")
    expect(page.get_by_role("article").locator(".message-head time")).to_have_text(
        shown.split()[3].lstrip("0")
    )


def test_no_clock(slack: LocalSlack, page: Page) -> None:
    """Where the clock cannot be moved none is shown."""
    page.goto(slack.url)
    expect(page.get_by_label("Message #safety")).to_be_focused()
    expect(clock(page)).to_be_hidden()


@pytest.mark.parametrize(
    ("jump", "shown", "seconds"),
    [
        ("+1 hour", "Sat 21 Nov 15:40", 3600),
        ("+1 day", "Sun 22 Nov 14:40", 86_400),
        ("+1 week", "Sat 28 Nov 14:40", 604_800),
        ("Next Monday 09:00", "Mon 23 Nov 09:00", 152_400),
    ],
)
def test_clock_is_moved(
    moving: LocalSlack, movable: MovableClock, page: Page, jump: str, shown: str, seconds: int
) -> None:
    """One choice from its menu moves it, for everybody."""
    page.goto(moving.url)
    clock(page).click()
    page.get_by_role("menuitem", name=jump).click()
    expect(clock(page)).to_have_accessible_name(f"It is {shown}, Europe/London. Move the clock")
    assert movable() == SATURDAY + seconds


def test_clock_by_keyboard(moving: LocalSlack, movable: MovableClock, page: Page) -> None:
    """Enter opens the menu, the arrows walk it, Enter moves the clock, and the focus is on it again."""
    page.goto(moving.url)
    clock(page).press("Enter")
    expect(page.get_by_role("menuitem", name="+1 hour")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(clock(page)).to_be_focused()
    expect(clock(page)).to_contain_text("Sun 22 Nov")
    assert movable() == SATURDAY + 86_400


def test_monday_over_summer_time(moving: LocalSlack, movable: MovableClock, page: Page) -> None:
    """Nine o'clock is nine o'clock also where summer time begins on the way."""
    movable.move(126 * 86_400 + 35_400)  # half an hour before London's clocks go forward in 2027
    page.goto(moving.url)
    expect(clock(page)).to_contain_text("Sun 28 Mar00:30")
    clock(page).click()
    page.get_by_role("menuitem", name="Next Monday").click()
    expect(clock(page)).to_contain_text("Mon 29 Mar09:00")


def test_monday_morning_leads_to_the_next(moving: LocalSlack, page: Page) -> None:
    """At nine on a Monday the next one is a week away."""
    page.goto(moving.url)
    for shown in ("Mon 23 Nov09:00", "Mon 30 Nov09:00"):
        clock(page).click()
        page.get_by_role("menuitem", name="Next Monday").click()
        expect(clock(page)).to_contain_text(shown)


def test_clock_goes_by_itself(moving: LocalSlack, page: Page) -> None:
    """The clock goes on without a word from the playground, and at midnight today becomes a date."""
    page.clock.install()
    moving.say("hi")
    page.goto(moving.url)
    expect(clock(page)).to_contain_text("14:40")
    expect(page.locator(".day")).to_have_text("Today")
    moving.say("here")
    expect(page.get_by_text("here", exact=True)).to_be_visible()  # it listens: the last time that it is told
    page.clock.fast_forward("01:00:00")
    expect(clock(page)).to_contain_text("15:40")
    page.clock.fast_forward("09:00:00")
    expect(page.locator(".day")).to_have_text("Saturday 21 November")


def test_today_moves_with_the_clock(moving: LocalSlack, movable: MovableClock, page: Page) -> None:
    """After a move what was said today was said on a date, and what is said now is said today."""
    moving.say("before")
    page.goto(moving.url)
    expect(page.locator(".day")).to_have_text("Today")
    movable.move(86_400)
    moving.say("after")
    expect(page.locator(".day")).to_have_text(["Saturday 21 November", "Today"])


def test_open_modal_outlives_a_move(moving: LocalSlack, movable: MovableClock, page: Page) -> None:
    """What is half typed stays where it is when the clock is moved."""
    page.goto(moving.url)
    page.get_by_label("Message #safety").fill("half a thought")
    movable.move(86_400)
    expect(clock(page)).to_contain_text("Sun 22 Nov")
    expect(page.get_by_label("Message #safety")).to_have_value("half a thought")
    expect(page.get_by_label("Message #safety")).to_be_focused()


def test_answer_in_a_thread(slack: LocalSlack, page: Page, parent: str) -> None:
    """A thread is opened, read and answered; the reply box has the focus before and after."""
    page.goto(slack.url)
    page.get_by_role("button", name="2 replies").click()
    expect(thread(page)).to_have_text(["parent", "one", "two"])
    box = page.get_by_label("Reply…")
    expect(box).to_be_focused()
    page.keyboard.type("three")
    page.keyboard.press("Enter")
    expect(thread(page)).to_have_text(["parent", "one", "two", "three"])
    expect(page.get_by_role("button", name="3 replies")).to_be_visible()
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert replies(slack, parent) == ["one", "two", "three"]


def test_replies_arrive(slack: LocalSlack, client: WebClient, page: Page, parent: str) -> None:
    """What others reply is seen at once, and counted; what only one person sees is not counted."""
    page.goto(slack.url)
    page.get_by_role("button", name="2 replies").click()
    client.chat_postMessage(channel=SAFETY, text="three", thread_ts=parent)
    client.chat_postEphemeral(channel=SAFETY, user=ANA, text="psst", thread_ts=parent)
    expect(thread(page)).to_have_text(["parent", "one", "two", "three", "psst"])
    expect(page.get_by_role("button", name="3 replies")).to_be_visible()


def test_new_thread(slack: LocalSlack, page: Page) -> None:
    """Any message can be replied to, by keyboard too."""
    ts = slack.workspace.post(SAFETY, BEN, "hello").ts
    page.goto(slack.url)
    page.get_by_role("button", name="Reply in thread").press("Enter")
    expect(page.get_by_label("Reply…")).to_be_focused()
    page.keyboard.type("hi ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    assert replies(slack, ts) == ["hi ben"]


@pytest.mark.usefixtures("parent")
def test_command_in_a_thread(slack: LocalSlack, page: Page) -> None:
    """Slackbot says in the thread itself that commands do not work there."""
    page.goto(slack.url)
    page.get_by_role("button", name="2 replies").click()
    page.get_by_label("Reply…").fill("/paper x")
    page.get_by_label("Reply…").press("Enter")
    expect(thread(page).last).to_have_text("/paper is not supported in threads. Sorry!")


@pytest.mark.usefixtures("parent")
def test_a_draft_stays_in_its_thread(slack: LocalSlack, page: Page) -> None:
    """What is typed and not sent waits in its thread, and the message box has its own."""
    page.goto(slack.url)
    page.get_by_role("button", name="2 replies").click()
    page.get_by_label("Reply…").fill("half")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Message #safety")).to_have_value("")
    page.get_by_role("button", name="2 replies").click()
    expect(page.get_by_label("Reply…")).to_have_value("half")


@pytest.mark.usefixtures("parent")
def test_thread_on_a_phone(slack: LocalSlack, page: Page) -> None:
    """At 390 px a thread covers the channel, and its reply box is in sight."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(slack.url)
    page.get_by_role("button", name="2 replies").click()
    expect(page.get_by_label("Reply…")).to_be_in_viewport(ratio=1)
    assert not overflows(page)


def test_clock_on_a_phone(moving: LocalSlack, page: Page) -> None:
    """At 390 px the header holds the longest channel's name and the time."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{moving.url}/#{SHARED}")
    expect(clock(page)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Invite it")).to_be_in_viewport(ratio=1)
    assert not overflows(page)


def test_archived_and_back(slack: LocalSlack, page: Page) -> None:
    """Where the message box was an archived channel has a button that opens it again."""
    page.goto(slack.url)
    composer = page.get_by_label("Message #safety")
    composer.fill("/archive")
    composer.press("Enter")
    expect(page.get_by_text("#safety is archived.")).to_be_visible()
    expect(composer).to_be_hidden()
    page.get_by_role("button", name="Unarchive").click()
    expect(composer).to_be_focused()
    expect(page.get_by_text("the app is not in this channel")).to_be_visible()
    assert not slack.workspace.channels[SAFETY].is_archived


def test_thread_of_an_archived_channel(slack: LocalSlack, page: Page) -> None:
    """The threads of an archived channel can be read, not answered."""
    ts = slack.workspace.post(ARCHIVED, ANA, "parent").ts
    slack.workspace.post(ARCHIVED, ANA, "one", thread_ts=ts)
    page.goto(f"{slack.url}/#{ARCHIVED}")
    page.get_by_role("button", name="1 reply").click()
    expect(thread(page)).to_have_text(["parent", "one"])
    expect(page.get_by_role("button", name="Close thread")).to_be_focused()
    expect(page.get_by_label("Reply…")).to_be_hidden()


def test_removed_from_the_page(slack: LocalSlack, page: Page) -> None:
    """Who types /remove @paperboy sees that the app has gone."""
    page.goto(slack.url)
    page.get_by_label("Message #safety").fill("/remove @paperboy")
    page.get_by_label("Message #safety").press("Enter")
    expect(page.get_by_text("the app is not in this channel")).to_be_visible()


def test_channels_change_at_once(slack: LocalSlack, page: Page) -> None:
    """A page shows at once what is renamed, deleted or new, and leaves the deleted channel."""
    page.goto(slack.url)
    slack.rename_channel("safer")
    expect(page.get_by_role("heading", name="safer")).to_be_visible()
    slack.add_channel("C0NEW00001", "brand-new", {ANA})
    expect(page.get_by_role("button", name="brand-new")).to_be_visible()
    slack.delete_channel()
    expect(page.get_by_role("heading", name="reading-group")).to_be_visible()
    expect(page.get_by_role("button", name="safer")).to_have_count(0)


def test_shared_channel(slack: LocalSlack, page: Page) -> None:
    """A channel that another organisation is in says so, in the list and above the messages."""
    page.goto(slack.url)
    page.get_by_role("button", name="shared-with-acme shared with another organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "shared-with-acmeshared with another organisation"
    )


@pytest.mark.parametrize(("user", "other"), [(ANA, "Ben Baker"), (BEN, "Ana Alvarez")])
def test_direct_messages_of_two_people(slack: LocalSlack, page: Page, user: str, other: str) -> None:
    """People have a conversation without the app, called by the other one, into which it is not invited."""
    page.goto(f"{slack.url}/?user={user}")
    page.get_by_role("list", name="Direct messages").get_by_role("button", name=other).click()
    expect(page.get_by_role("heading", name=other)).to_be_visible()
    expect(page.get_by_text("the app is not in this channel")).to_be_hidden()
    page.get_by_label(f"Message {other}").fill("hello")
    page.get_by_label(f"Message {other}").press("Enter")
    expect(page.get_by_role("article")).to_contain_text("hello")
    assert [(each["channel"], each["user"]) for each in slack.messages(DIRECT)] == [(DIRECT, user)]


def test_app_is_not_told_of_others_messages(slack: LocalSlack, page: Page) -> None:
    """To open somebody else's messages is not to open the app's."""
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url) if "/page/open" in request.url else None)
    page.goto(f"{slack.url}/#{DIRECT}")
    direct = page.get_by_role("list", name="Direct messages")
    expect(page.get_by_role("heading", name="Ben Baker")).to_be_visible()
    with page.expect_response("**/page/open"):
        direct.get_by_role("button", name="Paperboy").click()
    direct.get_by_role("button", name="Ben Baker").click()
    expect(page.get_by_role("heading", name="Ben Baker")).to_be_visible()
    assert opened == [f"{slack.url}/page/open"]


def test_deactivated_person_is_nobody_to_be(slack: LocalSlack, page: Page) -> None:
    """One can be anybody but who is deactivated."""
    assert slack.deactivate(BEN) == [Delivery(acknowledged=False, error="dispatch_failed")]
    page.goto(slack.url)
    page.get_by_role("button", name="You are Ana Alvarez").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Ana Alvarez"])
