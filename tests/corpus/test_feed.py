from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus import Catalog, feed
from bot.corpus.feed import pieces, recognises
from bot.corpus.pieces import Piece
from bot.papers import Problem, Record, Source, TitleOrigin

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<!-- <entry> -->
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>arXiv Query</title>
  <entry>
    <id>http://arxiv.org/abs/2305.14710v3</id>
    <updated>2024-01-02T00:00:00Z</updated>
    <published>2023-05-22T00:00:00Z</published>
    <title>Instructions as
  Backdoors</title>
    <summary>  We show p &lt; 0.05 and a&lt;b, c&gt;d here.
</summary>
    <author><name>Ann B</name></author>
    <author><name>Carl D, Jr.</name></author>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1145/3544548.3581388</arxiv:doi>
    <link href="http://arxiv.org/abs/2305.14710v3" rel="alternate" type="text/html"/>
    <link title="doi" href="http://dx.doi.org/10.1145/3544548.3581388" rel="related"/>
  </entry>
  <entry>
    <link href="https://aclanthology.org/2024.acl-long.1/"/>
    <updated>2024-01-02T00:00:00Z</updated>
    <title type="html">Two &amp;amp; &lt;b&gt;Three&lt;/b&gt;</title>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>H<sub>2</sub>O.</p></div></content>
  </entry>
</feed>
"""
RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
  <channel>
    <title>cs.CL</title>
    <item>
      <title>A Paper</title>
      <link>https://arxiv.org/abs/2305.14710</link>
      <description>arXiv:2305.14710v1 Announce Type: new\x20
Abstract: We show a&lt;b and c.</description>
      <guid isPermaLink="false">oai:arXiv.org:2305.14710v1</guid>
      <pubDate>Sun, 31 Dec 2023 20:00:00 -0500</pubDate>
      <dc:creator>Ann B, Carl D</dc:creator>
    </item>
    <item>
      <title>Another</title>
      <description>&lt;script&gt;no()&lt;/script&gt;&lt;p&gt;Caf&amp;eacute;.&lt;/p&gt;Yes.</description>
      <dc:creator>Carl D, Jr.</dc:creator>
    </item>
  </channel>
</rss>
"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><items><rdf:Seq/></items></channel>
<item><title>Old</title><description>Short.</description></item>
</rdf:RDF>"""
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE feed [
 <!ENTITY a "ha">
 {}
]>
<feed><entry><title>&z;</title></entry></feed>"""


def found(text: str) -> Iterator[Piece | Problem]:
    """Return what the text of a file is cut into."""
    return pieces("a.xml", enumerate(text.split("\n"), 1), Catalog())


def read(text: str) -> list[Record | Problem]:
    """Return what a file's text is read into."""
    return [each.read() if isinstance(each, Piece) else each for each in found(text)]


def record(line: int, title: str, abstract: str, *authors: str, **fields: str) -> Record:
    """Return a record of a feed."""
    return Record(
        title=title,
        title_origin=TitleOrigin.PAGE,
        abstract=abstract,
        first_author=authors[0] if authors else "",
        authors=authors,
        year=int(fields["year"]) if "year" in fields else None,
        arxiv_id=fields.get("arxiv_id", ""),
        acl_id=fields.get("acl_id", ""),
        doi=fields.get("doi", ""),
        url=fields.get("url", ""),
        source=Source("a.xml", line),
        raw="",
    )


BACKDOORS = record(
    5,
    "Instructions as Backdoors",
    "We show p < 0.05 and a<b, c>d here.",
    "Ann B",
    "Carl D, Jr.",
    year="2023",
    arxiv_id="2305.14710",
    doi="10.1145/3544548.3581388",
    url="http://arxiv.org/abs/2305.14710v3",
)
TWO = record(
    19,
    "Two & Three",
    "One. H2O.",
    year="2024",
    acl_id="2024.acl-long.1",
    url="https://aclanthology.org/2024.acl-long.1/",
)
PAPER = record(
    5,
    "A Paper",
    "We show a<b and c.",
    "Ann B",
    "Carl D",
    year="2023",
    arxiv_id="2305.14710",
    url="https://arxiv.org/abs/2305.14710",
)
ANOTHER = record(14, "Another", "Café. Yes.", "Carl D, Jr.")


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (ATOM, [BACKDOORS, TWO]),
        ("\ufeff" + ATOM, [BACKDOORS, TWO]),
        (ATOM.replace('encoding="UTF-8"', 'encoding="utf-16"'), [BACKDOORS, TWO]),
        (RSS, [PAPER, ANOTHER]),
        (RDF, [record(3, "Old", "Short.")]),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', []),
    ],
)
def test_entries_become_records(text: str, records: list[Record]) -> None:
    """Of Atom and RSS, without HTML, at the line of their tag; the text is UTF-8 whatever it declares."""
    assert read(text) == records


def test_a_piece_stays_the_same_while_its_fields_do() -> None:
    """What else the feed says, and where the entry stands, is not part of it."""
    moved = ATOM.replace("<feed", "\n\n<feed").replace("arXiv Query", "Another day")
    before, after = ([each.text for each in found(text) if isinstance(each, Piece)] for text in (ATOM, moved))
    assert before == after
    assert len(before) == 2


def test_what_is_no_xml_is_reported_and_read_as_far_as_it_goes() -> None:
    """The problem names the line of the fault."""
    text = RSS.replace("<title>Another</title>", "<title>Another & more</title>")
    assert read(text) == [
        Problem("a.xml", 15, "a fault in the XML: not well-formed (invalid token)"),
        PAPER,
        record(14, "Another & more", "Café. Yes.", "Carl D, Jr."),
    ]


