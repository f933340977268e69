"""TeX's names of characters → the characters: accents, letters, signs, Greek."""

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_ACCENT = re.compile(
    r"""
    \\(?P<mark>["'`^~=.])(?:\{\\?(?P<braced>[A-Za-z])\}|\\(?P<dotless>[ij])(?![A-Za-z])|(?P<bare>[A-Za-z]))
    | \\(?P<letter>[uvHcdbkr])(?:\{\\?(?P<inside>[A-Za-z])\}|\\(?P<plain>[ij])(?![A-Za-z]))
    | \\(?P<cedilla>c)\ (?P<after>[cCsStT])
    """,
    re.VERBOSE,
)
_ESCAPES = re.compile(r"(?:\\u(?=[a-fA-F]{0,3}[0-9])[0-9a-fA-F]{4})+")
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "i": "i", "j": "j",
}  # fmt: skip
_LETTER = re.compile(rf"\\({'|'.join(_LETTERS)})(?![A-Za-z])(?:\{{\}}|\ )?")
_SIGNS = {
    "times": "\N{MULTIPLICATION SIGN}", "cdot": "·", "pm": "±", "approx": "≈", "sim": "\N{TILDE OPERATOR}",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "infty": "∞", "sqrt": "√",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "uparrow": "↑", "downarrow": "↓", "degree": "°",
    "ldots": "…", "dots": "…", "cdots": "…", "textasciitilde": "\N{TILDE OPERATOR}",
    "quad": " ", "qquad": " ", "xspace": "", "left": "", "right": "",
}  # fmt: skip
_GREEK = re.compile(
    r"(?:var)?(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau"
    r"|upsilon|phi|chi|psi|omega)",
    re.IGNORECASE,
)


def read_letters(text: str) -> str:
    r"""Put letters for `\"U`, `\'{e}`, `\c{c}`, `\ss` and their kin."""
    return _LETTER.sub(lambda match: _LETTERS[match[1]], _ACCENT.sub(_accented, text))


def read_escapes(text: str) -> str:
    r"""Put characters for `\u0107`, which exports from JSON leave in names."""
    return _ESCAPES.sub(_unescaped, text)


def symbol(name: str) -> str | None:
    """Return what a command stands for, which may be nothing to see; None where TeX knows no such sign."""
    if name in _SIGNS:
        return _SIGNS[name]
    greek = _GREEK.fullmatch(name)
    if not greek:
        return None
    case = "SMALL" if name.islower() else "CAPITAL"
    letter = greek[1].upper().replace("LAMBDA", "LAMDA")  # Unicode's own spelling
    return unicodedata.lookup(f"GREEK {case} LETTER {letter}")


def _unescaped(match: re.Match[str]) -> str:
    units = match[0].split("\\u")[1:]  # UTF-16: two of them may make one character
    return b"".join(bytes.fromhex(unit) for unit in units).decode("utf-16-be", "ignore").replace("\0", "")


def _accented(match: re.Match[str]) -> str:
    mark, letter = (group for group in match.groups() if group)
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[mark])
    # No such letter: then `\"best` is a quotation mark that somebody escaped.
    return composed if len(composed) == 1 or match["bare"] is None else mark + letter
