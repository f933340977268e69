"""What a web page puts around its papers: neither a paper nor a problem, wherever it stands."""

import re

_FURNITURE = re.compile(
    r"""
    new | subscribe
    | get\ trending\ papers\ in\ your\ email\ inbox(?:\ once\ a\ day)?!
    | by\s?AK\ and\ the\ research\ community
    | (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\ [0-9]{1,2}(?:,\ [0-9]{4})?
    | this\ is\ an\ internal,\ incomplete\ preview\ of\ a\ proposed\ change\ to\ the\ ACL\ Anthology\.
    | for\ efficiency\ reasons,\ we\ generate\ only\ three\ BibTeX\ files\ per\ volume,\ and\ the\ preview
      \ may\ be\ incomplete\ in\ other\ ways,\ or\ contain\ mistakes\.
    | do\ not\ treat\ this\ content\ as\ an\ official\ publication\.
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 200
_TRENDING = "get trending papers in your email inbox"
# The compact page glues its button to the title after it: "SubscribeEvaluation of HTR models…".
_GLUED_BUTTON = re.compile(r"\s*Subscribe(?=[^\W\d_a-z]|[0-9])")


def is_furniture(line: str) -> bool:
    """Whether the whole line belongs to the page and not to a paper."""
    return len(line) < _LONGEST and _FURNITURE.fullmatch(line.strip()) is not None


def is_trending(line: str) -> bool:
    """Whether the line is the mark of a page of trending papers."""
    return line.strip().lower().startswith(_TRENDING)


def without_button(title: str) -> str:
    """Return the title without a button's label that is glued to its front."""
    return _GLUED_BUTTON.sub("", title, count=1)