def test_the_line_of_a_fault_is_within_the_file() -> None:
    """A feed that ends too early is faulty at its end, also where no declaration comes first."""
    text = "<feed>\n<entry>\n<title>A</title>"
    assert read(text) == [Problem("a.xml", 3, "a fault in the XML: no element found"), record(2, "A", "")]


def test_a_declaration_of_two_lines_moves_no_fault() -> None:
    """The line is the file's, not the parser's."""
    text = "<?xml version='1.0'\n?>\n<rss><x></rss>"
    assert read(text) == [Problem("a.xml", 3, "a fault in the XML: mismatched tag")]


def test_bytes_that_are_not_utf8_cost_their_entry() -> None:
    """The others are read."""
    assert read(ATOM.replace("We show", "We \udcff show")) == [Problem("a.xml", 5, "not valid UTF-8"), TWO]


def test_an_entry_without_title_and_abstract_is_reported() -> None:
    """It is no paper."""
    assert read("<rss>\n<item><link>http://x.org</link></item></rss>") == [
        Problem("a.xml", 2, "no title and no abstract")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LAUGHS.format("\n".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))), 2),
        (LAUGHS.format(f'<!ENTITY z "{"x" * 100_000}">').replace("&z;", "&z;" * 100_000), 2),
        ('<!DOCTYPE feed SYSTEM "x"\n[<!ENTITY z SYSTEM "file:///etc/passwd">]><feed>&z;</feed>', 1),
        ('<feed>\n<!ENTITY a "b"></feed>', 2),
    ],
)
def test_declared_entities_are_refused_at_once(text: str, line: int) -> None:
    """Neither a billion laughs nor a file of this machine comes of them."""
    assert read(text) == [Problem("a.xml", line, "declares entities, which are not read")]


def test_a_file_name_or_an_address_is_not_opened(tmp_path: Path) -> None:
    """Text is only ever text."""
    (tmp_path / "feed.xml").write_text(ATOM, encoding="utf-8")
    for text in (str(tmp_path / "feed.xml"), (tmp_path / "feed.xml").as_uri(), "http://127.0.0.1:9/feed"):
        (problem,) = read(text)
        assert isinstance(problem, Problem)
        assert problem.reason.startswith("a fault in the XML: ")


def test_an_external_document_type_is_not_opened(tmp_path: Path) -> None:
    """A type that stands elsewhere is nothing but a name."""
    (tmp_path / "x.dtd").write_text('<!ENTITY z "secret">', encoding="utf-8")
    address = (tmp_path / "x.dtd").as_uri()
    text = f'<!DOCTYPE rss SYSTEM "{address}">\n<rss><item><title>A &z;</title></item></rss>'
    assert recognises(text)
    assert "secret" not in repr(read(text))


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole() -> None:
    """No more lines are taken than fit."""
    taken = []

    def lines() -> Iterator[tuple[int, str]]:
        for number in range(1, 100):
            taken.append(number)
            yield number, "x" * (1 << 20)

    assert list(pieces("a.xml", lines(), Catalog())) == [Problem("a.xml", 0, "larger than 32 MiB; split it")]
    assert taken == list(range(1, 33))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (ATOM, True),
        (RSS, True),
        (RDF, True),
        ("\ufeff\n<!-- a -->\n<!DOCTYPE rss [<!ENTITY a 'b'>]>\n<rss>", True),
        (LAUGHS, True),
        ("<feedback>", False),
        ("<html><feed>", False),
        ("A text of <feed> and <rss>.", False),
        ("<!-- -->" * 2_000 + "<html>", False),
        ("", False),
    ],
)
def test_feeds_are_recognised(head: str, *, expected: bool) -> None:
    """By the first tag."""
    assert recognises(head) is expected


def flipped(text: str) -> st.SearchStrategy[str]:
    """Return the text with one character changed, or cut short."""
    return st.tuples(st.integers(0, len(text) - 1), st.one_of(st.none(), st.characters())).map(
        lambda flip: text[: flip[0]] + ("" if flip[1] is None else flip[1] + text[flip[0] + 1 :])
    )


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80).map(lambda data: data.decode(errors="surrogateescape")),
        st.text(alphabet="<>![]&;-/=\"' \nCDATA#x1", max_size=60).map("<rss><item><title>".__add__),
        st.text(alphabet="<>![]&;-/=\"' \nCDATA#x1", max_size=60).map(
            "<rss><item><description><![CDATA[".__add__
        ),
        flipped(ATOM),
        flipped(RSS),
    )
)
def test_nothing_raises(text: str) -> None:
    """Whatever stands in a file, each result is at a line of it, or at none."""
    recognises(text)
    for each in read(text):
        assert 0 <= (each.source if isinstance(each, Record) else each).line <= text.count("\n") + 1


def test_what_is_nested_without_end_is_not_parsed() -> None:
    """The parser would take minutes; empty tags, comments and quoted text nest nothing."""
    assert read("<feed>\n" + "<a>" * 1_001) == [
        Problem("a.xml", 2, "more than 1,000 tags stand within each other")
    ]
    flat = (
        "<a/>" * 1_500 + "<b></b>" * 1_500 + "<!--" + "<a>" * 1_500 + "--><![CDATA[" + "<a>" * 1_500 + "]]>"
    )
    assert read(f"<feed>{flat}</feed>") == []


def test_hardly_anything_but_tags_is_left_as_it_is() -> None:
    """To strip them would take minutes; they are too many for an abstract."""
    found = feed._without_html("<a " * 2_001)  # noqa: SLF001  # a feed of that size says less
    assert found == "<a " * 2_001
    assert feed._without_html("<p>" + "a" * 40_000) == "<p>" + "a" * 40_000  # noqa: SLF001
