"""Help: one example a line. Pure."""

from collections.abc import Sequence

from bot.slack.commands import EXAMPLES
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Message, fit, said
from bot.slack.render.topics import follow_button
from bot.topics import Topic
from bot.wording import counted

_TOPIC, _NAMED = 80, 10
_LOOK = "By its arXiv or ACL Anthology id, its DOI, or a link."


def help_page(about: str, corpus_size: int, topics: Sequence[Topic] = ()) -> Message:
    """Explain a command, `me`, how to manage, or /paper as a whole with what the channel follows."""
    if lines := _PAGES.get(about):
        return said(*lines)
    lines = _everything(corpus_size)
    followed = _followed(topics)
    row = blocks.actions(follow_button())
    return blocks.message([*lines, *followed], [blocks.section("\n".join([*lines, *followed])), row])


def _everything(corpus_size: int) -> tuple[str, ...]:
    return (
        f"*Paperboy* searches {counted(corpus_size, 'paper')} and brings this channel the new ones.",
        f"{code('/paper backdoor instruction tuning')} the best 5, for the channel",
        f"{code('/paper --me lora moe')} the same, for you alone",
        '`/paper "length bias" -dialogue year:2022..2024` phrase, exclusion, years',
        f"{code(EXAMPLES['show'])} one paper",
        f"{code(EXAMPLES['subscribe'])} new papers, here",
        f"{code('/paper topics')} what this channel follows",
        f"{code('/paper reload')} the papers anew, for admins",
        f"More: {code('/paper help search')}, {', '.join(map(code, ('subscribe', 'manage', 'admin')))}",
    )


def _followed(topics: Sequence[Topic]) -> list[str]:
    named = [f"{topic.number} *{fit(topic.query, _TOPIC)}*" for topic in topics[:_NAMED]]
    if not named:
        return []
    more = f" and {len(topics) - _NAMED} more" if len(topics) > _NAMED else ""
    return [f"This channel follows: {', '.join(named)}{more}"]


