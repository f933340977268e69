import pytest

from bot.library import Library
from bot.search.snippet import Run

FIVE = [
    (
        "2305.14710",
        (),
        (
            "Our studies demonstrate that an attacker can inject *backdoors* by issuing very few "
            "malicious *instructions* among thousands of gathered data and control model…"
        ),
    ),
    (
        "2311.09433",
        (),
        (
            "To ensure AI safety, *instruction-tuned* Large Language Models (LLMs) are specifically trained "
            "to ensure alignment, which refers to making models behave in…"
        ),
    ),
    (
        "2410.10739",
        ("backdoor",),
        (
            "The models also need to be *fine-tuned* with specific *instructions* to maintain their ability "
            "to follow *instructions* accurately."
        ),
    ),
    (
        "2112.05224",
        ("instruction", "tuning"),
        'Model spinning introduces a "*meta-backdoor*" into a model.',
    ),
    (
        "2310.15326",
        ("backdoor",),
        (
            "Although *instruction* *tuning* has proven to be a data-efficient method for transforming "
            "LLMs into such generalist models, their performance still lags behind…"
        ),
    ),
]


def shown(runs: tuple[Run, ...]) -> str:
    """Return a snippet with its matched words in asterisks."""
    return "".join(f"*{run.text}*" if run.matched else run.text for run in runs)


def test_the_papers_of_the_readme_are_found(seeds: Library) -> None:
    """The five best for a query: ids, the asker's words that each lacks, and why each was found."""
    answer = seeds.search("backdoor instruction tuning", 5)
    assert (answer.complete, answer.total, answer.unknown, answer.corpus_size) == (2, 130, (), 382)
    assert [(found.paper.shown_id, found.missing, shown(found.snippet)) for found in answer.found] == FIVE


@pytest.mark.parametrize(
    ("query", "complete"), [("prompt injection", 4), ("safety alignment", 9), ("instruction tuning", 35)]
)
def test_so_many_papers_have_every_word(seeds: Library, query: str, complete: int) -> None:
    """The counts are those measured when the analyzer was designed."""
    assert seeds.search(query, 1).complete == complete


@pytest.mark.parametrize(
    ("query", "shown_id", "title"),
    [
        ("backdoor instruction tuning", "2305.14710", "Instructions as Backdoors: Backdoor Vulnerabilities"),
        ("instruct mining data selection", "2307.06290", "Instruction Mining: High-Quality Instruction Data"),
        ("poly LM", "2307.06018", "PolyLM: An Open Source Polyglot Large Language Model"),
        ("loramoe", "2312.09979", "LoRAMoE: Alleviating World Knowledge Forgetting"),
        ("lora moe", "2312.09979", "LoRAMoE: Alleviating World Knowledge Forgetting"),
        ("tulu 3 post-training", "pd7cd9f1b61", "TÜLU 3: Pushing Frontiers in Open Language Model"),
        ("finetuning undo safety training llama 2 chat", "2310.20624",
         "LoRA Fine-tuning Efficiently Undoes Safety Training in Llama 2-Chat 70B"),
        ("alignment faking", "2412.14093", "Alignment faking in large language models"),
        ("masking rate schedule", "2305.15096", "Dynamic Masking Rate Schedules for MLM Pretraining"),
        ("deepspeed moe inference", "2201.05596", "DeepSpeed-MoE: Advancing Mixture-of-Experts Inference"),
        ("gpt-3 few shot learners", "2005.14165", "Language Models are Few-Shot Learners"),
        ("rlhf length bias", "2310.05199", "Loose lips sink ships: Mitigating Length Bias in Reinforcement"),
    ],
)  # fmt: skip
def test_a_known_paper_comes_first(seeds: Library, query: str, shown_id: str, title: str) -> None:
    """Somebody who remembers a paper roughly finds it, however they write its name."""
    (best,) = seeds.search(query, 1).found
    assert (best.paper.shown_id, best.paper.title[: len(title)]) == (shown_id, title)


def test_every_snippet_keeps_its_law(seeds: Library) -> None:
    """Whatever is found: at most 160 characters, a stretch of the abstract, no reason in a link."""
    for query in ("backdoor attack github", "language model", "https code", "instruction-tuned LLMs"):
        for found in seeds.search(query, seeds.size).found:
            text = "".join(run.text for run in found.snippet)
            assert 0 < len(text) <= 160
            assert text.removeprefix("…").removesuffix("…") in found.paper.abstract
            assert not any("/" in run.text for run in found.snippet if run.matched)
