"""Help: one example a line. Pure."""

from bot.slack.commands import EXAMPLES
from bot.slack.mrkdwn import code
from bot.slack.render.blocks import Message, said
from bot.wording import counted

_LOOK = "By its arXiv or ACL Anthology id, or by a link to it."


def help_page(about: str, corpus_size: int) -> Message:
    """Explain a command, `me`, or /paper as a whole, by examples."""
    return said(*_PAGES.get(about) or _everything(corpus_size))


def _everything(corpus_size: int) -> tuple[str, ...]:
    return (
        f"*Paperboy* searches {counted(corpus_size, 'paper')}.",
        f"{code('/paper backdoor instruction tuning')} the best 5, for the channel",
        f"{code('/paper --me lora moe')} the same, for you alone",
        '`/paper "length bias" -dialogue year:2022..2024` phrase, exclusion, years',
        f"{code('/paper show 2305.14710')} one paper",
        f"{code('/paper similar 2305.14710')} papers like it",
        f"{code('/paper bib 2305.14710 2311.09433')} BibTeX",
        f"{code('/paper status')} what is loaded",
        f"{code('/paper search help wanted')} a search, whatever the words are",
        f"More: {code('/paper help search')}",
    )


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
        f"{code('/paper show 2305.14710')} a paper by its id, or by a link to arXiv or the ACL Anthology",
        f"{code('/paper search help wanted')} a search, even if it begins like a command",
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
    "status": ("*What is loaded*, since when, and what could not be read.", code("/paper status")),
    "me": (
        "*For you alone*: nobody else sees the answer to a search, and you may share it.",
        code("/paper --me lora moe"),
    ),
}
