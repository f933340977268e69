"""/paper feeds: which bring new papers; and for admins one more, or one less.

Law: a feed is followed before it is fetched, so nothing is lost where that fails; the asker alone is told.
"""

from bot.feeds.addresses import Feed
from bot.slack import render
from bot.slack.admins import admin
from bot.slack.asked import AddFeed, Feeds, RemoveFeed
from bot.slack.desk import Desk
from bot.slack.guard import beside, tell
from bot.slack.replies import Reply
from bot.slack.visits import Visit
from bot.store.feeds import Followed
from bot.topics import Person, Place


def answer_feeds(desk: Desk, visit: Visit, command: Feeds | AddFeed | RemoveFeed) -> None:
    """Do what a command about feeds asks for; raises UserError where the asker can mend it."""
    if isinstance(command, Feeds):
        now = desk.clock()
        visit.reply.to_asker(render.feed_list(desk.feeds.followed(now), now))
        return
    who = admin(visit.client, visit.scene, desk.admins, "change the feeds")
    if isinstance(command, AddFeed):
        _add(desk, visit, command.feed, who)
    else:
        tell(visit.after, render.feed_removed(desk.feeds.remove(command.which)))


def _add(desk: Desk, visit: Visit, feed: Feed, who: Person) -> None:
    """Follow a feed, and fetch it in a thread of its own."""
    added, reply = desk.feeds.add(feed, who, desk.clock()), visit.after
    tell(reply, render.feed_added(added))
    beside(lambda: _fetch(desk, visit.scene.place, added, reply), reply, "feed")


def _fetch(desk: Desk, place: Place, added: Followed, reply: Reply) -> None:
    """Fetch a feed that was added, and tell what came of that, unless it has been removed meanwhile."""
    fetch = desk.fetch(added.number)
    now, arrived = desk.clock(), fetch and fetch.arrived
    news = desk.news(place, arrived.above) if arrived and arrived.new else None
    for feed in desk.feeds.followed(now):
        if feed.number == added.number:
            tell(reply, render.feed_fetched(feed, fetch, news, now))
