import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.charsets import as_utf8

TEXT = "<rss>é</rss>"


def declared(encoding: str, text: str = TEXT) -> str:
    """Return a feed that says so of itself."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'


def bare(text: str = TEXT) -> bytes:
    """Return a feed in UTF-8 whose declaration names no encoding."""
    return f'<?xml version="1.0"?>\n{text}'.encode()


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_counts_most(mark: bytes, codec: str) -> None:
    """Whatever else is said; and it is taken off."""
    body = mark + declared("ISO-8859-1").encode(codec)
    assert as_utf8(body, "text/xml; charset=koi8-r") == bare()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "é—"),
        ("US-ASCII", "é—"),
        ("ISO-8859-1", "é"),
        ("ISO-8859-1", "—"),
        ("windows-1252", "é—"),
        ("ISO-8859-15", "€"),
        ("KOI8-R", "бэкдор"),
        ("Shift_JIS", "論文①"),
        ("EUC-JP", "論文"),
        ("ISO-2022-JP", "論文"),
        ("GB2312", "论文€"),
        ("Big5", "論文"),
        ("EUC-KR", "논문"),
        ("utf-16-le", "é"),
        ("utf-16-be", "é"),
    ],
)
def test_then_the_declaration_counts(encoding: str, text: str) -> None:
    """As it is meant: what is declared Latin-1 is mostly what Windows makes of it."""
    meant = {
        "US-ASCII": "utf-8",
        "ISO-8859-1": "cp1252",
        "Shift_JIS": "cp932",
        "GB2312": "gb18030",
    }.get(encoding, encoding)
    body = declared(encoding, text).encode(meant)
    assert as_utf8(body, "text/xml; charset=macintosh") == bare(text)


@pytest.mark.parametrize(
    ("content_type", "codec"),
    [
        ("text/xml; charset=koi8-r", "koi8-r"),
        ('application/xml;CHARSET = "KOI8-R"', "koi8-r"),
        ("text/xml; charset=utf-8", "utf-8"),
        ("text/xml; charset=nosuch", "utf-8"),
        ("text/xml", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_then_the_server_and_else_it_is_utf8(content_type: str, codec: str) -> None:
    """Also where the declaration names no encoding, or one that there is not."""
    text = "<rss>б</rss>"
    assert as_utf8(text.encode(codec), content_type) == text.encode()
    assert as_utf8(declared("nosuch", text).encode(codec), content_type) == bare(text)
    assert as_utf8(bare(text).decode().encode(codec), content_type) == bare(text)


@pytest.mark.parametrize(
    "codec",
    [
        "utf-7",
        "punycode",
        "idna",
        "unicode_escape",
        "rot13",
        "hex",
        "zlib",
        "undefined",
        "utf-16",
        "x" * 500,
        "é",
    ],
)
def test_what_is_no_encoding_of_a_feed_is_none(codec: str) -> None:
    """Python knows odd ones; and what can be read as far as here is neither UTF-16 nor UTF-32."""
    assert as_utf8(declared(codec).encode(), f"text/xml; charset={codec}") == bare()


@pytest.mark.parametrize(
    ("body", "utf8"),
    [
        (b"\xff\xfea\0\x00\xd8b\0", b"a\xffb"),
        (b"\xff\xfea\0b", b"a\xff"),
        (b"<?xml encoding='shift_jis'?>a\x81\x20b", b"<?xml?>a\xff b"),
        (b"<?xml encoding='latin-1'?>a\x81b", b"<?xml?>a\xffb"),
        (b"<?xml encoding='utf-8'?>a\xe9b", b"<?xml?>a\xe9b"),
    ],
)
def test_bytes_that_an_encoding_does_not_know_stay_damage(body: bytes, utf8: bytes) -> None:
    """They are no UTF-8 afterwards, and what stands around them is."""
    assert as_utf8(body, "") == utf8


def test_only_a_declaration_is_changed() -> None:
    """A paper may be about one, and what stands behind it stays."""
    text = "<rss><?xml version='1.0' encoding='koi8-r'?>é</rss>"
    assert as_utf8(text.encode(), "") == text.encode()
    assert as_utf8(b"<?xml version='1.0' encoding='utf-8' standalone='yes'?>a", "") == (
        b"<?xml version='1.0' standalone='yes'?>a"
    )


@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", *[b"<?xml encoding='%s'?>" % name for name in (b"big5", b"iso-2022-jp", b"cp1252")]]
    ),
    st.text(max_size=50),
)
def test_nothing_raises(body: bytes, begin: bytes, content_type: str) -> None:
    """Whatever is sent, and said."""
    as_utf8(begin + body, content_type)
    as_utf8(begin + body, f"text/xml; charset={content_type}")
