"""When two descriptions are of one paper, what such a paper is called, and how it is described.

Law: an id decides. What shares an arXiv id or an Anthology id is one paper; so is what shares a DOI, unless
other ids of theirs conflict: a journal may give one DOI to two parts. A title alone joins two only if no ids
of theirs conflict, and their first authors agree or are not known.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import chain, takewhile
from operator import attrgetter
from typing import Any

from rapidfuzz import fuzz, process

from bot.ids import plain
from bot.papers import Description, Paper, TitleOrigin

_IDS = ("arxiv_id", "acl_id", "doi")
_DECISIVE = ("arxiv_id", "acl_id")
_STRENGTH = tuple(TitleOrigin)
_FIELDS = [each.name for each in fields(Description)]
_VALUES = attrgetter(*_FIELDS)
_REWORDED = 85  # of 100: how alike a text is to itself after a revision; the most alike of the seeds have 77
_MOST_BY_TITLE = 50  # descriptions that a title joins; what more have is "Untitled", or the wrong column
_TELLING = 3  # words at the beginning of a title; fewer are many papers'
_LINKED_NAMES = 2  # surnames in a link
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})

Name = tuple[str, str]  # the surname, and the first letter of the first name or nothing


@dataclass(slots=True)
class _Group:
    """Descriptions of one paper, by their places, and what is known of them together."""

    places: list[int]
    ids: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in _IDS})
    authors: set[Name] = field(default_factory=set)

    def take(self, other: "_Group") -> None:
        self.places += other.places
        for name, known in other.ids.items():
            self.ids[name] |= known
        self.authors |= other.authors

    def conflicts(self, other: "_Group", names: Iterable[str] = _IDS) -> bool:
        """Tell whether both have an id of some kind, but none that is the same."""
        pairs = ((self.ids[name], other.ids[name]) for name in names)
        return any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in pairs)

    def is_titled_as(self, other: "_Group") -> bool:
        """Tell whether the title that both have joins them."""
        return len(self.places) + len(other.places) <= _MOST_BY_TITLE and self.agrees(other)

    def agrees(self, other: "_Group") -> bool:
        """Tell whether a title may join them: one surname at least is the same, with no other first letter.

        Sources that an id has joined may turn a name round, so not all need be.
        """
        if not (self.authors and other.authors):
            return not self.conflicts(other)
        ours, theirs = _first_letters(self.authors), _first_letters(other.authors)
        shared = [(ours[surname], theirs[surname]) for surname in ours.keys() & theirs.keys()]
        are_others = any(one and another and one.isdisjoint(another) for one, another in shared)
        return bool(shared) and not are_others and not self.conflicts(other)


def group(papers: Sequence[Description], same: Iterable[tuple[int, int]] = ()) -> list[list[int]]:
    """Put the descriptions of one paper together, and return the places of each paper's, ascending.

    `same` are pairs of places that are known to be of one paper. Groups come in the order of their first.
    """
    linked: dict[int, list[int]] = {}
    for one, another in same:
        linked.setdefault(max(one, another), []).append(min(one, another))
    known = list(map(keys, papers))
    often = Counter(chain.from_iterable(known))
    related = {place for place, own in enumerate(known) if any(often[key] > 1 for key in own)}
    related.update(linked, *linked.values())
    alone = [[place] for place in range(len(papers)) if place not in related]  # as nearly all are
    return sorted([*alone, *_joined({place: papers[place] for place in sorted(related)}, linked)])


def _joined(papers: Mapping[int, Description], linked: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Return the places of each paper's descriptions, given by ascending place and with what is linked."""
    groups: dict[int, _Group] = {}
    homes: dict[int, int] = {}  # of each place: its group, or where it went
    by_id: dict[str, int] = {}
    by_doi: dict[str, list[int]] = {}
    by_title: dict[str, list[int]] = {}

    def home(place: int) -> int:
        while homes[place] != place:
            homes[place] = homes[homes[place]]
            place = homes[place]
        return place

    for place, paper in papers.items():
        homes[place] = place
        own = _alone(place, paper)
        decided = [by_id[key] for key in deciding_keys(paper) if key in by_id]
        for other in dict.fromkeys(map(home, [*decided, *linked.get(place, ())])):
            own.take(groups.pop(other))
            homes[other] = place
        shared = by_doi.setdefault(_key("doi", paper.doi), []) if paper.doi else []
        alike = by_title.setdefault(title_key(paper), [])
        alike[:] = dict.fromkeys(map(home, alike))
        for other in dict.fromkeys(map(home, shared)):
            if other != place and not own.conflicts(groups[other], _DECISIVE):
                own.take(groups.pop(other))
                homes[other] = place
        for other in alike:
            if other != place and (other := home(other)) != place and own.is_titled_as(groups[other]):
                own.take(groups.pop(other))
                homes[other] = place
                break
        groups[place] = own
        by_id.update(dict.fromkeys(deciding_keys(paper), place))
        shared.append(place)
        alike.append(place)
    return [sorted(each.places) for each in groups.values()]


def is_of(paper: Description, others: Sequence[Description]) -> bool:
    """Tell whether a description would be joined to those that are of one paper."""
    own, whole = _alone(0, paper), _alone(0, others[0])
    for other in others[1:]:
        whole.take(_alone(0, other))
    known = {key for other in others for key in keys(other)}
    return (
        not known.isdisjoint(deciding_keys(paper))
        or (not known.isdisjoint(id_keys(paper)) and not own.conflicts(whole, _DECISIVE))
        or (title_key(paper) in known and own.is_titled_as(whole))
    )


