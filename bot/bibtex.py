"""A paper as a BibTeX entry, for bibtex and pdflatex as for biber.

Law: what a paper says is text, never TeX; what TeX would read as a sign of its own stands as a macro in
braces. What is not known is left out. Pure: the same paper gives the same entry, under the same key.
"""

import re
import unicodedata
from urllib.parse import quote

from pylatexenc.latexencode import get_builtin_uni2latex_dict

from bot.papers import Paper, TitleOrigin
from bot.wording import address, quoted_doi, venue

_JOURNAL = re.compile(r"\d{4}\.(tacl|cl)-")
_JOURNALS = {
    "tacl": "Transactions of the Association for Computational Linguistics",
    "cl": "Computational Linguistics",
}

# What becomes a macro. The rest stays: scripts that pdflatex lacks, and Cyrillic, whose macros it knows only
# where it reads Cyrillic itself.
_SIGN = re.compile(
    r"[^\W_][\u0300-\u036f]+"  # a letter with marks that Unicode has not made one character
    r'|[\\{}#$%&_~^<>|`"\u00a0-\u024f\u0370-\u03ff\u1e00-\u1eff\u2010-\u22ff]'
)
_OPENING_QUOTE = re.compile(r'(?<![^\s(\[–—-])"')
_MACROS = {
    "{": r"\textbraceleft",  # bibtex counts each brace, one behind a backslash too
    "}": r"\textbraceright",
    "|": r"\textbar",
    "`": r"\textasciigrave",  # as it is it makes ligatures: ?` is ¿
    "ΐ": r"\ensuremath{\acute{\ddot{\iota}}}",  # pylatexenc's lacks the \ensuremath
}
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0326": "textcommabelow",
    "\u0327": "c", "\u0328": "k", "\u0331": "b",
}  # fmt: skip
_LATIN = "\u024f"  # up to here the UTF-8 is kept below an accent: biber breaks \'{\^o}, and all read \'{ô}
_ABOVE = 230  # Unicode's class of marks above a letter: TeX sets them on letters, those below on anything

# A word, with what joins parts of one: BERT's, DomURLs_BERT, MedS^3, AT&T, Awaker2.5.
_WORD = re.compile(r"[\w\u0300-\u036f]+(?:['’.^_&][\w\u0300-\u036f]+)*")
_NUMBER = re.compile(r"[ -]v?[\d.]++(?!%)")
_PROPER = re.compile(
    "Afric|Americ|Arab|Asia|Brit(?:ain|ish)|Chin[ae]|Dutch|Engl|Europ|Finnish|French|German|Greek|Hebrew|Hindi"
    "|India|Indones|Iran|Italian|Japan|Korea|Lao$|Latin|Malay|Persian|Portug|Russia|Singlish|Slovak|Spanish"
    "|Swahili|Swedish|Thai|Turkish|Urdu|Vietnam|Bayes|Gauss|Markov|Bard$|Claude|Gemini|Google|Llama|Mistral"
)
_SHOUTED = 3

_UNNAMED = re.compile(r"[\\{}~^=]")  # no name has them; of one that did biber makes broken initials, or parts
_ET_AL = re.compile(r",?\s+et al\.?\Z")
_SUFFIXED = re.compile(r"(.+?),? (Jr\.?|Sr\.?|II|III|IV)")
_WHOLE = re.compile(
    r"(?i:\band\b)|[,&:]|\bThe\b|\b(?:AI|Collaboration|Community|Consortium|Foundation|Group|Inc|Institute|Labs?"
    r"|Project|Research|Team|University|Workshop)\b"
)
_PARTICLES = frozenset({"Van", "Von", "De", "Da", "Do"})
_ASCII = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


def entry(paper: Paper) -> str:
    """Return the entry, one field a line, without a newline at its end.

    It is @inproceedings in a volume of the Anthology, @article in a journal of it, else @misc. Where only the
    first author is known, others follow. An abstract's first sentence is no title: it stands in the note.
    """
    kind, place = _published(paper.acl_id)
    titled = paper.title_origin is not TitleOrigin.SENTENCE
    fields = {
        "title": _title(_plain(paper.title)) if titled else "",
        "author": " and ".join(_authors(paper)),
        **place,
        "year": paper.acl_id[:4] if place else str(paper.year or ""),  # paper.year may be the preprint's
        "eprint": quote(paper.arxiv_id),
        "archiveprefix": "arXiv" if paper.arxiv_id else "",  # also biblatex's eprinttype; biber wants one
        "doi": quoted_doi(paper),  # read as it stands, as an address is: no macros
        "url": _url(f"https://aclanthology.org/{paper.acl_id}/" if place else address(paper)),
        "note": "" if titled else f"Title not known. The abstract begins: {_tex(_plain(paper.title))}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key(paper)},", *lines, "}"])


