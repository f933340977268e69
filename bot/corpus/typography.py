"""Signs that TeX's authors type and readers should not see: lost schemes, quotation marks, ties, dollars."""

import re

# `https:` is lost where a page made a link of it. A host has a dot; "and // or" has none.
_SCHEMELESS = re.compile(r"(?<![:/\w])//(?=[A-Za-z0-9-]+\.[A-Za-z0-9/])")

_GLUED_QUOTE = re.compile(r"(?<=\w)``(?=\w)")
_QUOTE = re.compile(r"``|''")
_SINGLE_QUOTED = re.compile(r"(?<![`\w])`([^`'\s][^`']{0,80})'(?!')")

_MATH = re.compile(r"(?<![\w$])\$\$?(?![\s).,;:!?])([^$]{1,200}?)(?<!\s)\$\$?(?![\d$])")
_MATH_SIGN = re.compile(r"[\\^_=<>+{}\N{MULTIPLICATION SIGN}·±≈≤≥]")

_TIE = re.compile(r"~+")
_LONGEST_ADDRESS = 200
_NUMBER_AHEAD = re.compile(r"[$€£]?\.?\d")
_NUMBER_BEHIND = re.compile(r"(?<![\w.])\d[\d.,]*[%A-Za-z]{0,2}\Z")


def read_signs(text: str) -> str:
    """Put plain signs for TeX's. Quotation marks come out straight, as most abstracts have them."""
    text = _SCHEMELESS.sub("https://", text)
    text = _MATH.sub(_math, text)
    text = _GLUED_QUOTE.sub(' "', text)
    text = _QUOTE.sub('"', text)
    text = _SINGLE_QUOTED.sub(r"'\1'", text)
    return _TIE.sub(_tie, text)


def _math(match: re.Match[str]) -> str:
    """Return the formula without its dollar signs; "$5 and 10$" is money."""
    inside = match[1]
    money = inside[0].isdigit() and " " in inside and not _MATH_SIGN.search(inside)
    return match[0] if money else inside


def _tie(match: re.Match[str]) -> str:
    """Return a space for a tie, and the sign itself where it means "about" (~1M) or "to" (0.15~0.3).

    A tie stands after a word. "About" stands before a number and after a space or an opening bracket; "to"
    stands between two numbers, and "wav2vec" is none. Addresses keep theirs.
    """
    text, start, end = match.string, match.start(), match.end()
    word = text[text.rfind(" ", 0, start) + 1 : start][-_LONGEST_ADDRESS:]
    number_ahead = _NUMBER_AHEAD.match(text, end) is not None
    about = number_ahead and (not word or word[-1] in "([{<=\"'")
    between = number_ahead and _NUMBER_BEHIND.search(word) is not None
    address = "://" in word or word.endswith("/") or text.startswith("/", end)
    alone = not word and text[end : end + 1] in ("", " ")
    return match[0] if about or between or address or alone else " "
