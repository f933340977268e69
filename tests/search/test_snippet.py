from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import Analyzer
from bot.search.snippet import Run, read, sentences, snippet

ANALYZER = Analyzer()
WEIGHTS = {"backdoor": 5.0, "tune": 2.0, "instruct": 1.5}
FILLER = "word " * 60
PIECES = st.one_of(
    st.sampled_from(["backdoor", "Backdoors,", "(tuning", "instruction-tuned", "end.", "so?", "word", "a"]),
    st.sampled_from(
        ["“Quoted", "of –", "大模型", "x" * 40, FILLER[:19], "https://x.io/tuning", "x.com/backdoor"]
    ),
)
ABSTRACTS = st.lists(PIECES, max_size=60).map(" ".join)
TERMS = st.lists(st.sampled_from([*WEIGHTS, "finetun", "unheard"]), max_size=4)


def weight(term: str) -> float:
    """Give a term's weight; terms that no test names weigh 1."""
    return WEIGHTS.get(term, 1.0)


def cut(abstract: str, query: str) -> tuple[Run, ...]:
    """Return the snippet of an abstract for a query."""
    return snippet(read(abstract, ANALYZER), {term: weight(term) for term in ANALYZER.terms(query)})


def marked(abstract: str, query: str) -> str:
    """Return the snippet with its matched words in asterisks."""
    return "".join(f"*{run.text}*" if run.matched else run.text for run in cut(abstract, query))


def test_a_short_sentence_is_shown_whole() -> None:
    """Its matched words are runs of their own, whole and as written."""
    assert cut("First. We plant Backdoors in instruction-tuned models! Last.", "backdoor tuning") == (
        Run("We plant "),
        Run("Backdoors", matched=True),
        Run(" in "),
        Run("instruction-tuned", matched=True),
        Run(" models!"),
    )


@pytest.mark.parametrize(
    ("abstract", "query", "shown"),
    [
        ("Tuning is tuning is tuning. A backdoor.", "backdoor tuning", "A *backdoor*."),
        ("Tuning, tuned. Tuning of instructions.", "tuning instruction", "*Tuning* of *instructions*."),
        ("One tuning. Tuning and tuning. Tuned and tuned.", "tuning", "*Tuning* and *tuning*."),
        ("One tuning. Other tuning.", "tuning", "One *tuning*."),
        ("Instruct, instruct. Instruction-tuned.", "instruction tuning", "*Instruction-tuned*."),
        ("backdoor", "backdoor", "*backdoor*"),
        ("Fine-tuning; finetuned; FINE TUNING.", "finetune", "*Fine-tuning*; *finetuned*; FINE TUNING."),
    ],
)
def test_the_weightiest_sentence_is_shown(abstract: str, query: str, shown: str) -> None:
    """Distinct terms count by their weight, then the number of matches, then the order."""
    assert marked(abstract, query) == shown


@pytest.mark.parametrize("query", ["unheard", "", "the"])
def test_without_a_match_the_beginning_is_shown(query: str) -> None:
    """So it is where only the title matched."""
    assert marked("Before all else. The rest.", query) == "Before all else."
    assert marked(FILLER + "end.", query) == ("word " * 31).strip() + "…"


@pytest.mark.parametrize("abstract", ["", "  \n "])
def test_an_empty_abstract_has_no_snippet(abstract: str) -> None:
    """There is nothing to show."""
    assert cut(abstract, "backdoor") == ()


@pytest.mark.parametrize(
    "link",
    [
        "https://x.org/Backdoor-Attack",
        "HTTP://backdoor.org",
        "//modelscope.cn/backdoor",
        "www.backdoor.org",
        "github.com/wang/Backdoor-Attack.",
        "pages.github.io/backdoor)",
        "(https://x.org/backdoor).",
    ],
)
def test_a_link_is_never_the_reason(link: str) -> None:
    """A word in a link matches nothing: another sentence is shown, or the beginning."""
    assert marked(f"Before all else. See {link} for code. We tune.", "backdoor tune") == "We *tune*."
    assert marked(f"Before all else. See {link} for code.", "backdoor") == "Before all else."
    assert marked(f"A backdoor: {link} it is.", "backdoor") == f"A *backdoor*: {link} it is."


