r"""The TeX that abstracts bring along → plain characters.

Authors paste from their papers, and what a page then shows is TeX's source: `T\"ULU 3`, `3.2\% to 6.1\%`,
``` ``avoid injuries'' ```, `wav2vec~2.0`, `{\ours}`. Each rule here and in its kin is for such a case.
"""

import re

from bot.corpus.symbols import read_escapes, read_letters, symbol
from bot.corpus.typography import read_signs

_SIGNS = ("\\", "~", "{", "}", "`", "$", "''")

_GLUED_LINK = re.compile(r"(?<=\w)(?=\\(?:url|href)\b)")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_FONT = re.compile(r"(\{)?\\(?:bf|it|em|tt|rm|sc|sf|sl|small|bfseries|itshape|ttfamily)(?![A-Za-z{])\s*")
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(\{\}|\{)?|\\(.?)")
_SPACES = frozenset("\\,;: ~")
_NOTHING = frozenset("!/-()[]")

# Marks a brace that belongs to a command. `mend` lets no such character in.
_GROUP = "\0"
_BRACE = re.compile(r"\0?\{|[}\s,]")


def has_tex(text: str) -> bool:
    """Tell whether there is anything to read for `read_tex`."""
    for sign in _SIGNS:  # most texts hold none, which this tells fifteen times as fast as one search for any
        if sign in text:
            return True
    return "//" in text and "//" in text.replace("://", "")


def read_tex(text: str) -> str:
    """Put plain characters for TeX, once. The text has no NUL; its white space may come out unfolded."""
    if "\\" in text:
        text = _read_commands(text)
    text = read_signs(text)
    return _without_braces(text) if "{" in text else text


def _read_commands(text: str) -> str:
    text = _GLUED_LINK.sub(" ", read_escapes(text))
    text = _FONT.sub(lambda match: _GROUP + "{" if match[1] else "", text)
    text = _HREF.sub(r"\2 (\1)", text)
    text = _FRACTION.sub(r"\1/\2", text)
    return _COMMAND.sub(_command, read_letters(text))


def _command(match: re.Match[str]) -> str:
    name, brace, sign = match.groups()
    if name is None:
        return " " if sign in _SPACES else "" if sign in _NOTHING else sign
    shown = symbol(name)
    if brace == "{":  # the argument is what people should read: \textit{x}, \url{x}, \emph{x}
        return (shown or "") + _GROUP + "{"
    return name if shown is None else shown  # an author's own macro stands for a name: \ours, \ewtune


def _without_braces(text: str) -> str:
    """Return the text without the braces of commands, and those around one word ("10^{15}", "{varphi}").

    Braces around a list stay: "{yes, no}" is written so to be read.
    """
    opened: list[tuple[re.Match[str], bool]] = []
    dropped: list[tuple[int, int]] = []
    several = False  # whether the innermost open group holds more than one word
    for match in _BRACE.finditer(text):
        if match[0].endswith("{"):
            opened.append((match, several))
            several = False
        elif match[0] != "}":
            several = True
        elif opened:
            brace, outer = opened.pop()
            if brace[0].startswith(_GROUP) or not several:
                dropped += [brace.span(), match.span()]
            several = several or outer
    dropped += [brace.span() for brace, _ in opened if brace[0].startswith(_GROUP)]
    return _cut_out(text, sorted(dropped))


def _cut_out(text: str, spans: list[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = end
    return "".join([*kept, text[position:]])
