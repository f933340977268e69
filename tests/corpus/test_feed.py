import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import feedparser  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus import Catalog, elements, feed
from bot.corpus.feed import pieces, recognises
from bot.corpus.pieces import Piece
from bot.papers import Problem, Record, Source, TitleOrigin
from tests.reading import read_piece

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
PREFIXED = """<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:b="http://x.org/">
<a:entry a:x='<' ><a:title>A</a:title><b:entry>B</b:entry><b:item/><!-- </a:entry> --></a:entry>
</a:feed>""".replace(" a:x='<' ", "\n")
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
    return list(map(read_piece, found(text)))


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
        (ATOM.replace("\n", " "), [replace(each, source=Source("a.xml", 1)) for each in (BACKDOORS, TWO)]),
        (PREFIXED, [record(2, "A", "")]),
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


@pytest.mark.parametrize(
    ("written", "line", "why"),
    [
        ("<title>Another & more</title>", 15, "a fault in the XML: not well-formed (invalid token)"),
        ("\n\n<title>Another</titel>", 17, "a fault in the XML: mismatched tag"),
        ("<title>&nosuch;</title>", 15, "a fault in the XML: undefined entity"),
        ("<title>&nbsp;</title>\n<x:a></x:b>", 16, "a fault in the XML: mismatched tag"),
        ("<xmlns:x>Another</xmlns:x>", 15, "a fault in the XML: unbound prefix"),
        ("\n" + "<a>" * 1_001, 16, "more than 1,000 tags stand within each other"),
    ],
)
def test_a_fault_costs_its_own_entry(written: str, line: int, why: str) -> None:
    """The problem has the line of the fault."""
    text = RSS.replace("<title>Another</title>", written)
    third = "<item><title>Third</title></item>\n  </channel>"
    after = record(19 + written.count("\n"), "Third", "")
    assert read(text.replace("</channel>", third)) == [PAPER, Problem("a.xml", line, why), after]


def test_an_entry_that_does_not_end_is_reported() -> None:
    """Where the next one begins, or the file ends."""
    text = "<feed>\n<entry>\n<title>A</title>\n<entry><title>B</title></entry>\n<entry><title>C</title>"
    why = "the entry is cut off: its end is missing"
    assert read(text) == [Problem("a.xml", 2, why), record(4, "B", ""), Problem("a.xml", 5, why)]


def test_what_stands_between_entries_may_be_no_xml() -> None:
    """No paper is lost by it."""
    text = "<rss><br></p>a & b\n<item><title>A</title></item> < & </item>\n<item><title>B</title></item>"
    assert read(text) == [record(2, "A", ""), record(3, "B", "")]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("<feed></feed>", 0, "no entries"),
        ("<rss><x></rss>", 0, "no entries"),
        ("<feed><!-- <entry></entry>", 0, "no entries"),
        ("<feed><![CDATA[<entry></entry>]]><?x <entry> ?>", 0, "no entries"),
        ("\n<rss>\n<b x='' x=''>\n<item></item>", 2, "a fault in the XML: duplicate attribute"),
        ("<rss>\n" + "<abc>" * 2_000 + "<item></item>", 2, "too much stands around the first entry"),
    ],
)
def test_a_feed_without_entries_or_with_a_broken_head_is_reported(text: str, line: int, why: str) -> None:
    """Once."""
    assert read(text) == [Problem("a.xml", line, why)]


@pytest.mark.parametrize("declared", [" xmlns:x='http://x.org/'", ""])
def test_an_item_of_another_namespace_is_reported(declared: str) -> None:
    """Its name is an entry's, but what it is, nobody knows."""
    assert read(f"<rss><x:item{declared}>A</x:item></rss>") == [
        Problem("a.xml", 1, "no entry of Atom or RSS")
    ]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Caf&eacute;&nbsp;&mdash; a&Tab;b &fjlig;ord", "Café — a b fjord"),
        ("&LT;b&GT; &AMP;amp; &nvlt;", "<b> &amp; <\u20d2"),
        ("&amp;nbsp; &eacute;", "&nbsp; é"),
        ("&#38;nbsp; &eacute;", "&nbsp; é"),
        ("<![CDATA[&nbsp;]]> &eacute; <!-- &nosuch; --><?x &nosuch; ?>", "&nbsp; é"),
    ],
)
def test_htmls_entities_are_characters(written: str, title: str) -> None:
    """And no markup; what only looks like one in a text stays what it says."""
    text = f"""<feed xmlns="http://www.w3.org/2005/Atom">
<x a="&nbsp;">
<entry><title>{written}</title></entry></x></feed>"""
    assert read(text) == [record(3, title, "")]


