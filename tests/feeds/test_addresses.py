import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.feeds.addresses import Feed, feed_of, split

ALLOWED = (
    " A feed is a category or a search of arXiv, or the address of an Atom or RSS feed; for example"
    ' arxiv:cs.CL, arxiv:ti:"backdoor attack" or https://example.org/feed.xml.'
)


@pytest.mark.parametrize(
    ("written", "name", "query"),
    [
        ("arxiv:cs.CL", "arxiv:cs.CL", "cat:cs.CL"),
        ("  ArXiv: CS.cl ", "arxiv:cs.CL", "cat:cs.CL"),
        ("`arxiv∶cat:cs.CL`", "arxiv:cs.CL", "cat:cs.CL"),
        ("cs.cl", "arxiv:cs.CL", "cat:cs.CL"),
        ("arxiv:cat:cs.∗", "arxiv:cs.*", "cat:cs.*"),
        ("arxiv:cat:cs.cl", "arxiv:cs.CL", "cat:cs.CL"),
        ("arxiv:<http://cs.CL|cs.CL>", "arxiv:cs.CL", "cat:cs.CL"),
        ("<http://arxiv:cs.CL|arxiv:cs.CL>", "arxiv:cs.CL", "cat:cs.CL"),
        ("arxiv:HEP-TH", "arxiv:hep-th", "cat:hep-th"),
        ("arxiv:cond-mat.Mes-Hall", "arxiv:cond-mat.mes-hall", "cat:cond-mat.mes-hall"),
        ("arxiv:math.*", "arxiv:math.*", "cat:math.*"),
        ('arxiv:ti:"backdoor"', 'arxiv:ti:"backdoor"', 'ti:"backdoor"'),
        ("arxiv:TI:“backdoor   attack”", 'arxiv:ti:"backdoor attack"', 'ti:"backdoor attack"'),
        (
            "arxiv:au:bagdasaryan\n AND cat:cs.cr",
            "arxiv:au:bagdasaryan AND cat:cs.CR",
            "au:bagdasaryan AND cat:cs.CR",
        ),
        (
            'arxiv:(ti:a OR all:"b: (c)") ANDNOT cat:cs.XX',
            'arxiv:(ti:a OR all:"b: (c)") ANDNOT cat:cs.XX',
            '(ti:a OR all:"b: (c)") ANDNOT cat:cs.XX',
        ),
        ("arxiv:cat:cs.XX", "arxiv:cat:cs.XX", "cat:cs.XX"),
    ],
)
def test_arxiv_is_asked_by_category_or_search(written: str, name: str, query: str) -> None:
    """Both are spelled as arXiv does; a category that is not known here may be named in a search."""
    assert feed_of(written) == Feed(name, query=query)
    assert feed_of(name) == Feed(name, query=query)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://example.org/feed.xml", "https://example.org/feed.xml"),
        (" HTTPS://Example.ORG:443/Feed.xml#top ", "https://example.org/Feed.xml"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org.:8080/a?b=C&d=", "http://example.org:8080/a?b=C&d="),
        ("<https://example.org/a?b=1&copy=2|example.org/a>", "https://example.org/a?b=1&copy=2"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("http://[2001:DB8::0:1]:80/", "http://[2001:db8::1]/"),
        ("http://2130706433/", "http://2130706433/"),
    ],
)
def test_an_address_has_one_name(written: str, url: str) -> None:
    """However its host is spelled, and whatever stands around it."""
    assert feed_of(written) == Feed(url, url=url)
    assert feed_of(url) == Feed(url, url=url)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "No feed is named."),
        ("arxiv:", "arxiv:: arXiv has no such category."),
        ("arxiv:ti:<<a>>", "arxiv:ti:<a>: arXiv is not asked for < or >."),
        ("arxiv:cs.XX", "arxiv:cs.XX: arXiv has no such category."),
        ("arxiv:backdoors", "arxiv:backdoors: arXiv has no such category."),
        ("arxiv:math", "arxiv:math: arXiv has no such category."),
        (
            "arxiv:tit:a",
            "arxiv:tit:a: arXiv has no field tit:, only ti, au, abs, co, jr, cat, rn, id, all.",
        ),
        (
            "arxiv:backdoor attack",
            "arxiv:backdoor attack: a search begins with one of ti:, au:, abs:, co:, jr:, cat:, rn:, id:,"
            " all:.",
        ),
        ('arxiv:ti:"a', 'arxiv:ti:"a: a double quote is not closed.'),
        ("arxiv:(ti:a", "arxiv:(ti:a: a bracket is not closed, or closed too often."),
        ("arxiv:ti:a)(", "arxiv:ti:a)(: a bracket is not closed, or closed too often."),
        ("arxiv:ti: a", "arxiv:ti: a: nothing stands behind ti:."),
        (f"arxiv:ti:{'a' * 498}", f"arxiv:ti:{'a' * 70}…: arXiv is asked for 500 characters at most."),
        ("ftp://example.org/feed.xml", "ftp://example.org/feed.xml is no feed that I can read."),
        ("file:///etc/passwd", "file:///etc/passwd is no feed that I can read."),
        ("example.org/feed.xml", "example.org/feed.xml is no feed that I can read."),
        (
            "https://ann:secret@example.org/",
            "The address holds a user's name or a password, which I do not keep.",
        ),
        (
            "ftp://ann:secret@example.org:x/",
            "The address holds a user's name or a password, which I do not keep.",
        ),
        ("https://", "https:// is no address."),
        ("https://example.org:0/", "https://example.org:0/ is no address."),
        ("https://example.org:99999/", "https://example.org:99999/ is no address."),
        ("https://[::1/", "https://[::1/ is no address."),
        ("https://[fe80::1%25eth0]/", "https://[fe80::1%25eth0]/ is no address."),
        ("https://a..b/", "https://a..b/ is no address."),
        ("https://a^b/", "https://a^b/ is no address."),
        (f"https://{'a.' * 200}b/", f"{'https://' + 'a.' * 35}a… is no address."),
        ("https://example.org/a b", "https://example.org/a b is no address."),
        ("https://example.org/\x07", "That holds characters that cannot be seen."),
        ("https://example.org/\u202ea", "That holds characters that cannot be seen."),
        (
            f"https://example.org/{'a' * 1_990}",
            "That is too long for a feed: 2,010 characters, at most 2,000.",
        ),
        (
            f"https://example.org/{'é' * 400}",
            "That is too long for a feed: 2,420 characters, at most 2,000.",
        ),
    ],
)
def test_all_else_is_refused(written: str, why: str) -> None:
    """With what is wrong, what is allowed, and examples."""
    with pytest.raises(UserError) as refused:
        feed_of(written)
    assert refused.value.message == why + ALLOWED


