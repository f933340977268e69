import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import Analyzer, Forms, Word, name_forms
from bot.search.stopwords import STOP_WORDS

ANALYZER = Analyzer()
TRICKY = st.text(alphabet="aAbz09-_'’\u2010\u2011\u0301\u200d ü大模ไทย한ｶﾞﬁ²🙂\ud800\n.", max_size=30)
ANY = st.one_of(st.text(st.characters()), TRICKY)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("TÜLU 3", ["tulu", "3"]),
        ("naïve Bayés", ["naiv", "bay"]),
        ("Søren Łódź", ["soren", "lodz"]),
        ("Caf\u00e9 Cafe\u0301", ["cafe", "cafe"]),
        ("ＢＥＲＴ ﬁne x²", ["bert", "fine", "x2"]),
        ("İstanbul", ["istanbul"]),
        ("BERT Bert bert", ["bert", "bert", "bert"]),
        ("backdoors backdoored backdoor", ["backdoor", "backdoor", "backdoor"]),
        ("instruction instructing instructs", ["instruct", "instruct", "instruct"]),
        ("LLM LLMs llms LLM's VLMs-based", ["llm", "llm", "llm", "llm", "vlm", "base", "vlmsbase"]),
        ("TTS CLS css gpus", ["tts", "cls", "css", "gpus"]),
    ],
)
def test_a_term_is_the_same_however_it_is_written(text: str, terms: list[str]) -> None:
    """Compatibility forms, diacritics, case and English endings make no difference."""
    assert ANALYZER.terms(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("attention is all you need", ["attent", "all", "need"]),
        ("The use of THE model", ["use", "model"]),
        ("I don't, they can’t, it's WE", []),
        ("few-shot and first-order without labels", ["few", "shot", "fewshot", "first", "order", "firstord",
                                                     "without", "label"]),
    ],
)  # fmt: skip
def test_stop_words_are_no_terms(text: str, terms: list[str]) -> None:
    """They are left out in any case and with any apostrophe; words that name methods are none."""
    assert ANALYZER.terms(text) == terms


def test_stop_words_are_as_the_analyzer_compares_them() -> None:
    """A stop word in capitals, with an apostrophe or a diacritic would never be met."""
    assert {
        word for word in STOP_WORDS if not (word.isascii() and word.isalpha() and word.islower())
    } == set()


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("fine-tuning", Forms(("fine", "tune", "finetun"), (("fine", "tune"), ("finetun",)))),
        ("fine\u2010tuning", Forms(("fine", "tune", "finetun"), (("fine", "tune"), ("finetun",)))),
        ("fine\u2011tuning", Forms(("fine", "tune", "finetun"), (("fine", "tune"), ("finetun",)))),
        ("fine_tuning", Forms(("fine", "tune", "finetun"), (("fine", "tune"), ("finetun",)))),
        ("finetuning", Forms(("finetun",), (("finetun",),))),
        ("in-context", Forms(("context", "incontext"), (("context",), ("incontext",)))),
        ("out-of-domain", Forms(("domain", "outofdomain"), (("domain",), ("outofdomain",)))),
        ("self-self", Forms(("self", "selfself"), (("self", "self"), ("selfself",)))),
        ("PolyLM", Forms(("polylm", "poli", "lm"), (("polylm",), ("poli", "lm")))),
        ("AwakerVL2", Forms(("awakervl2", "awak", "vl2"), (("awakervl2",), ("awak", "vl2")))),
        ("MobileBERT-Tiny", Forms(("mobilebert", "tini", "mobileberttini", "mobil", "bert"),
                                  (("mobilebert", "tini"), ("mobileberttini",), ("mobil", "bert", "tini")))),
        ("LoRA", Forms(("lora",), (("lora",),))),
        ("iPhone", Forms(("iphon",), (("iphon",),))),
        ("GPT-3's", Forms(("gpt", "3", "gpt3"), (("gpt", "3"), ("gpt3",)))),
        ("model’s", Forms(("model",), (("model",),))),
        ("MODEL'S", Forms(("model",), (("model",),))),
        ("O'Reilly", Forms(("oreilli",), (("oreilli",),))),
        ("模型模型", Forms(("模型", "型模"), (("模型", "型模", "模型"),))),
        ("the", Forms((), ())),
    ],
)  # fmt: skip
def test_a_word_stands_for_all_its_forms(word: str, forms: Forms) -> None:
    """Hyphens, underscores and camel case give the parts and the whole; two letters are no camel's start."""
    assert ANALYZER.forms(word) == forms
    assert list(ANALYZER.words(word)) == ([Word(0, len(word), forms)] if forms.terms else [])


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("The", Forms(("the",), (("the",),))),
        ("Hastings", Forms(("hastings",), (("hastings",),))),
        ("Müller", Forms(("muller",), (("muller",),))),
        ("O’Neil", Forms(("oneil",), (("oneil",),))),
        ("Jian-Yun", Forms(("jian", "yun", "jianyun"), (("jian", "yun"), ("jianyun",)))),
        ("李明", Forms(("李明",), (("李明",),))),
    ],
)
def test_a_name_is_taken_as_it_is(name: str, forms: Forms) -> None:
    """No stop word, without an ending; only case, diacritics, apostrophes and hyphens make no difference."""
    assert name_forms(name) == forms