_QUOTED = code('/paper subscribe "weekly planning" daily')
_BY_WORDS = code("/paper unsubscribe backdoor attacks")
_TOPICS = "*What this channel follows*: each topic's schedule, its last and next digest, and who set it."
_ADMINS = f"For the workspace's admins and owners, and whoever {code('PAPERBOY_ADMINS')} names."
_PAUSE = "*Pausing a topic*, by its number, and resuming it; what was missed comes afterwards."
_PAGES: dict[str, tuple[str, ...]] = {
    "search": (
        "*Searching.* Type words of a title, a topic or a method; the best 5 papers answer.",
        "Any of the words may match; papers that have the rarer words come first.",
        "`without:` names the words that a paper does not have.",
        "Endings, accents, hyphens and capitals do not matter:",
        "`finetune` and `Fine Tuning` both find fine-tuned, `tulu` finds TÜLU.",
        '`/paper "length bias" reward` a phrase: these words, in this order',
        f"{code('/paper lora -survey')} no paper with this word",
        f"{code('/paper title:backdoor')} in the title; `author:` and `source:` likewise",
        f"{code('/paper author:xu year:2022..2024')} of these years; `year:2023` of one",
        f"{code('/paper show 2305.14710')} a paper by its id, its DOI or a link, Semantic Scholar's too",
        f"{code('/paper similar 2305.14710')} papers like it; {code(EXAMPLES['bib'])} BibTeX",
        f"{code('/paper search help wanted')} a search, even if it begins like a command",
    ),
    "subscribe": (
        "*Following a topic.* New papers on it come here when you want them; without any, nothing.",
        f"{code('/paper subscribe')} a form",
        f"{code(EXAMPLES['subscribe'])} or all in one line. Behind the topic, in any order:",
        "• days: `daily`, `weekdays`, `mon,thu`, `mon-fri`, `weekly on mondays`, `monthly on the 15th`",
        "• time: `at 9`, `9:30 pm`, `09:00`, `noon`; zone: `in Berlin`, `in Europe/Berlin`, `in UTC`",
        "• at most so many papers: `top 1` to `top 20`",
        "• what a paper must have: `broad` half of the topic, `normal` most of it, `strict` every word",
        "Otherwise: Mondays at 09:00 where you are, top 5, normal.",
        "The topic takes all that a search does: phrases, `-exclusions`, `author:` and `year:`. See",
        f"{code('/paper help search')}. Quotes protect it: {_QUOTED}",
    ),
    "unsubscribe": (
        "*Following a topic no longer.* By its number, its words, or all. The channel sees how to undo it.",
        f"{code(EXAMPLES['unsubscribe'])}, {_BY_WORDS}, {code('/paper unsubscribe all')}",
    ),
    "topics": (_TOPICS, code(EXAMPLES["topics"])),
    "list": (_TOPICS, code(EXAMPLES["topics"])),
    "edit": (
        "*Changing a topic.* By its number, and what shall be otherwise; a form, if you say no more.",
        f"{code(EXAMPLES['edit'])}, {code('/paper edit 1 prompt injection top 3')}, {code('/paper edit 1')}",
    ),
    "pause": (_PAUSE, code(EXAMPLES["pause"])),
    "resume": (_PAUSE, code(EXAMPLES["resume"])),
    "preview": (
        "*Previewing.* What the next digest would bring, for you alone; of a topic, or of one by its number.",
        f"{code(EXAMPLES['preview'])}, {code('/paper preview 1')}",
    ),
    "manage": (
        "*Managing topics.* Anyone in the channel may; the channel sees who did it, and how to undo it.",
        f"{code('/paper topics')} what this channel follows, with a menu ⋯ for each",
        f"{code(EXAMPLES['edit'])} another schedule, words or number of papers",
        f"{code(EXAMPLES['pause'])} and {code(EXAMPLES['resume'])} what was missed comes afterwards",
        f"{code(EXAMPLES['unsubscribe'])}, or {code('/paper unsubscribe all')}",
        f"{code('/paper preview 1')} what the next digest would bring",
    ),
    "admin": (
        "*Running Paperboy.*",
        f"{code('/paper status')} what is loaded, what could not be read, when the next digest comes",
        f"{code('/paper reload')} reads the corpus anew; searches go on meanwhile. " + _ADMINS,
        f"{code(EXAMPLES['feeds'])} new papers by themselves; more: {code('/paper help feeds')}",
        f"In a private channel, invite me first: {code('/invite @paperboy')}. Public ones I join by myself.",
    ),
    "show": (
        "*One paper*, its whole abstract, for you alone; you may share it. " + _LOOK,
        f"{code(EXAMPLES['show'])} An id or a link alone does the same.",
    ),
    "similar": ("*Papers like one*, for you alone; you may share them. " + _LOOK, code(EXAMPLES["similar"])),
    "bib": (
        "*BibTeX* of one or more papers, for you alone. By their ids, or by links to them.",
        code(EXAMPLES["bib"]),
    ),
    "status": (
        "*What is loaded*, since when, what came of that, what could not be read, and the next digest here.",
        code("/paper status"),
    ),
    "reload": (
        "*Reloading.* I read the corpus anew, search on meanwhile, and tell you alone what came of it.",
        f"{code('/paper reload')} {_ADMINS}",
    ),
    "feeds": (
        "*Feeds* bring new papers by themselves, to searches and to the next digests.",
        f"{code('/paper feeds')} which there are, when each was read last, and what it brought",
        f"{code(EXAMPLES['feeds'])} a category of arXiv",
        '`/paper feeds add arxiv:ti:"backdoor attack" AND cat:cs.CR` a search, in its own syntax',
        f"{code('/paper feeds add https://example.org/feed.xml')} an Atom or RSS feed",
        f"{code('/paper feeds remove 2')} by its number; what it brought stays",
        f"Adding and removing: {_ADMINS[0].lower()}{_ADMINS[1:]}",
    ),
    "me": (
        "*For you alone*: nobody else sees the answer to a search, and you may share it.",
        code("/paper --me lora moe"),
    ),
}
