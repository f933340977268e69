import re
from dataclasses import replace

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given
from hypothesis import strategies as st

from bot.bibtex import entry, key
from bot.papers import Paper, TitleOrigin

BARE = Paper(number=1, shown_id="p0123456789", title="Tea", title_origin=TitleOrigin.PAGE, abstract="A")
ARXIV = replace(
    BARE,
    shown_id="2305.14710",
    arxiv_id="2305.14710",
    year=2023,
    first_author="Jiashu Xu",
    authors=("Jiashu Xu", "Mingyu Derek Ma"),
    url="https://arxiv.org/abs/2305.14710",
)


def field(paper: Paper, name: str) -> str:
    """Return the value of one field of the paper's entry."""
    found = re.search(rf"^  {name} = \{{(.*)\}},$", entry(paper), re.MULTILINE)
    return found[1] if found else ""


def named(*names: str) -> str:
    """Return the authors' field of a paper by these."""
    return field(replace(BARE, authors=names), "author")


def test_a_preprint_is_misc_with_its_eprint() -> None:
    """Both bibtex's styles and biblatex know archiveprefix."""
    assert entry(ARXIV) == (
        "@misc{xu-2305.14710,\n"
        "  title = {Tea},\n"
        "  author = {Xu, Jiashu and Ma, Mingyu Derek},\n"
        "  year = {2023},\n"
        "  eprint = {2305.14710},\n"
        "  archiveprefix = {arXiv},\n"
        "  url = {https://arxiv.org/abs/2305.14710},\n"
        "}"
    )


def test_a_paper_of_a_volume_has_the_volumes_year_and_address() -> None:
    """The preprint may be of the year before; it stays as the eprint."""
    assert entry(replace(ARXIV, acl_id="2024.findings-naacl.82")) == (
        "@inproceedings{xu-2305.14710,\n"
        "  title = {Tea},\n"
        "  author = {Xu, Jiashu and Ma, Mingyu Derek},\n"
        "  booktitle = {Findings of NAACL 2024},\n"
        "  year = {2024},\n"
        "  eprint = {2305.14710},\n"
        "  archiveprefix = {arXiv},\n"
        "  url = {https://aclanthology.org/2024.findings-naacl.82/},\n"
        "}"
    )


def test_a_journal_of_the_anthology_is_no_proceedings() -> None:
    """It has articles, and its full name."""
    assert entry(replace(BARE, shown_id="2024.tacl-1.4", acl_id="2024.tacl-1.4")) == (
        "@article{2024.tacl-1.4,\n"
        "  title = {Tea},\n"
        "  journal = {Transactions of the Association for Computational Linguistics},\n"
        "  year = {2024},\n"
        "  url = {https://aclanthology.org/2024.tacl-1.4/},\n"
        "}"
    )


def test_what_is_not_known_is_left_out() -> None:
    """Of an Anthology id that names no venue, the address stays."""
    assert entry(BARE) == "@misc{p0123456789,\n  title = {Tea},\n}"
    assert entry(replace(BARE, acl_id="P19-1001", year=2019)) == (
        "@misc{p0123456789,\n"
        "  title = {Tea},\n"
        "  year = {2019},\n"
        "  url = {https://aclanthology.org/P19-1001/},\n"
        "}"
    )


def test_a_sentence_is_not_given_out_as_a_title() -> None:
    """It stands in the note, which says so."""
    assert entry(replace(BARE, title="We see 5%.", title_origin=TitleOrigin.SENTENCE)) == (
        "@misc{p0123456789,\n  note = {Title not known. The abstract begins: We see 5{\\%}.},\n}"
    )


@pytest.mark.parametrize(
    ("title", "tex"),
    [
        (r"\ # $ % & _ ~ ^ |", r"{\textbackslash} {\#} {\$} {\%} {\&} {\_} {\textasciitilde} "
         r"{\textasciicircum} {\textbar}"),
        ("a } < b { >", r"a {\textbraceright} {\ensuremath{<}} b {\textbraceleft} {\ensuremath{>}}"),
        ('"start", ("mid")', r"{\textquotedblleft}start{''}, ({\textquotedblleft}mid{''})"),
        ("?`", r"?{\textasciigrave}"),
        ("a\n b\x00c\u200bd\uffff", "a bcd"),
        ("é š ø e\u0301", r"{\'e} {\v{s}} {\o} {\'e}"),
        ("ố ậ ș ǎ n\u0308", r"{\'{ô}} {\d{â}} {\textcommabelow{s}} {\v{a}} {\"{n}}"),
        ("γ ά ΐ", r"{\ensuremath{\gamma}} {\ensuremath{\acute\alpha}} {\ensuremath{\acute{\ddot{\iota}}}}"),
        ("中文 😀 Жук", "中文 😀 Жук"),
    ],
)  # fmt: skip
def test_a_title_is_text(title: str, tex: str) -> None:
    """What TeX would read becomes a macro in braces; what pdflatex cannot set stays as it is."""
    assert field(replace(BARE, title=title), "title") == tex


