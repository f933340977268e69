"""What listeners work with: the library, the clock, what was claimed; and what a button stands for today.

Law: a button is answered from the corpus there is now, and the answer says so where that is another one.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from bot.answers import Answer, Reload, Similar
from bot.digest.following import Following, News
from bot.errors import OperatorError, UserError
from bot.feed_list import FeedList
from bot.fetches import Fetch
from bot.library import Library
from bot.papers import Paper
from bot.slack import render
from bot.slack.buttons import Alike, One, Results, Subject
from bot.slack.claims import Claims
from bot.slack.forms import Form
from bot.slack.render import Listed, Listing, Message, View
from bot.slack.render.lists import PAGE, WINDOW_PAGE
from bot.slack.render.topics import PAGE as TOPICS_PAGE
from bot.topics import Place
from bot.wording import shorten

Page = TypeVar("Page", Answer, Similar)
FetchFeed = Callable[[int], Fetch | None]

_log = logging.getLogger(__name__)


class Upkeep(NamedTuple):
    """What brings papers when somebody asks for it, as `Desk` has it."""

    reload: Reload
    feeds: FeedList
    fetch: FetchFeed


@dataclass(frozen=True, slots=True)
class Desk:
    """`search` gives a query's best papers, and its time is taken; the library gives all else.

    `following` is what channels follow, `timezone` the zone of whoever has none in Slack.
    `reload` reads the corpus anew for whoever is called so, tells now and then how far it is, and returns
    what it brought; it raises UserError while another one is under way, and OperatorError where it failed
    and nothing changed. `feeds` are those that are followed; `fetch` fetches one of them now, by its number,
    and returns None where others are fetched for long, or Paperboy stops. `admins` are people who may have
    that done besides the workspace's admins.
    """

    library: Library
    search: Callable[[str, int], Answer]
    claims: Claims
    following: Following
    clock: Callable[[], datetime]
    reload: Reload
    feeds: FeedList
    fetch: FetchFeed
    timezone: str = "UTC"
    admins: frozenset[str] = frozenset()

    @property
    def loaded(self) -> int:
        """When the papers were loaded, in Unix seconds; 0 before they were."""
        loaded_at = self.library.loaded_at
        return int(loaded_at.timestamp()) if loaded_at else 0

    def since(self, subject: Subject) -> bool:
        """Tell whether the papers have been loaded anew since a button was drawn."""
        return subject.loaded != self.loaded

    def listing(self, subject: Results | Alike) -> Listing:
        """Return a page of a list; for one past the end the last."""
        if isinstance(subject, Alike):
            return self.similar(subject, PAGE)
        return _page(lambda skip: self.library.search(subject.query, PAGE, skip), subject.skip, PAGE)

    def similar(self, alike: Alike, size: int = WINDOW_PAGE) -> Similar:
        """Return a page of the papers like one; for one past the end the last.

        Raises UserError where the one is there no more.
        """
        self.paper(One(alike.like, alike.loaded))
        return _page(lambda skip: self.library.similar(alike.like, size, skip), alike.skip, size)

    def paper(self, one: One) -> Paper:
        """Return the paper that a button stands for; raises UserError where it is there no more."""
        try:
            return self.library.paper(one.paper)
        except UserError:
            raise UserError(
                f"The paper {shorten(one.paper, 60)} is no longer here: the papers have been loaded anew."
            ) from None

    def shown(self, subject: Results | Alike) -> Message:
        """Return a page for one person; where nothing is to be found any more, the message that says so."""
        found = self.listing(subject)
        if isinstance(found, Answer) and not found.found:
            return render.nothing_found(found, self.clock())
        return render.page(found, since=self.since(subject))

    def listed(self, place: Place, channel: str = "", after: int = 0) -> Listed:
        """Return a page of what a channel, which is called so, follows; for one past the end the last."""
        total = len(self.following.topics(place))
        after = min(after, max(0, total - 1) // TOPICS_PAGE * TOPICS_PAGE)
        states = self.following.states(place, TOPICS_PAGE, after)
        next_one, stopped = self.following.next(place), self.following.stopped(place)
        return Listed(channel, tuple(states), after, total, next_one, stopped)

    def managed(self, place: Place, after: int = 0) -> View:
        """Return the window in which a channel's topics are managed, at a page."""
        listed = self.listed(place, after=after)
        return render.topics_window(listed, Form(place.channel, after=listed.after), self.clock())

    def news(self, place: Place, above: int) -> News | None:
        """Return what of the papers with numbers `above` one matches a channel's topics.

        None where it follows nothing, or nobody knows.
        """
        try:
            return self.following.matching_new(place, above) if self.following.topics(place) else None
        except (UserError, OperatorError) as error:  # what brought them is done, and can be told all the same
            _log.warning("what is new to a channel is not known: %s", error)
            return None

    def shared(self, subject: Subject, person: str) -> Message:
        """Return what a button stands for as the channel sees it, shared by a person."""
        since = self.since(subject)
        if isinstance(subject, One):
            return render.shared_paper(self.paper(subject), self.loaded, person, since=since)
        found = self.listing(subject)
        if not found.found:
            raise UserError("There is nothing left to share: the papers have been loaded anew.")
        return render.results(found, person, "shared", since=since)


def _page(fetch: Callable[[int], Page], skip: int, size: int) -> Page:
    found = fetch(skip)
    return found if found.found or not found.total else fetch((found.total - 1) // size * size)
