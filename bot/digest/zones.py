"""What people call a time zone → its IANA name. Pure, but for the zones that this machine knows.

Law: a name stands for one clock, which changes when its people change theirs. So EST, PST and the like, which
people say all year though they hold in winter alone, are no names, and no offset is one. A city is the last
part of an IANA name; where two end in the same city they are one clock, and the longer is taken. Cities that
are plain English words (Center, North, Reunion) are named in full. Large cities without a zone of their own
go by the clock they keep, but for one that is known in two places (Cambridge).
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
_COUNTRIES = re.compile(  # and islands, that a zone's city is called like
    "andorra|anguilla|antigua|aruba|azores|bahia|bahrain|barbados|belize|bermuda|brunei|canary"
    "|cape verde|cayman|costa rica|curacao|djibouti|dominica|el salvador|faroe|fiji|galapagos|gibraltar"
    "|grenada|guadeloupe|guam|guatemala|guernsey|guyana|hong kong|isle of man|jamaica|jersey|kuwait"
    "|luxembourg|maca[ou]|madeira|maldives|malta|martinique|mauritius|mayotte|monaco|montserrat|nauru"
    "|niue|palau|panama|puerto rico|qatar|queensland|samoa|san marino|sao tome|singapore|st (?:helena"
    "|kitts|lucia|thomas|vincent)|tahiti|tasmania|vatican|victoria|virgin"
)
_CITIES = {
    name.replace("_", " "): zone
    for zone, names in {
        "Africa/Johannesburg": "cape_town",
        "America/Chicago": "austin dallas houston",
        "America/Los_Angeles": "berkeley palo_alto portland san_diego san_francisco seattle sf",
        "America/New_York": "atlanta boston miami nyc philadelphia pittsburgh washington washington_dc",
        "America/Sao_Paulo": "rio_de_janeiro",
        "America/Toronto": "ottawa",
        "Asia/Dubai": "abu_dhabi",
        "Asia/Kolkata": "bangalore bengaluru chennai delhi hyderabad mumbai new_delhi pune",
        "Asia/Seoul": "busan daejeon",
        "Asia/Shanghai": "beijing guangzhou hangzhou nanjing shenzhen wuhan",
        "Asia/Tokyo": "kyoto nagoya osaka",
        "Europe/Amsterdam": "rotterdam utrecht",
        "Europe/Berlin": "cologne frankfurt hamburg munchen munich stuttgart",
        "Europe/London": "edinburgh glasgow manchester oxford uk",
        "Europe/Madrid": "barcelona",
        "Europe/Paris": "lyon",
        "Europe/Rome": "milan milano turin",
        "Europe/Zurich": "basel geneva lausanne",
    }.items()
    for name in names.split()
}
_ABBREVIATIONS = {  # the city whose clock people most often mean
    name: zone
    for zone, names in {
        "America/New_York": "est edt et us usa",
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


def is_city(text: str) -> bool:
    """Say whether it names a zone by its own city, and no country: what is hardly ever said of a place."""
    name = _folded(text)
    return "/" in _names().get(name, "") and name not in _CITIES and not _COUNTRIES.fullmatch(name)


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
    return MappingProxyType(_CITIES | found)


@lru_cache(maxsize=1)
def _counts() -> MappingProxyType[str, int]:
    """Return the names as `spelling.nearest` wants them: all as frequent as each other."""
    return MappingProxyType(dict.fromkeys(_names(), 1))
