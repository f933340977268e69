from importlib import import_module

import pytest

from bot.corpus import mend

# What the seeds hold, each with the file and line it comes from.
SEED_CASES = [
    ("000:3", "materials at: //github.com/MLGroupJLU", "materials at: https://github.com/MLGroupJLU"),
    ("000:3", "we answer the `where' and `how' questions", "we answer the 'where' and 'how' questions"),
    ("000:4", r"at: \url{//modelscope.cn/models/damo/nlp_polylm_13b_text_generation}.",
     "at: https://modelscope.cn/models/damo/nlp_polylm_13b_text_generation."),
    ("001:53", r"we introduce T\"ULU 3, a family", "we introduce TÜLU 3, a family"),
    ("001:93", "task (``avoid injuries'') as a testbed", 'task ("avoid injuries") as a testbed'),
    ("001:97", r"\textit{agnostic to the training hyper-parameters in the fine-tuning stage}. Antidote",
     "agnostic to the training hyper-parameters in the fine-tuning stage. Antidote"),
    ("001:97", "attacks qi2023fine-- a few", "attacks qi2023fine-- a few"),
    ("001:105", "at https://github.com/wang2226/Back", "at https://github.com/wang2226/Back"),
    ("001:113", "in <100 poison samples", "in <100 poison samples"),
    ("001:189", r"regularization, \etc. However", "regularization, etc. However"),
    ("001:189", r"by 3.2\% to 6.1\% while", "by 3.2% to 6.1% while"),
    ("001:269", "model ({varphi}) which", "model (varphi) which"),
    ("001:277", "progress (''knowledge tracing''; KT), and", 'progress ("knowledge tracing"; KT), and'),
    ("001:325", "website http://pretrain.nlpedia.ai/ incl", "website http://pretrain.nlpedia.ai/ incl"),
    ("001:331", "Domain Coverage, Quality, & Toxicity", "Domain Coverage, Quality, & Toxicity"),
    ("001:337", "less than $200 per model", "less than $200 per model"),
    ("002:12", "AntLM_{BabyLlama} improves", "AntLM_BabyLlama improves"),
    ("002:36", "language modeling~(MLM) in", "language modeling (MLM) in"),
    ("002:36", "wav2vec~2.0 and HuBERT", "wav2vec 2.0 and HuBERT"),
    ("002:36", r"our model shows~5\% to~10\% relative", "our model shows 5% to 10% relative"),
    ("002:36", "the Libri-Light~60k corpus", "the Libri-Light 60k corpus"),
    ("002:44", "as small as ~1M parameters", "as small as ~1M parameters"),
    ("002:44", "2.2 times 10^{15} FLOPs", "2.2 times 10^15 FLOPs"),
    ("002:56", r"SecureBERT\url{https://github.com/ehsanaghaei/SecureBERT} out",
     "SecureBERT https://github.com/ehsanaghaei/SecureBERT out"),
    ("002:92", "a cost of roughly $20. We plot", "a cost of roughly $20. We plot"),
    ("002:112", r"such as Na\"ive Bayes", "such as Naïve Bayes"),
    ("002:116", "(or ``N:M'') Sparsity", '(or "N:M") Sparsity'),
    ("002:212", "https://osf.io/hqt7p/?view_only=3b91", "https://osf.io/hqt7p/?view_only=3b91"),
    ("002:266", r"we present \ewtune, a DP framework", "we present ewtune, a DP framework"),
    ("002:266", r"while \ewtune~adds privacy", "while ewtune adds privacy"),
    ("002:321", "MedS^3: Towards", "MedS^3: Towards"),
    ("002:322", r"language model, \mone, designed", "language model, mone, designed"),
    ("002:372", 'well-known``multi-task conflict" issue', 'well-known "multi-task conflict" issue'),
    ("002:391", "PhishBots? -- Preventing", "PhishBots? -- Preventing"),
    ("003:85", "4.5 x 10^6 authored texts", "4.5 x 10^6 authored texts"),
    ("003:85", "(https://github.com/jahuerta92/star)", "(https://github.com/jahuerta92/star)"),
    ("003:97", "prevalence of `jailbreak' attacks", "prevalence of 'jailbreak' attacks"),
    ("003:125", r"leveraging {\ours}'s robust", "leveraging ours's robust"),
    ("003:173", "of ``you may be attacked`` to", 'of "you may be attacked" to'),
    ("004:26", "(typically 0.15~0.3 epochs)", "(typically 0.15~0.3 epochs)"),
]  # fmt: skip