def test_spellings_of_a_hyphenated_word_meet() -> None:
    """What is written with a hyphen shares a term with both of its other spellings."""
    hyphenated = set(ANALYZER.terms("fine-tuning"))
    assert hyphenated & set(ANALYZER.terms("finetuned")) == {"finetun"}
    assert hyphenated & set(ANALYZER.terms("Fine Tunes")) == {"fine", "tune"}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("大型语言模型", ["大型", "型语", "语言", "言模", "模型"]),
        ("言語モデル", ["言語", "語モ", "モデ", "デル"]),
        ("ｹﾞｰﾑ", ["ゲー", "ーム"]),
        ("한국어 모델", ["한국", "국어", "모델"]),
        (unicodedata.normalize("NFD", "한국어 모델"), ["한국", "국어", "모델"]),
        ("สวัสดี", ["สว", "วั", "ัส", "สด", "ดี"]),
        ("模", ["模"]),
        ("BERT模型2的", ["bert", "模型", "2", "的"]),
        ("模型模型", ["模型", "型模"]),
        ("大模型。小模型，", ["大模", "模型", "小模", "模型"]),
    ],
)
def test_unspaced_writing_is_cut_into_pairs(text: str, terms: list[str]) -> None:
    """Chinese, Japanese, Korean and Thai: a run of characters gives each pair once, a lone one itself."""
    assert ANALYZER.terms(text) == terms


@pytest.mark.parametrize("text", ["", " \n\t", "…?!", "🙂 👩‍💻", "\u0301", "-_'’", "\ud800", "\0"])
def test_what_holds_no_word_has_no_terms(text: str) -> None:
    """Blanks, punctuation, emoji, lone marks and broken characters are passed over."""
    assert ANALYZER.terms(text) == []


def test_words_keep_their_places() -> None:
    """A word is a slice of the text as it was written, with its marks, hyphens and possessive."""
    text = "The TU\u0308LU-3’s fine-tuning, 🙂大模型 of PolyLM--done' x"
    found = [text[word.start : word.end] for word in ANALYZER.words(text)]
    assert found == ["TU\u0308LU-3’s", "fine-tuning", "大模型", "PolyLM", "done", "x"]


@given(ANY)
def test_any_text_can_be_analysed(text: str) -> None:
    """The terms are those of the words, which stand in ascending order inside the text."""
    words = list(ANALYZER.words(text))
    assert ANALYZER.terms(text) == list(chain.from_iterable(word.forms.terms for word in words))
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))
    for word in words:
        assert word.forms == ANALYZER.forms(text[word.start : word.end])
        assert len(set(word.forms.terms)) == len(word.forms.terms)
        assert set(chain.from_iterable(word.forms.ways)) == set(word.forms.terms)
        assert all(word.forms.ways)


@given(
    st.text(
        st.one_of(st.characters(min_codepoint=32, max_codepoint=0x24F), st.sampled_from("한국어がプ模")),
        max_size=40,
    )
)
def test_normal_forms_of_a_text_have_the_same_terms(text: str) -> None:
    """It does not matter whether a system composes its accents or not."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert ANALYZER.terms(decomposed) == ANALYZER.terms(composed)


def test_no_letter_is_passed_over() -> None:
    """A letter or digit of any script is a word, unless it is read as `a` or `i`, which say nothing."""
    alone = {chr(code) for code in range(0x20000) if chr(code).isalnum()}
    silent = {letter for letter in alone if not ANALYZER.terms(letter)}
    assert {unicodedata.normalize("NFKD", letter)[0].lower() for letter in silent} == {"a", "i"}


def test_threads_may_share_an_analyzer(abstracts: list[str]) -> None:
    """Many threads that analyse the same texts at once agree with one that does so alone."""
    alone, shared = Analyzer(), Analyzer()
    expected = [alone.terms(text) for text in abstracts]
    together = Barrier(8)

    def analyse() -> list[list[str]]:
        together.wait(timeout=30)
        return [shared.terms(text) for text in abstracts]

    with ThreadPoolExecutor(8) as threads:
        agreed = [done.result() for done in [threads.submit(analyse) for _ in range(8)]]
    assert agreed == [expected] * 8
