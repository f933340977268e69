"""What people call a time zone → its IANA name. Pure, but for the zones that this machine knows.

Law: a name stands for one clock, which changes when its people change theirs. So EST, PST and the like, which
people say all year though they hold in winter alone, are no names, and no offset is one. A city is the last
part of an IANA name; where two end in the same city they are one clock, and the longer is taken. Cities that
are plain English words (Center, North, Reunion) are named in full.
"""

import re
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import available_timezones

from bot.search import spelling
from bot.search.analyze import fold

_NO_ZONES = re.compile(r"(?:posix|right)/.*|posixrules|Factory|localtime|EST|MST|HST")
_CITY = re.compile(  # what stands behind other areas, as in US/Central and Mexico/General, is no city
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/(?:.*/)?(?P<city>.+)"
)
_WORDS = re.compile("act|casey|center|christmas|davis|easter|midway|north|oral|reunion|south|troll|wake|west")
_ABBREVIATIONS = {  # the city whose clock people most often mean
    name: zone
    for zone, names in {
        "America/New_York": "est edt et",
        "America/Chicago": "cst cdt ct",
        "America/Denver": "mst mdt mt",
        "America/Los_Angeles": "pst pdt pt",
        "Asia/Kolkata": "ist",
        "Asia/Seoul": "kst",
        "Asia/Tokyo": "jst",
        "Australia/Sydney": "aest aedt",
        "Europe/Berlin": "cest",
        "Europe/Helsinki": "eest",
        "Europe/London": "bst",
        "Europe/Moscow": "msk",
        "Pacific/Honolulu": "hst",
    }.items()
    for name in names.split()
}


def known(name: str) -> bool:
    """Say whether a digest's clock may have this IANA name, spelled exactly so."""
    return name in _zones()


def named(text: str) -> str | None:
    """Return the zone that people call so, by its name or its city, in capitals or not."""
    return _names().get(_folded(text))


def nearest(text: str) -> str | None:
    """Return the zone that was probably meant by what names none: one abbreviated or misspelt."""
    name = _folded(text)
    if name in _ABBREVIATIONS:
        return _ABBREVIATIONS[name]
    near = spelling.nearest(name, _counts())
    return near and _names()[near]


def _folded(text: str) -> str:
    plain = re.sub(r"[.']", "", fold(text).lower())
    return " ".join(re.sub(r"_|-(?=[a-z])", " ", plain).split())


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Return the zones there are; to read their folders takes 60 ms, so it waits until it is needed."""
    return frozenset(name for name in available_timezones() if not _NO_ZONES.fullmatch(name))


@lru_cache(maxsize=1)
def _names() -> MappingProxyType[str, str]:
    """Return the zones by what they are called, in folded letters."""
    found = {_folded(zone): zone for zone in _zones()}
    for zone in sorted(_zones(), key=len):
        match = _CITY.fullmatch(zone)
        if match and not _WORDS.fullmatch(city := _folded(match["city"])):
            found[city] = zone
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _counts() -> MappingProxyType[str, int]:
    """Return the names as `spelling.nearest` wants them: all as frequent as each other."""
    return MappingProxyType(dict.fromkeys(_names(), 1))