OTHER_CASES = [
    ("`{}`uncovered''", '"uncovered"'),
    ("{{a b}} and {{c}}", "{{a b}} and c"),
    ("pay $5 or 10$ more", "pay $5 or 10$ more"),
    (r"10\,000 \\ lines, \(x\) hy\-phen", "10 000 lines, x hyphen"),
    (r"Duki\u0107, \ud83d\ude00, \ubabe, \u0000{a, b}", "Dukić, 😀, ubabe, {a, b}"),
    (r"Erd\H{o}s, Ho\v{r}ava, Fran\c{c}ois, Fran\c cois, \O rsted",
     "Erdős, Hořava, François, François, Ørsted"),
    (r"Andr\'e, Andr\'{e}, {\'E}va, na\"{\i}ve, \^{\i}le, Stra\ss e",
     "André, André, Éva, naïve, île, Straße"),
    (r"\`a la, Espa\~na, \AA{}ngstr\"om, {\L}ukasz, \k{a}, \u{g}", "à la, España, Ångström, Łukasz, ą, ğ"),
    (r'the \"best\" model', 'the "best" model'),
    (r"a $k$-nearest $\alpha$-divergence, $O(n^2)$ and $\Lambda \times \varphi$",
     "a k-nearest α-divergence, O(n^2) and Λ × φ"),
    (r"between $5 and $10, or US$20 (or 5$) and 10$", "between $5 and $10, or US$20 (or 5$) and 10$"),
    (r"A \& B, C\_D, \#1, \$5, \{x, y\}", "A & B, C_D, #1, $5, {x, y}"),
    (r"\emph{a \textbf{b c} d}, {\bf loud}, \texttt{x_y}", "a b c d, loud, x_y"),
    (r"see \href{https://a.org/x}{the page}", "see the page (https://a.org/x)"),
    (r"\frac{1}{2} of 3 \times 4", "1/2 of 3 × 4"),
    ("labels {yes, no} and the set {a b}", "labels {yes, no} and the set {a b}"),
    ("about (~5%), 10%~20%, $1~$2, 60k~80k", "about (~5%), 10%~20%, $1~$2, 60k~80k"),
    ("Table~3, Fig.~2, 10~epochs, GPT-4~(OpenAI)", "Table 3, Fig. 2, 10 epochs, GPT-4 (OpenAI)"),
    ("https://www.cs.cmu.edu/~user/ and ~/data, x ~ p", "https://www.cs.cmu.edu/~user/ and ~/data, x ~ p"),
    ("either // or, and a//b", "either // or, and a//b"),
    ("nul\x00l, bell\x07, soft\u00adhyphen, \u202edirection, bom\ufeff",
     "null, bell, softhyphen, direction, bom"),
    ("lone \udcff surrogate", "lone surrogate"),
    ("  white\t\tspace\u00a0of \u2028 all\r\nkinds ", "white space of all kinds"),
    ("Cafe\u0301", "Café"),
    ("\N{FAMILY}\u200d\N{GIRL} keeps its joiner", "\N{FAMILY}\u200d\N{GIRL} keeps its joiner"),
    (r"unclosed \textit{agnostic to", "unclosed agnostic to"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "raw", "shown"), SEED_CASES)
def test_each_oddity_of_the_seeds_is_mended(place: str, raw: str, shown: str) -> None:
    """What the seeds hold of TeX and lost links is shown as a reader expects it."""
    assert mend(raw) == shown, place


@pytest.mark.parametrize("place", SEED_CASES)
def test_the_cases_are_in_the_seeds(place: tuple[str, str, str], texts: dict[str, str]) -> None:
    """Each case is what its line of the seeds holds, so the list cannot drift from them."""
    file, line = place[0].split(":")
    assert place[1] in texts[file].split("\n")[int(line) - 1]


@pytest.mark.parametrize(("raw", "shown"), OTHER_CASES)
def test_what_other_abstracts_bring_is_mended(raw: str, shown: str) -> None:
    """Accents, formulas, money, ranges and characters nobody sees come out as they are meant."""
    assert mend(raw) == shown


@pytest.mark.parametrize("text", ["{}", "~", "``''", "$$", r"\quad", "{{}}", "\\", r"\bf", r"\!"])
def test_mending_leaves_something(text: str) -> None:
    """A text that is nothing but TeX's signs is shown as something, and mending that changes nothing."""
    assert mend(text) != ""
    assert mend(mend(text)) == mend(text)


def test_nothing_visible_is_nothing() -> None:
    """A text of control characters and white space has nothing to show."""
    assert mend("\x00 \u200b\n") == ""


@pytest.mark.parametrize(
    "text",
    [
        *(sign * (20_000 // len(sign)) for sign in ("\\", "{", "}", "{{a", "~", "`", "'", "$", "$a", "``x")),
        "\\{" * 10_000,
        "//a." * 4_500 + "x0 end.",
    ],
    ids=lambda text: text[:8],
)
def test_mending_takes_few_readings_whatever_the_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest line there may be, made of one sign over and over, is not read once for every sign."""
    module = import_module("bot.corpus.mend")
    readings: list[str] = []
    read_tex = module.read_tex

    def counting(text: str) -> str:
        readings.append(text)
        return str(read_tex(text))

    monkeypatch.setattr(module, "read_tex", counting)
    mended = mend(text)
    assert len(readings) < 20
    assert mend(mended) == mended
