import pytest

from bot.search.acronyms import looks_like_one, mine


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
    assert mine([text]) == found


def test_the_commonest_explanation_counts() -> None:
    """Of those explained equally often the earlier one."""
    routing, mixing = "mean of errors (MoE)", "mixture of experts (MoE)"
    assert mine([routing, mixing, mixing]) == {"moe": "mixture of experts"}
    assert mine([routing, mixing]) == {"moe": "mean of errors"}


@pytest.mark.parametrize(
    ("word", "told"), [("MoE", True), ("LLMs", True), ("SAFE", True), ("Safe", False), ("safe", False)]
)
def test_an_acronym_has_two_capitals(word: str, *, told: bool) -> None:
    """A capital at the beginning is a sentence's."""
    assert looks_like_one(word) is told