def test_a_setting_holds_several_feeds() -> None:
    """White space parts them, but neither in double quotes nor beside operators."""
    text = """arxiv:cs.CL  arxiv:ti:"backdoor attack"
 "arxiv:au:bagdasaryan AND cat:cs.CR" arxiv:au:a AND ti:“b c” ANDNOT cat:cs.CR https://example.org/feed.xml"""
    assert split(text) == (
        "arxiv:cs.CL",
        'arxiv:ti:"backdoor attack"',
        "arxiv:au:bagdasaryan AND cat:cs.CR",
        'arxiv:au:a AND ti:"b c" ANDNOT cat:cs.CR',
        "https://example.org/feed.xml",
    )
    assert split("  ") == ()


def test_a_quote_must_be_closed() -> None:
    """Nobody knows what it was to protect."""
    with pytest.raises(UserError) as refused:
        split('arxiv:ti:"backdoor attack')
    assert refused.value.message == "A double quote is not closed." + ALLOWED


@given(
    st.text(max_size=60).map("arxiv:{}".format)
    | st.text(max_size=60).map("http://{}".format)
    | st.from_regex(r"arxiv:[a-z]{2}:[a-z()\" .:]{1,20}", fullmatch=True)
    | st.text(max_size=60)
)
@example("http://\u2100")
@example("http://\ud800")
def test_a_feeds_name_is_that_feed(text: str) -> None:
    """Whatever was written, it is a feed that can be written by its name, or it is refused."""
    try:
        feed = feed_of(text)
    except UserError:
        return
    assert feed_of(feed.name) == feed
    assert bool(feed.query) != bool(feed.url)