@pytest.mark.parametrize(
    "text", ["A backdoor/trojan.", "GPT-3.5/backdoor.", "See e.g./backdoor.", "or/and.backdoor"]
)
def test_what_only_looks_like_a_link_matches(text: str) -> None:
    """Alternatives and version numbers with a stroke are words."""
    assert "*backdoor*" in marked(text, "backdoor")


def test_a_long_sentence_is_cut_around_its_matches() -> None:
    """They stand in the middle, between ellipses, and no word is cut."""
    assert marked(f"{FILLER}a backdoor in tuning {FILLER}", "backdoor tuning") == (
        f"…{'word ' * 13}a *backdoor* in *tuning* {'word ' * 14}".rstrip() + "…"
    )


def test_matches_near_an_end_keep_that_end() -> None:
    """The sentence's beginning, or its end, is shown without an ellipsis."""
    assert marked(f"A backdoor {FILLER}", "backdoor") == f"A *backdoor* {'word ' * 29}".rstrip() + "…"
    assert marked(f"{'word ' * 29}backdoor {FILLER}", "backdoor") == f"{'word ' * 29}*backdoor* word…"
    assert marked(f"{FILLER}a backdoor.", "backdoor") == f"…{'word ' * 29}a *backdoor*."


def test_of_a_long_sentence_the_densest_stretch_is_shown() -> None:
    """What lies too far apart for one snippet competes."""
    text = f"Tuning {FILLER}backdoor of instructions {FILLER}tuning"
    assert marked(text, "backdoor tuning instruction") == (
        f"…{'word ' * 13}*backdoor* of *instructions* {'word ' * 13}".rstrip() + "…"
    )


def test_a_sentence_of_2000_characters_gives_a_snippet() -> None:
    """Its last word may be the reason."""
    text = "word " * 400 + "backdoor"
    assert marked(text, "backdoor") == f"…{'word ' * 30}*backdoor*"


@pytest.mark.parametrize(
    ("abstract", "query", "shown"),
    [
        ("نقترح نموذجا. نموذج لغوي كبير.", "لغوي", "نموذج *لغوي* كبير."),
        ("كلمة " * 80 + "نموذج", "نموذج", "…" + "كلمة " * 30 + "*نموذج*"),
        ("我们提出方法。大型语言模型很好。", "语言模型", "*大型语言模型很好*。"),
        ("第一句。" + "我" * 200 + "。", "模型", "第一句。"),
        ("We train BERT模型 here.", "模型", "We train BERT*模型* here."),
    ],
)
def test_other_writing_has_snippets_too(abstract: str, query: str, shown: str) -> None:
    """Arabic is cut between words; of unspaced writing the whole run has matched."""
    assert marked(abstract, query) == shown


@pytest.mark.parametrize("length", [100, 156, 157, 158, 200, 500])
def test_a_long_run_of_unspaced_writing_is_cut(length: int) -> None:
    """It has no words to cut between."""
    runs = cut("语言" + "模" * length + "。", "语言")
    assert 0 < len("".join(run.text for run in runs)) <= 160


@pytest.mark.parametrize(
    ("abstract", "shown"),
    [
        ("x" * 500, "x" * 158 + "…"),
        ("a backdoor " + "x" * 500, "a *backdoor*…"),
        ("backdoor " + "x" * 500, "*backdoor*…"),
        ("x" * 500 + " backdoor", "…*backdoor*"),
        ("x" * 500 + " backdoor " + "x" * 500, "…*backdoor*…"),
        ("backdoor-" + "x" * 500, "backdoor-" + "x" * 149 + "…"),
        ("+" * 200 + "backdoor" + "+" * 200, "…" + "+" * 75 + "*backdoor*" + "+" * 75 + "…"),
    ],
)
def test_a_word_that_does_not_fit_is_left_out(abstract: str, shown: str) -> None:
    """Only where there is no blank at all, a word is cut; a match never is."""
    assert marked(abstract, "backdoor") == shown


def test_no_punctuation_stands_before_the_ellipsis() -> None:
    """What would dangle there is left out."""
    for dangling in (",", ";", ":", " –", " ("):
        text = f"Backdoor {'w' * 145}{dangling} and so on, {FILLER}"
        assert marked(text, "backdoor") == f"*Backdoor* {'w' * 145}…"


