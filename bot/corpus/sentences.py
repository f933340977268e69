"""A title for a paper that nobody has named: its abstract's first sentence."""

import re

LONGEST = 200
_SHORTEST = 20  # less is an abbreviation or a label: "Motivation. The development of…"
_END = re.compile(r"[.!?](?=\s+[\"'“(\[]?[A-Z0-9])|。")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|cf|vs|etc|resp|approx|Fig|Eq|Sec|Dr|St|No)|\b[A-Z])\.\Z")


def first_sentence(abstract: str) -> str:
    """Return the first sentence without its full stop; past 200 characters it is cut at a word, with "…"."""
    for end in _END.finditer(abstract):
        if end[0] != "。" and end.start() < _SHORTEST:
            continue
        if not _ABBREVIATION.search(abstract, max(0, end.end() - 12), end.end()):
            abstract = abstract[: end.end()]
            break
    sentence = abstract.rstrip(".。") or abstract
    return sentence if len(sentence) <= LONGEST else _cut(sentence)


def _cut(text: str) -> str:
    head = text[: LONGEST - 1]
    if " " in head and text[LONGEST - 1] != " ":
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:-") + "…"
