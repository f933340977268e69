"""Bytes of a feed in whatever encoding → UTF-8. Pure.

Law: nothing raises, whatever a feed says of itself. Bytes that its encoding does not know are no UTF-8 in
what comes out either, so that the reader of feeds reports the entry that they stand in, and no other.
"""

import codecs
import re

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEGINS = (("<?".encode("utf-16-le"), "utf-16-le"), ("<?".encode("utf-16-be"), "utf-16-be"))
_DECLARED = re.compile(
    rb"""\s*<\?xml(?=\s)[^>]{0,200}?(?P<whole>\s+encoding\s*=\s*["'](?P<name>[^"'<>]*)["'])"""
)
_HEAD = 1 << 10  # bytes in which a declaration ends
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE | re.ASCII)
# Some of Python's codecs are no encodings of text, and others take minutes for megabytes.
_KNOWN = frozenset(
    {
        *("utf-8", "ascii", "koi8-r", "koi8-u", "mac-roman"),
        *(f"iso8859-{part}" for part in range(1, 17)),
        *(f"cp{page}" for page in (437, 850, 866, 874, 932, 949, *range(1250, 1259))),
        *("big5", "big5hkscs", "gb2312", "gbk", "gb18030"),
        *("euc_jp", "shift_jis", "iso2022_jp", "euc_kr"),
    }
)
# What is declared so is mostly the other, which has all of its letters and more.
_MEANT = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_DAMAGE = "\udcff"  # becomes a byte that UTF-8 has not


def as_utf8(body: bytes, content_type: str) -> bytes:
    """Return a feed in UTF-8, without a byte-order mark and without a word of another encoding.

    Its mark counts most, then its XML declaration, then the server's word; without any it is UTF-8.
    """
    mark, encoding = next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), (b"", ""))
    body = body.removeprefix(mark)
    encoding = encoding or _begun(body) or _declared(body) or _said(content_type) or "utf-8"
    if encoding != "utf-8":
        text = body.decode(encoding, "replace").replace("\N{REPLACEMENT CHARACTER}", _DAMAGE)
        body = text.encode("utf-8", "surrogateescape")
    if match := _DECLARED.match(body, 0, _HEAD):
        return body[: match.start("whole")] + body[match.end("whole") :]
    return body


def _begun(body: bytes) -> str:
    return next((name for begin, name in _BEGINS if body.startswith(begin)), "")


def _declared(body: bytes) -> str:
    match = _DECLARED.match(body, 0, _HEAD)
    return _known(match["name"].decode("ascii", "replace")) if match else ""


def _said(content_type: str) -> str:
    match = _CHARSET.search(content_type)
    return _known(match[1]) if match else ""


def _known(name: str) -> str:
    """Return the codec for an encoding, or nothing where there is none for texts."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(found, found) if found in _KNOWN else ""