def key(paper: Paper) -> str:
    """Return the first author's surname in plain letters and the id that people see: `xu-2305.14710`."""
    surname = _parts(next(iter(_names(paper)), ""))[0].casefold().translate(_ASCII)
    folded = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", surname))
    return "-".join(filter(None, (folded, re.sub(r"[^A-Za-z0-9./-]", "", paper.shown_id))))


def _published(acl_id: str) -> tuple[str, dict[str, str]]:
    """Return the type of the entry, and the field that names the volume or the journal."""
    if journal := _JOURNAL.match(acl_id):
        return "article", {"journal": _JOURNALS[journal[1]]}
    booktitle = venue(acl_id)
    return ("inproceedings", {"booktitle": _tex(booktitle)}) if booktitle else ("misc", {})


def _title(title: str) -> str:
    """Put braces around the words whose capitals must stay where a style sets titles in lower case."""
    words = list(_WORD.finditer(title))
    shouted = len(words) > _SHOUTED and title.isupper()
    pieces, end = [], 0
    for word in words:
        kept = not shouted and _keeps_capitals(word[0], title[word.end() :])
        text = _tex(word[0])
        pieces += [_tex(title[end : word.start()]), f"{{{text}}}" if kept else text]
        end = word.end()
    return "".join([*pieces, _tex(title[end:])])


def _keeps_capitals(word: str, after: str) -> bool:
    """Tell BERT, LoRA, T5, the Q of Q-learning, names, and the Llama of Llama 2 from a word in title case."""
    if word == word.lower() or word == "A":
        return False
    inner = word[1:] != word[1:].lower() or len(word) == 1 or any(sign.isdigit() for sign in word)
    return bool(inner or _PROPER.match(word) or _NUMBER.match(after))


def _authors(paper: Paper) -> list[str]:
    names = [_name(name) for name in _names(paper)]
    more = not paper.authors or any(_ET_AL.search(name) for name in paper.authors)
    return [*names, "others"] if names and more else names


def _names(paper: Paper) -> list[str]:
    names = (_UNNAMED.sub(" ", name) for name in paper.authors or (paper.first_author,))
    return list(filter(None, (_ET_AL.sub("", _plain(name)) for name in names)))


def _name(name: str) -> str:
    surname, suffix, given = map(_tex, _parts(name))
    return ", ".join(filter(None, (surname, suffix, given))) if given else f"{{{surname}}}"


def _parts(name: str) -> tuple[str, str, str]:
    """Return surname, suffix and given names; all is surname where a name must not be taken apart."""
    suffixed = _SUFFIXED.fullmatch(name)
    own, suffix = suffixed.groups() if suffixed else (name, "")
    words = own.split()
    if len(words) <= 1 or _WHOLE.search(own) or own.lower() == own.upper():  # 李 明 has the surname first
        return name, "", ""
    last = len(words) - 1
    start = next((place for place in range(1, last) if words[place][0].islower()), last)
    if 1 < start < last and words[start - 1] in _PARTICLES:  # Guy Van den Broeck
        start -= 1
    return " ".join(words[start:]), suffix, " ".join(words[:start])


def _url(address: str) -> str:
    return quote(_plain(address), safe="%/:=&?~#+!$,;'@()*")


def _plain(text: str) -> str:
    """Return composed characters, without what cannot be seen, on one line; its quotes know their side."""
    seen = "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign)[0] != "C")
    return _OPENING_QUOTE.sub("“", unicodedata.normalize("NFC", seen))


def _tex(text: str) -> str:
    """Return TeX that sets the text; its braces are balanced."""
    return _SIGN.sub(lambda match: _braced(match[0]), text)


def _braced(sign: str) -> str:
    macro = _macro(sign)
    return sign if macro == sign else f"{{{macro}}}"


def _macro(sign: str) -> str:
    r"""Return the macro for a sign, accents one around the other, or the sign itself where there is none."""
    known = _MACROS.get(sign) or (get_builtin_uni2latex_dict().get(ord(sign)) if len(sign) == 1 else None)
    base, *marks = list(unicodedata.normalize("NFD", sign))
    if known or not marks:
        return str(known or sign)
    outer = next((mark for mark in marks if unicodedata.combining(mark) < _ABOVE), marks[-1])
    marks.remove(outer)
    inner = unicodedata.normalize("NFC", "".join([base, *marks]))
    if inner > _LATIN:
        inner = _macro(inner)
    return rf"\{_ACCENTS[outer]}{{{inner}}}" if outer in _ACCENTS else sign
