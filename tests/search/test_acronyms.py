import pytest

from bot.search.acronyms import explained, group, looks_like_one, meaning
from bot.search.postings import key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a Mixture of Experts (MoE) layer", {"moe": "Mixture of Experts"}),
        ("large language models (LLMs) are", {"llm": "large language models"}),
        ("Parameter-efficient fine-tuning (PEFT)", {"peft": "Parameter-efficient fine-tuning"}),
        ("the low-rank adaptation (LoRA)", {"lora": "low-rank adaptation"}),
        ("Direct Preference Optimization (DPO) and Mixture of Experts (MoE).",
         {"dpo": "Direct Preference Optimization", "moe": "Mixture of Experts"}),
        ("the Proximal Policy Optimization (PPO)", {"ppo": "Proximal Policy Optimization"}),
        ("visual question answering (VQA-2)", {}),
        ("instruction  tuning\n(IT)", {"it": "instruction tuning"}),
        ("GPT (GPT)", {}),
        ("we gain much (see Table)", {}),
        ("no long form here (XYZ)", {}),
        ("(MoE) alone", {}),
        ("models (Xu et al.) do", {}),
        ("of experts (moe)", {}),
        ("large language models (LLMs, for short)", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_an_acronym_is_explained_before_its_brackets(text: str, found: dict[str, str]) -> None:
    """By words that spell it, as they are written; a plural is the acronym's."""
    assert explained([text]) == {f"{short}\t{long}": 1 for short, long in found.items()}


def test_the_commonest_explanation_counts() -> None:
    """Of those given equally often the alphabet's first, whichever was met first; other acronyms' do not."""
    routing, mixing = "mean of errors (MoE)", "mixture of experts (MoE)"
    assert meaning("moe", explained([routing, mixing, mixing])) == "mixture of experts"
    assert meaning("moe", explained([mixing, routing])) == "mean of errors"
    assert meaning("moe", explained(["large language models (LLMs)"])) == ""


def test_explanations_are_grouped_by_their_acronym() -> None:
    """So that those of one are found without the others."""
    assert [group(each) for each in explained(["mean of errors (MoE)"])] == [key("moe")]


@pytest.mark.parametrize(
    ("word", "told"), [("MoE", True), ("LLMs", True), ("SAFE", True), ("Safe", False), ("safe", False)]
)
def test_an_acronym_has_two_capitals(word: str, *, told: bool) -> None:
    """A capital at the beginning is a sentence's."""
    assert looks_like_one(word) is told
