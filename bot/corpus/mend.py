"""Text as people should read it."""

import re
import unicodedata

from bot.corpus.tex import has_tex, read_tex

# Characters nobody sees: controls, soft hyphen, zero-width and direction marks, tags, lone surrogates.
# The joiners U+200C and U+200D stay: Persian and emoji are spelt with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def mend(text: str) -> str:
    """Return the text without control characters and TeX, in NFC, white space folded to single spaces.

    Mending twice changes nothing. A text with anything visible in it never becomes empty.
    """
    mended = _clean(text)
    # One reading of TeX may uncover another ("`{}`" is "``", then a quotation mark). Each leaves fewer signs
    # of TeX than it found, so this ends.
    while has_tex(mended) and (plainer := _clean(read_tex(mended))) not in ("", mended):
        mended = plainer
    return mended


def _clean(text: str) -> str:
    line = text.strip().replace("\n", " ")
    if line.isascii() and line.isprintable() and "  " not in line:  # nearly all are, which is soon seen
        return line
    cleaned = " ".join(text.split())
    if not cleaned.isprintable():  # what is printable has nothing that nobody sees
        cleaned = " ".join(_INVISIBLE.sub("", text).split())
    return unicodedata.normalize("NFC", cleaned)
