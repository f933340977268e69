import pytest

from bot.corpus.sentences import first_sentence

LONG = "This sentence names so many things that nobody takes it for a title, " + "notwithstanding, " * 20


@pytest.mark.parametrize(
    ("abstract", "title"),
    [
        ("We study backdoors in language models. They are bad.", "We study backdoors in language models"),
        ("Do language models know what they know? We ask.", "Do language models know what they know?"),
        ("Works by Smith et al. Showed that, e.g. In vision, it helps. No.",
         "Works by Smith et al. Showed that, e.g. In vision, it helps"),
        ("Motivation. The development of drugs is slow. So.", "Motivation. The development of drugs is slow"),
        ("GPT-3.5 is 3.2 points better than GPT-4. Why?", "GPT-3.5 is 3.2 points better than GPT-4"),
        ("no sentence ends here", "no sentence ends here"),
        (".", "."),
        ("x" * 300, "x" * 199 + "…"),
        (LONG, LONG[:186] + "…"),
    ],
)  # fmt: skip
def test_the_first_sentence_stands_in_for_a_title(abstract: str, title: str) -> None:
    """It ends where the sentence does, not at an abbreviation, and within 200 characters."""
    assert first_sentence(abstract) == title
    assert len(title) <= 200
