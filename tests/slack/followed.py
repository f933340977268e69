"""Topics as people see them: previews, states, lists and forms, from the seeds or made to break a message."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.digest.following import Deed, Done, Preview, Rate, State
from bot.digest.schedule import following
from bot.library import Library
from bot.slack import render
from bot.slack.forms import Form
from bot.slack.render import Listed, Message, View
from bot.slack.render.topics import PAGE
from bot.store.deliveries import Last
from bot.topics import Pause, Person, Schedule, Strictness, Topic, Wish
from tests.conftest import LOADED_AT
from tests.slack.editions import DAILY, topic

NOW = LOADED_AT + timedelta(hours=2)
MONTHLY = Schedule((), 1, DAILY.at, DAILY.zone)
FORM = Form("C0SAFETY01", "https://hooks.slack.com/commands/T0/1/x")
BACKDOOR = topic(1, "backdoor attacks", DAILY, top=5, earlier=5)
PAUSED = topic(
    3, "prompt injection", owner=Person("U2", "ben"), pause=Pause(LOADED_AT, why="restricted_action"), top=5
)


def preview(library: Library, query: str, most: int = 5) -> Preview:
    """Return what a topic would bring of the seeds."""
    matcher = library.matcher()
    match = matcher.match(query, Strictness.NORMAL)
    best = matcher.best(match)
    narrowing = matcher.narrowing(match) if match.is_broad else ()
    brings = tuple(matcher.show(match, best[:most]))
    return Preview(match.query.text, match, brings, 0, narrowing, Rate(None, LOADED_AT))


def done(deed: Deed, after: Topic, before: Topic | None = None) -> Done:
    """Return what became of a topic."""
    return Done(after, deed, following(after.schedule, NOW).moment, before)


def state(library: Library, shown: Topic, last: Last | None = None) -> State:
    """Return a topic as a list shows it."""
    match = library.matcher().match(shown.query, shown.strictness)
    return State(shown, None if shown.pause else following(shown.schedule, NOW).moment, last, match)


def listed(library: Library) -> Listed:
    """Return the list of messages.md, and what else a list may say."""
    monday = date(2026, 11, 23)
    states = (
        state(library, replace(BACKDOOR, top=3), Last(monday, 3, 0, "done", "")),
        state(library, topic(2, "safety alignment"), Last(monday, 3, 2, "done", "")),
        state(library, PAUSED),
        state(library, topic(4, "quantum error correction", MONTHLY, top=5)),
        state(library, topic(5, "lora", top=5, strictness=Strictness.STRICT), Last(monday, 2, 0, "held", "")),
        state(library, topic(6, "length bias", pause=Pause(NOW, "ana")), Last(monday, 0, 0, "", "")),
        state(library, topic(7, "dialogue & speech"), Last(monday, 1, 0, "open", "")),
        state(library, topic(8, "reward model"), Last(monday, 1, 0, "refused", "")),
        state(library, topic(9, "alignment", pause=Pause(LOADED_AT, why="is_archived"))),
    )
    next_one = (datetime(2026, 11, 24, 9, tzinfo=UTC), "Europe/London")
    return Listed("safety", states, 0, len(states), next_one, (LOADED_AT, "account_inactive"))


KINDS: dict[str, Callable[[Library], Message | View]] = {
    "topic-added": lambda _: render.done(done(Deed.ADDED, BACKDOOR), "ana", NOW),
    "topic-kept": lambda _: render.done(done(Deed.KEPT, BACKDOOR, BACKDOOR), "ana", NOW, again=True),
    "topic-changed": lambda _: render.done(
        done(Deed.CHANGED, replace(BACKDOOR, top=3), replace(BACKDOOR, query="lora")), "ben", NOW
    ),
    "topic-changed-again": lambda _: render.done(
        done(Deed.CHANGED, replace(BACKDOOR, top=3), replace(BACKDOOR, pause=Pause(NOW, "ben"))),
        "ana",
        NOW,
        again=True,
    ),
    "topic-paused": lambda _: render.paused(BACKDOOR, "ana"),
    "topic-resumed": lambda _: render.resumed(done(Deed.CHANGED, BACKDOOR), "ana", NOW),
    "topic-ended": lambda _: render.ended([BACKDOOR], "ana"),
    "topics-ended": lambda _: render.ended([BACKDOOR, PAUSED], "ana"),
    "topic-skipped": lambda _: render.skipped(BACKDOOR, "ana"),
    "topic-not-skipped": lambda _: render.not_skipped(1),
    "topic-untold": lambda _: render.untold(render.paused(BACKDOOR, "ana"), surely=False),
    "topic-untold-surely": lambda _: render.untold(render.paused(BACKDOOR, "ana"), surely=True),
    "preview-first": lambda library: render.first_digest(preview(library, "backdoor attacks"), BACKDOOR),
    "preview-broad": lambda library: render.first_digest(
        preview(library, "language model"), BACKDOOR, shared=True
    ),
    "preview-rate": lambda library: render.first_digest(
        replace(preview(library, "lora"), rate=Rate(3.2, LOADED_AT)), BACKDOOR, unzoned=True
    ),
    "preview-next": lambda library: render.next_digest(preview(library, "lora", 0), BACKDOOR, NOW, NOW),
    "preview-not-followed": lambda library: render.not_followed(
        preview(library, "length bias"), "length bias daily top 3"
    ),
    "topics": lambda library: render.topic_list(listed(library), NOW),
    "topics-none": lambda _: render.topic_list(Listed("", (), 0, 0, None), NOW),
    "topics-window": lambda library: render.topics_window(listed(library), FORM, NOW),
    "topic-form": lambda _: render.topic_form(FORM, Wish("lora moe")),
    "topic-form-begun": lambda _: render.topic_form(
        FORM, Wish("lora", ((), 31), time(0), "Asia/Tokyo", 3, Strictness.STRICT)
    ),
    "topic-form-edited": lambda library: render.with_preview(
        render.edit_form(replace(FORM, topic=3), replace(PAUSED, schedule=MONTHLY)),
        render.in_form(preview(library, "length bias")),
    ),
    "topic-form-offered": lambda _: render.open_form(render.follow_button(), "What shall I bring here?"),
    "topic-form-offered-edit": lambda _: render.open_form(render.edit_button(3), "What shall change?"),
    "help-topics": lambda library: render.help_page("", library.size, [BACKDOOR, PAUSED]),
    "help-subscribe": lambda library: render.help_page("subscribe", library.size),
    "help-manage": lambda library: render.help_page("manage", library.size),
    "help-admin": lambda library: render.help_page("admin", library.size),
    "help-feeds": lambda library: render.help_page("feeds", library.size),
    "status-next": lambda library: render.status(library.status(), [], "0.1.0", NOW, (NOW, "Europe/London")),
}


def of_any_text(library: Library, text: str) -> list[Message | View]:
    """Return everything that says something of a topic, with a query and a person made to break it."""
    by = Person("U1", text)
    made = topic(1, text[:500] or "x", owner=by, pause=Pause(NOW, text, text), top=20)
    other = replace(made, pause=None, query="&" * 500, strictness=Strictness.STRICT)
    shown = replace(preview(library, "language model", 10), query=made.query, waiting=10**6)
    shown = replace(shown, match=replace(shown.match, unknown=(text,) * 60), narrowing=(text,) * 3)
    last = Last(date(2026, 11, 23), 10, 10**6, "held", text)
    match = replace(shown.match, total=0)
    states = tuple(State(each, None, last, match) for each in [made, other] * (PAGE // 2))
    page = Listed(text, states, 10, 200, (NOW, "America/Argentina/ComodRivadavia"), (NOW, text))
    form = Form("C1", "https://x.org/" + "u" * 5000, 1, 10)
    view = render.edit_form(form, made)
    return [
        *(render.done(done(deed, other, made), text, NOW, again=True) for deed in Deed),
        render.paused(made, text),
        render.resumed(done(Deed.CHANGED, made), text, NOW),
        render.ended([made], text),
        render.ended([other], text),
        render.ended([made, other] * 100, text),
        render.untold(render.ended([made, other] * 100, text), surely=True),
        render.skipped(made, text),
        render.first_digest(shown, made, shared=True, unzoned=True),
        render.next_digest(shown, made, None, NOW),
        render.not_followed(shown, text[:500] or "x"),
        render.topic_list(page, NOW),
        render.topics_window(page, form, NOW),
        view,
        render.topic_form(form, Wish(text[:500], zone="America/Argentina/ComodRivadavia")),
        render.with_preview(render.with_preview(view, render.in_form(shown)), render.in_form(shown)),
        render.help_page("", 10**9, [made, other] * 100),
        render.open_form(render.edit_button(10**6), "What?"),
    ]
