import pytest

from bot.search.spelling import distance, nearest

COUNTS = {
    "backdoor": 40, "attack": 30, "attach": 3, "fine-tuning": 20, "bias": 9, "dias": 50, "moe": 5,
    "language": 80, "llama-2": 8, "2023": 4, "大语言模型": 2, "prompting": 7, "prompters": 7,
    "mining": 50, "fixing": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("backdor", "backdoor", 1), ("atack", "attack", 1), ("lenght", "length", 1), ("bias", "bias", 0),
     ("moe", "lora", 3)],
)  # fmt: skip
def test_a_slip_is_a_letter_too_many_too_few_wrong_or_two_swapped(one: str, other: str, slips: int) -> None:
    """Two letters swapped are one slip."""
    assert distance(one, other) == slips


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("backdor", "backdoor"),
        ("atack", "attack"),
        ("langauge", "language"),
        ("finetuning", "fine-tuning"),
        ("backdooooor", None),
        ("bakcdor", None),
        ("bakcdoor", "backdoor"),
        ("langgauge", "language"),
        ("lnguag", None),
        ("bbias", "bias"),
        ("attac", "attack"),
        ("promptors", "prompters"),
        ("moee", "moe"),
        ("fining", "fixing"),
        ("mias", None),
        ("biaz", None),
        ("bais", "bias"),
        ("mromptors", None),
        ("mo", None),
        ("mae", None),
        ("qzxvkjw", None),
        ("2024", None),
        ("llama-3", None),
        ("lama-2", "llama-2"),
        ("大语言横型", None),
        ("小模型", None),
        ("", None),
    ],
)
def test_a_misspelt_word_has_its_nearest_neighbour(word: str, found: str | None) -> None:
    """One slip away, two from eight letters on; first letter, then count decide; digits are no slips."""
    assert nearest(word, COUNTS) == found


def test_without_words_there_is_no_neighbour() -> None:
    """Nothing is invented."""
    assert nearest("backdor", {}) is None