@pytest.mark.parametrize(
    "parts",
    [
        ["One.", "Two!", "Three?", "Four"],
        ["We use e.g. Adam, i.e. Kingma's, cf. Fig. 2, Sec. 3, Eq. 4.", "Then etc. Also vs. GPT."],
        ["Smith et al. Show it, as Dr. J. Doe did.", "Next."],
        ["GPT-3.5 gains 2.5 points.", "BERT none."],
        ["He said “No.”", "“Yes.”", "(So.)", "[1] cites it.", "12 papers do."],
        ["Is it?!", "Über alles.", "Élan."],
        ["我们提出模型。", "效果很好！", "真的？", "是"],
    ],
)
def test_a_text_is_cut_into_sentences(parts: list[str]) -> None:
    """Abbreviations, initials and numbers end none; quotes and brackets belong to their sentence."""
    blank = "" if parts[0].endswith("。") else " "
    text = blank.join(parts)
    assert [text[start:end] for start, end in sentences(f"{text} ")] == parts


def test_a_sentence_goes_on_in_small_letters() -> None:
    """A full stop before a small letter ends nothing."""
    assert sentences("We use approx. ten models. iPhone") == [(0, 33)]


@given(st.one_of(ABSTRACTS, st.text(st.characters(exclude_characters="…"), max_size=400)), TERMS)
def test_a_snippet_is_a_stretch_of_one_sentence(abstract: str, terms: list[str]) -> None:
    """It has at most 160 characters, and without its ellipses it stands in a sentence of the abstract."""
    text = "".join(
        run.text for run in snippet(read(abstract, ANALYZER), {term: weight(term) for term in terms})
    )
    assert len(text) <= 160
    stretch = text.removeprefix("…").removesuffix("…")
    assert any(stretch in abstract[start:end] for start, end in sentences(abstract)) or not text
    assert bool(text) == bool(abstract.strip())


@given(ABSTRACTS, TERMS)
def test_a_snippet_is_cut_between_words(abstract: str, terms: list[str]) -> None:
    """Beside an ellipsis stand whole words, and neither blanks nor what would dangle."""
    text = "".join(
        run.text for run in snippet(read(abstract, ANALYZER), {term: weight(term) for term in terms})
    )
    stretch = text.removeprefix("…").removesuffix("…")
    assert stretch == stretch.strip()
    words = abstract.split()
    if text.startswith("…"):
        assert stretch.split()[0] in {*words, *(word.lstrip("(") for word in words)}
    if text.endswith("…"):
        assert stretch.split()[-1] in {word.rstrip(",;:–-(") for word in words}


@given(ABSTRACTS, TERMS)
def test_matched_runs_are_the_words_with_the_terms(abstract: str, terms: list[str]) -> None:
    """A run is matched when it is a word with a term of the query; all others hold none but in links."""
    for run in snippet(read(abstract, ANALYZER), {term: weight(term) for term in terms}):
        found = [word for word in ANALYZER.words(run.text) if set(terms) & set(word.forms.terms)]
        if run.matched:
            assert [(word.start, word.end) for word in found] == [(0, len(run.text))]
        else:
            outside = [word for part in run.text.split() if "/" not in part for word in ANALYZER.terms(part)]
            assert set(terms).isdisjoint(outside)


@given(ABSTRACTS, TERMS)
def test_no_stretch_is_worth_more_than_the_snippet(abstract: str, terms: list[str]) -> None:
    """Looking at every stretch of every sentence finds none with a greater weight of distinct terms."""

    def worth(words: list[str]) -> float:
        heaviest = {max(set(terms).intersection(ANALYZER.terms(word)), key=weight) for word in words}
        return sum(map(weight, heaviest))

    place, matches = 0, []
    for part in abstract.split(" "):
        if "/" not in part:
            found = [word for word in ANALYZER.words(part) if set(terms) & set(word.forms.terms)]
            matches += [(place + word.start, place + word.end) for word in found]
        place += len(part) + 1
    ends = [end for _, end in sentences(abstract)]
    best = max(
        (
            worth([abstract[start:end] for start, end in matches if first[0] <= start and end <= last[1]])
            for first, last in combinations_with_replacement(matches, 2)
            if last[1] - first[0] <= 158 and not any(first[0] < end < last[1] for end in ends)
        ),
        default=0.0,
    )
    assert (
        worth(
            [
                run.text
                for run in snippet(read(abstract, ANALYZER), {term: weight(term) for term in terms})
                if run.matched
            ]
        )
        >= best
    )