def test_escaped_html_stays_escaped() -> None:
    """A text about an entity is not the entity, whatever else stands there."""
    said = "&eacute; &lt;p&gt;&amp;amp;nbsp;&lt;/p&gt;"
    assert read(f"<rss><item><title>A</title><description>{said}</description></item></rss>") == [
        record(1, "A", "é &nbsp;")
    ]


def test_a_prefix_needs_no_declaration() -> None:
    """It means what it usually does; where it is declared, that counts."""
    text = """<rdf:RDF xmlns="http://purl.org/rss/1.0/">
<item><title>A</title><dc:creator>Ann B</dc:creator><arxiv:doi>10.1145/1</arxiv:doi><x y:z=""/></item>
<item><title>B</title><x:creator xmlns:x="http://purl.org/dc/elements/1.1/">Carl D</x:creator><y:z/></item>
</rdf:RDF>"""
    assert read(text) == [record(2, "A", "", "Ann B", doi="10.1145/1"), record(3, "B", "", "Carl D")]


def test_only_a_few_prefixes_are_declared() -> None:
    """More than thirty would cost minutes in a long entry."""
    items = (
        f"<item><title>A</title>{''.join(f'<x{n}:a/>' for n in range(most))}</item>\n" for most in (30, 31)
    )
    assert read(f"<rss>{''.join(items)}</rss>") == [
        record(1, "A", ""),
        Problem("a.xml", 2, "a fault in the XML: unbound prefix"),
    ]


