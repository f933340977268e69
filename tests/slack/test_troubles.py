"""What owners read when something fails, beside what the goldens show."""

import pytest

from bot.digest.sending import Trouble
from bot.slack import render
from bot.topics import Topic
from tests.slack.editions import HERE, topic
from tests.slack.extremes import TEXTS, strictly

TEA, COFFEE = topic(1, "tea"), topic(2, "coffee")


@pytest.mark.parametrize(
    ("topics", "named"), [((TEA,), "topic 1 tea"), ((TEA, COFFEE), "topics 1 tea, 2 coffee")]
)
def test_a_digest_refused_for_a_defect(topics: tuple[Topic, ...], named: str) -> None:
    """Whose fault it is, that nothing is lost, whom to tell, and when it is said again."""
    message = strictly(render.trouble(Trouble(HERE, topics, "no_text", refused=True)))
    assert message.text.split("\n") == [
        "A digest did not get into <#C0SAFETY01>, through a fault of mine: Slack says `no_text`.",
        f"It was for {named}.",
        "Nothing is lost: its papers will come with the next digest. Please tell whoever runs me."
        " I say this once, until a digest arrives there again.",
    ]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_refusal_breaks_no_limit(text: str) -> None:
    """However many topics it is for, whatever they are called, and whatever Slack says."""
    strictly(render.trouble(Trouble(HERE, (topic(1, text[:500]),) * 200, text[:500], refused=True)))