@pytest.mark.parametrize(
    ("title", "tex"),
    [
        ("Pre-Training of a Model: A Survey", "Pre-Training of a Model: A Survey"),
        ("LoRA: BERT-based T5 for LLMs", "{LoRA}: {BERT}-based {T5} for {LLMs}"),
        ("Llama 2-Chat and Cerbero-7B", "{Llama} 2-Chat and {Cerbero}-{7B}"),
        ("Should You Mask 15%", r"Should You Mask 15{\%}"),
        ("Orca 2: the Q of A Model", "{Orca} 2: the {Q} of A Model"),
        ("Chinese for Bayesian Chinchilla", "{Chinese} for {Bayesian} Chinchilla"),
        ("DomURLs_BERT: MedS^3", r"{DomURLs{\_}BERT}: {MedS{\textasciicircum}3}"),
        ("Études: TÜLU", r"{\'E}tudes: {T{\"U}LU}"),
        ("ATTENTION IS ALL YOU NEED", "ATTENTION IS ALL YOU NEED"),
        ("BERT", "{BERT}"),
    ],
)
def test_braces_keep_the_capitals_that_must_stay(title: str, tex: str) -> None:
    """Those in a word, of a name, before a number; not those of title case, nor a shouted title's."""
    assert field(replace(BARE, title=title), "title") == tex


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("Štefan Grivalský", r"Grivalsk{\'y}, {\v{S}}tefan"),
        ("Robert L. Logan IV", "Logan, IV, Robert L."),
        ("John Smith, Jr.", "Smith, Jr., John"),
        ("Smith, Jr.", "{Smith, Jr.}"),
        ("Smith, John", "{Smith, John}"),
        ("Laurens van der Maaten", "van der Maaten, Laurens"),
        ("Guy Van den Broeck", "Van den Broeck, Guy"),
        ("danah boyd", "boyd, danah"),
        ("OpenAI", "{OpenAI}"),
        ("Gemini Team", "{Gemini Team}"),
        ("Salt AND Pepper", "{Salt AND Pepper}"),
        ("李 明", "{李 明}"),
        ("given=Hans {Fo}o", "o, given Hans Fo"),
        ("\u200b", ""),
    ],
)
def test_a_name_keeps_its_parts(name: str, tex: str) -> None:
    """One that would be split wrongly stands in braces."""
    assert named(name) == tex


def test_others_follow_where_not_all_authors_are_known() -> None:
    """Either the first is known alone, or the text says et al."""
    assert named("Jiashu Xu", "Fei Wang et al.") == "Xu, Jiashu and Wang, Fei and others"
    for first in ("Jiashu Xu", "Jiashu Xu et al."):
        assert field(replace(BARE, first_author=first), "author") == "Xu, Jiashu and others"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Jiashu Xu", "xu-x/1.2"),
        ("Lilja Øvrelid", "ovrelid-x/1.2"),
        ("Guy Van den Broeck", "vandenbroeck-x/1.2"),
        ("Đorđe Weiß-O’Neal", "weissoneal-x/1.2"),
        ("Xu et al.", "xu-x/1.2"),
        ("李 明", "x/1.2"),
        ("", "x/1.2"),
    ],
)
def test_a_key_has_the_surname_and_the_id(name: str, made: str) -> None:
    """Only signs that both tools take are in it."""
    assert key(replace(BARE, first_author=name, shown_id='x{},%#~"(/1.2')) == made


def test_an_address_is_quoted_for_urls() -> None:
    """What is quoted already stays."""
    paper = replace(BARE, url='https://x.org/a b{c\\"é%20#g_~&')
    assert field(paper, "url") == "https://x.org/a%20b%7Bc%5C%22%C3%A9%20#g_~&"


def test_a_doi_is_quoted_as_an_address_is() -> None:
    """Tools read it as it stands; of what is known only by it, the address is its own."""
    assert entry(replace(BARE, doi="10.1016/s(02)0_%{\\&")) == (
        "@misc{p0123456789,\n"
        "  title = {Tea},\n"
        "  doi = {10.1016/s(02)0_%25%7B%5C%26},\n"
        "  url = {https://doi.org/10.1016/s(02)0_%25%7B%5C%26},\n"
        "}"
    )
    assert field(replace(ARXIV, doi="10.1/x"), "doi") == "10.1/x"
    assert field(replace(ARXIV, doi="10.1/x"), "url") == "https://arxiv.org/abs/2305.14710"


TEXT = st.text(st.one_of(st.characters(), st.sampled_from('{}\\"@%#=, \nBand')), max_size=40)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3), st.sampled_from(TitleOrigin))
@example("{", "}", ["\\{", "}"], TitleOrigin.PAGE)
def test_any_text_makes_one_entry(title: str, url: str, names: list[str], origin: TitleOrigin) -> None:
    """Braces are balanced as bibtex counts them, and a parser finds one entry under its key."""
    paper = replace(
        ARXIV, title=title, title_origin=origin, url=url, doi=url, authors=tuple(names), first_author=title
    )
    text = entry(paper)
    depth, depths = 0, []
    for sign in re.findall("[{}]", text):
        depth += 1 if sign == "{" else -1
        depths.append(depth)
    assert min(depths[:-1]) == 1
    assert depth == 0
    library = parse_string(text)
    assert [made.key for made in library.entries] == [key(paper)]
    assert len(library.blocks) == 1