def test_the_years_of_arxivs_papers_are_those_of_their_ids() -> None:
    """An old paper that is announced again has a date of today; an id without a month tells no year."""
    years = {
        "2305.14710": 2023,
        "hep-th/9901001": 1999,
        "math/0211159": 2002,
        "1234.5678": 2012,
        "2399.00001": 2025,
    }
    items = "".join(
        f"<item><title>A</title><link>https://arxiv.org/abs/{name}</link>"
        "<pubDate>Sun, 30 Nov 2025 20:00:00 -0500</pubDate></item>"
        for name in years
    )
    found = read(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert {each.arxiv_id: each.year for each in found if isinstance(each, Record)} == years | {
        "1234.5678": 2025
    }


def test_the_creators_of_atom_are_authors() -> None:
    """ArXiv names all of a paper's in one element, in the Atom that it makes of its RSS."""
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<entry><title>A</title><id>oai:arXiv.org:2305.14710v1</id><dc:creator>Ann B, Carl D</dc:creator></entry>
<entry><title>B</title><dc:creator>Ann B, Jr.</dc:creator><dc:creator>Carl D</dc:creator></entry>
</feed>"""
    assert [each.authors for each in read(text) if isinstance(each, Record)] == [
        ("Ann B", "Carl D"),
        ("Ann B, Jr.", "Carl D"),
    ]


def test_a_noncharacter_is_no_damage() -> None:
    """XML allows it."""
    (found,) = read("<rss><item><title>A \ufdd0 b</title></item></rss>")
    assert isinstance(found, Record)


def test_an_entry_that_is_too_long_is_reported() -> None:
    """Once; the others are read, of a line that comes in chunks too."""
    text = (
        "<rss><item><title>A</title></item><item>"
        + "tea " * (1 << 18)
        + "</item><item><title>B</title></item>"
    )
    lines = ((1, text[at : at + 1_001]) for at in range(0, len(text), 1_001))
    why = "the entry is too long: more than 1,048,576 characters"
    assert list(map(read_piece, pieces("a.xml", lines, Catalog()))) == [
        record(1, "A", ""),
        Problem("a.xml", 1, why),
        record(1, "B", ""),
    ]


@pytest.mark.parametrize("length", [1, 2, 3, 7, 50])
def test_a_long_line_may_be_cut_anywhere(length: int) -> None:
    """Its chunks bear its number."""
    text = ATOM.replace("\n", " ")
    lines = ((1, text[at : at + length]) for at in range(0, len(text), length))
    assert list(map(_text_of, pieces("a.xml", lines, Catalog()))) == list(map(_text_of, found(text)))


def _text_of(piece: Piece | Problem) -> str:
    assert isinstance(piece, Piece)
    return piece.text


@pytest.mark.parametrize("block", [1, 2, 3, 10, 100])
def test_a_feed_may_be_looked_at_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """What is found does not depend on it, as long as a tag is not longer."""
    expected = [(each.line, _text_of(each)) for each in found(ATOM)]
    monkeypatch.setattr(elements, "_blocks", lambda lines: _cut("\n".join(text for _, text in lines), block))
    assert [(each.line, _text_of(each)) for each in found(ATOM)] == expected


def _cut(text: str, length: int) -> Iterator[str]:
    return (text[at : at + length] for at in range(0, len(text), length))


def test_a_feed_is_never_kept_whole() -> None:
    """Of ten million characters no more than a few blocks are, and of an endless entry only its begin."""

    def lines() -> Iterator[tuple[int, str]]:
        yield 1, "<rss>"
        for number in range(2, 1_002):
            yield number, f"<item><title>A</title><description>{'tea ' * 2_500}</description></item>"
        yield 1_002, "<item>"
        for number in range(1_003, 11_003):
            yield number, "tea " * 250

    tracemalloc.start()
    try:
        assert sum(1 for _ in pieces("a.xml", lines(), Catalog())) == 1_001
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


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
        ('<!DOCTYPE feed [<!ENTITY nbsp "&nbsp;&nbsp;">]><feed><entry>&nbsp;</entry></feed>', 1),
        ('<feed>\n<!ENTITY a "b"></feed>', 2),
        ('<feed>\n<entry>\n<!DOCTYPE feed [<!ENTITY a "b">]>&a;</entry></feed>', 3),
    ],
)
def test_declared_entities_are_refused_at_once(text: str, line: int) -> None:
    """Neither a billion laughs nor a file of this machine comes of them."""
    assert read(text) == [Problem("a.xml", line, "declares entities, which are not read")]


def test_quoted_declarations_declare_nothing() -> None:
    """A paper may be about them."""
    text = "<rss><!-- <!ENTITY --><item><title><![CDATA[A <!ENTITY b]]></title></item></rss>"
    assert [each.title for each in read(text) if isinstance(each, Record)] == ["A <!ENTITY b"]


def test_a_file_name_or_an_address_is_not_opened(tmp_path: Path) -> None:
    """Text is only ever text."""
    (tmp_path / "feed.xml").write_text(ATOM, encoding="utf-8")
    for text in (str(tmp_path / "feed.xml"), (tmp_path / "feed.xml").as_uri(), "http://127.0.0.1:9/feed"):
        (problem,) = read(text)
        assert isinstance(problem, Problem)
        assert problem.reason == "no entries"


def test_no_parser_but_pythons_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is installed, what an entry is read by is what it was found well-formed by."""
    monkeypatch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", ["drv_libxml2"])
    monkeypatch.setitem(sys.modules, "drv_libxml2", ModuleType("drv_libxml2"))
    assert read(ATOM) == [BACKDOORS, TWO]


def test_an_external_document_type_is_not_opened(tmp_path: Path) -> None:
    """A type that stands elsewhere is nothing but a name."""
    (tmp_path / "x.dtd").write_text('<!ENTITY z "secret">', encoding="utf-8")
    address = (tmp_path / "x.dtd").as_uri()
    text = f'<!DOCTYPE rss SYSTEM "{address}">\n<rss><item><title>A &z;</title></item></rss>'
    assert recognises(text)
    assert "secret" not in repr(read(text))


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


def test_only_tags_nest() -> None:
    """Empty ones, comments and quoted text do not."""
    flat = (
        "<a/>" * 1_500 + "<b></b>" * 1_500 + "<!--" + "<a>" * 1_500 + "--><![CDATA[" + "<a>" * 1_500 + "]]>"
    )
    assert read(f"<rss><item><title>A</title><x>{flat}</x></item></rss>") == [record(1, "A", "")]


def test_hardly_anything_but_tags_is_left_as_it_is() -> None:
    """To strip them would take minutes; they are too many for an abstract."""
    found = feed._without_html("<a " * 2_001)  # noqa: SLF001  # a feed of that size says less
    assert found == "<a " * 2_001
    assert feed._without_html("<p>" + "a" * 40_000) == "<p>" + "a" * 40_000  # noqa: SLF001