def describe(papers: Sequence[Description]) -> Description:
    """Join what descriptions of one paper know.

    The strongest title, the longest abstract, the most authors; of all else the first that is known.
    """
    if len(papers) == 1:
        return Description(**dict(zip(_FIELDS, _VALUES(papers[0]), strict=True)))
    titled = min(papers, key=lambda paper: (_STRENGTH.index(paper.title_origin), -len(paper.abstract)))
    authored = max(papers, key=lambda paper: (len(paper.authors), bool(paper.first_author)))
    known: dict[str, Any] = {
        "title": titled.title,
        "title_origin": titled.title_origin,
        "abstract": max((paper.abstract for paper in papers), key=len),
        "authors": authored.authors,
        "first_author": authored.first_author,
    }
    for name in _FIELDS:
        if name not in known:
            values = [getattr(paper, name) for paper in papers]
            known[name] = next(filter(None, values), values[0])
    return Description(**known)


@lru_cache(1 << 13)  # a load asks some four times for each paper of a lot
def keys(paper: Description) -> tuple[str, ...]:
    """Return what a paper is known by when it is described so: its ids and its title."""
    return (*id_keys(paper), title_key(paper))


def known_by(paper: Paper) -> list[str]:
    """Return what people find a paper by."""
    return [*keys(paper), f"id:{paper.shown_id.lower()}"]


def reworded(said: Description, others: Mapping[int, Description]) -> int | None:
    """Return the key of the paper that this most likely was before somebody changed its abstract, if any was.

    Other authors make it another paper, and so does another title, unless a sentence stands in for one.
    """
    texts = {
        key: other.abstract
        for key, other in others.items()
        if other.abstract and _may_be_reworded(said, other)
    }
    found = process.extractOne(said.abstract, texts, scorer=fuzz.ratio, score_cutoff=_REWORDED)
    return found[2] if found else None


def is_linked_by(words: Sequence[str], paper: Description) -> bool:
    """Tell whether the words of a link are a paper's: of its title, some left out, then authors' surnames."""
    said = [_folded(word) for word in words]
    title = [_folded(word) for word in _WORD.findall(paper.title)]
    rest = iter(title)
    titled = list(takewhile(lambda word: word in rest, said))  # `in` passes over what comes before
    authors = {_folded(word) for name in (paper.first_author, *paper.authors) for word in _WORD.findall(name)}
    named = said[len(titled) :]
    return (
        len(titled) >= min(_TELLING, len(title))
        and titled[:1] == title[:1] != []
        and (authors.issuperset(named) if authors else len(named) <= _LINKED_NAMES)
    )


def shown_id(paper: Description, salt: int = 0) -> str:
    """Return the id people see and type: arXiv's, else the Anthology's, else `p` and 10 hex digits.

    A salt makes other digits, for where these are another paper's: of a million papers two may well agree.
    """
    return paper.arxiv_id or paper.acl_id or "p" + _digest(_about(paper) + (f"\n{salt}" if salt else ""))[:10]


def id_keys(paper: Description) -> list[str]:
    """Return the keys made of the ids that libraries have given the paper."""
    return _keys_of(paper, _IDS)


def deciding_keys(paper: Description) -> list[str]:
    """Return the keys made of those ids that nothing can be said against."""
    return _keys_of(paper, _DECISIVE)


def title_key(paper: Description) -> str:
    """Return the key made of the title; where a sentence stands in for one, of the abstract."""
    if paper.title_origin is TitleOrigin.SENTENCE:
        return f"abstract:{_digest(_folded(paper.abstract))}"
    return f"title:{_folded(paper.title) or _digest(paper.title)}"


def _keys_of(paper: Description, names: Sequence[str]) -> list[str]:
    return [_key(name, value) for name in names if (value := getattr(paper, name))]


def _key(name: str, library_id: str) -> str:
    return f"{name}:{plain(library_id)}"


def _about(paper: Description) -> str:
    if paper.doi:  # which keeps two editorials apart
        return _key("doi", paper.doi)
    return f"{title_key(paper)}\n{_folded(paper.first_author)}"


def _may_be_reworded(one: Description, another: Description) -> bool:
    """Tell whether the same authors may have given two texts the same title."""
    return _alone(0, one).agrees(_alone(1, another)) and (
        TitleOrigin.SENTENCE in {one.title_origin, another.title_origin}
        or fuzz.ratio(_folded(one.title), _folded(another.title)) >= _REWORDED
    )


def _alone(place: int, paper: Description) -> _Group:
    own = _Group([place])
    for name in _IDS:
        if value := getattr(paper, name):
            own.ids[name].add(plain(value))
    if paper.first_author:
        own.authors.add(_name(paper.first_author))
    return own


@lru_cache(1 << 12)
def _name(author: str) -> Name:
    """Return what of a name is written everywhere: "C. Balazs" is the same as "Csaba Balázs"."""
    parts = [part for part in map(_folded, author.replace(".", ". ").split()) if part]
    if len(parts) > 1 and parts[-1] in _SUFFIXES:
        parts.pop()
    return (parts[-1], parts[0][0] if len(parts) > 1 else "") if parts else ("", "")


def _first_letters(names: Iterable[Name]) -> dict[str, set[str]]:
    """Return by surnames the first letters that are known."""
    found: dict[str, set[str]] = {}
    for surname, letter in names:
        found.setdefault(surname, set()).update(letter)
    return found


def _folded(text: str) -> str:
    """Return the letters and digits of a text, without case, diacritics and what stands between them."""
    if text.isascii():  # a third of the time, and a load folds every title
        return _NOT_FOLDED.sub("", text.lower())
    return _NOT_FOLDED.sub("", unicodedata.normalize("NFKD", text).casefold())


_NOT_FOLDED = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
