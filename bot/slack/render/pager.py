"""The buttons that lead from a list to its pages, its papers and a better query. Pure."""

from bot.answers import Answer, Found
from bot.slack.buttons import (
    ABSTRACT,
    FOLLOW,
    MORE,
    NEXT,
    PREVIOUS,
    SEARCH,
    SHARE,
    Alike,
    One,
    Results,
    Wanted,
)
from bot.slack.render import blocks
from bot.slack.render.blocks import Block
from bot.slack.render.heads import Listing


def loaded(listing: Listing) -> int:
    """Return when the corpus of a list was loaded, as buttons have it: in Unix seconds."""
    return int(listing.loaded_at.timestamp())


def more(listing: Listing, size: int) -> Block | None:
    """Return the button that shows whoever presses it what follows, if anything does."""
    return blocks.button("More results", MORE, _page(listing, size)) if _goes_on(listing, size) else None


def follow(listing: Listing) -> Block | None:
    """Return the button that opens the form for a topic, with what was searched."""
    if not isinstance(listing, Answer):
        return None
    return blocks.button("Follow this search", FOLLOW, Wanted(listing.query.text))


def turning(listing: Listing, size: int, where: str = "") -> tuple[Block | None, Block | None]:
    """Return the buttons that turn the pages; a first page says what comes, a later one where it goes."""
    following = "Next" if listing.skip or where else "More results"
    return (
        blocks.button("Previous", where + PREVIOUS, _page(listing, -size)) if listing.skip else None,
        blocks.button(following, where + NEXT, _page(listing, size)) if _goes_on(listing, size) else None,
    )


def share(listing: Listing) -> Block | None:
    """Return the button that shows the page to the channel."""
    return blocks.button("Share here", SHARE, _page(listing, 0))


def suggested(listing: Listing) -> Block | None:
    """Return the button that searches what was suggested, on the page that suggests something."""
    if not isinstance(listing, Answer) or listing.skip or listing.suggestion is None:
        return None
    text = listing.suggestion.text
    return blocks.button(f"Search {text}", SEARCH, Results(text, 0, loaded(listing)))


def abstract(found: Found, listing: Listing, where: str = "") -> Block | None:
    """Return the button that opens a paper of the list."""
    return blocks.button("Abstract", where + ABSTRACT, One(found.paper.shown_id, loaded(listing)))


def _goes_on(listing: Listing, size: int) -> bool:
    return listing.total > listing.skip + size


def _page(listing: Listing, step: int) -> Results | Alike:
    skip = max(0, listing.skip + step)
    if isinstance(listing, Answer):
        return Results(listing.query.text, skip, loaded(listing))
    return Alike(listing.paper.shown_id, skip, loaded(listing))
