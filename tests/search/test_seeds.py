from pathlib import Path

import pytest

from bot.answers import Suggestion
from bot.library import Library
from bot.search.snippet import Run
from bot.store import Store, papers

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


@pytest.mark.parametrize(
    ("query", "total", "shown_ids"),
    [
        ('"length bias"', 1, ["2310.05199"]),
        ("“length bias” -dialogue", 1, ["2310.05199"]),
        ('title:"alignment faking"', 1, ["2412.14093"]),
        ('author:"jiashu xu"', 1, ["2305.14710"]),
        ("Author: xu backdoor", 1, ["2305.14710"]),
        ('"instruction tuning" backdoor', 2, ["2305.14710", "2311.09433"]),
        ("backdoor -title:backdoor", 2, ["2112.05224", "2407.15549"]),
        ('"fine tuning safety"', 1, ["2408.09600"]),
        ("“fine‑tuning” –lora safety title:safety", 2, ["2408.09600", "2308.09662"]),
        ('"few shot learners" year:2020', 1, ["2005.14165"]),
        ("sparse moe year:2021..2022", 2, ["2201.05596"]),
        ("year:2023 title:lora", 1, ["2310.20624"]),
        ("lora year:2024…2024 -moe", 1, ["2407.20557"]),
        ("source:naacl", 7, ["2403.18025"]),
        ('source:"ACL Anthology"', 52, ["2025.coling-main.404"]),
        ("source:arxiv year:2024", 157, ["2412.17256"]),
        ("year:..2019", 4, ["1912.10824"]),
        ("LLM", 198, ["2307.10188"]),
        ("llms", 198, ["2307.10188"]),
        ('title:"mixture of experts"', 8, ["2411.15708"]),
    ],
)
def test_the_syntax_finds_what_it_says(seeds: Library, query: str, total: int, shown_ids: list[str]) -> None:
    """How many papers a query finds, and the first of them."""
    answer = seeds.search(query, len(shown_ids))
    assert (answer.total, [found.paper.shown_id for found in answer.found]) == (total, shown_ids)


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("backdor atack", Suggestion("backdoor attack", words=2, total=46, complete=4)),
        ("rewrd hackng", Suggestion("reward hacking", words=2, total=14, complete=1)),
        ("jiashu", Suggestion("author:jiashu", words=0, total=1, complete=1)),
        ("jiashu backdoor", Suggestion("author:jiashu backdoor", words=1, total=1, complete=1)),
        ("author:jiashuu", Suggestion("author:jiashu", words=0, total=1, complete=1)),
        ('author:"jiashuu xu"', Suggestion('author:"jiashu xu"', words=0, total=1, complete=1)),
        ("title:backdor", Suggestion("title:backdoor", words=0, total=2, complete=2)),
        ('"bias length"', Suggestion("bias length", words=2, total=54, complete=2)),
        ("year:2020-2021 moe", Suggestion("moe", words=1, total=11, complete=11)),
        ("lora source:zzz", Suggestion("lora", words=1, total=6, complete=6)),
        ('"mixture of experts" year:1999',
         Suggestion('"mixture of experts"', words=0, total=10, complete=10)),
        ("alignement fakng", Suggestion("alignement faking", words=2, total=64, complete=1)),
        ("quantum chromodynamics", None),
        ("qzxvkjw", None),
        ("kangaroo zebra", None),
        ("大模型训练", None),
        ("20x3 99999999", None),
    ],
)  # fmt: skip
def test_a_query_near_one_that_finds_more_is_suggested(
    seeds: Library, query: str, suggestion: Suggestion | None
) -> None:
    """With how many papers it finds, and how many of them have every word; else nothing is."""
    assert seeds.search(query, 1).suggestion == suggestion


@pytest.mark.parametrize(
    ("query", "weak", "total"),
    [
        ("weather forecast penguins", True, 1),
        ("sleeper zebra faking", True, 3),
        ("backdoor zebra", True, 4),
        ("zebra lion tiger attack", True, 46),
        ("zebra lion tiger puma attack", False, 46),
        ("backdoor attack", False, 46),
        ("backdoor instruction tuning", False, 130),
        ("year:2024", False, 168),
        ("qzxvkjw", False, 0),
    ],
)
def test_an_answer_is_weak_where_no_paper_has_half(
    seeds: Library, query: str, *, weak: bool, total: int
) -> None:
    """Half the weight of a query of at most four words; where nothing is found no answer is weak."""
    answer = seeds.search(query, 1)
    assert (answer.weak, answer.total) == (weak, total)


def test_every_title_finds_its_paper_first(seeds: Library, seeded: Path) -> None:
    """Whoever pastes a title gets that paper, also where others of like titles have a better score."""
    with Store(seeded).reading() as db:
        titles = {paper.number: paper.title for paper in papers.everything(db)}
    first = {number: seeds.search(title[:500], 1).found[0].paper.number for number, title in titles.items()}
    assert first == {number: number for number in titles}


def test_every_snippet_keeps_its_law(seeds: Library) -> None:
    """Whatever is found: at most 160 characters, a stretch of the abstract, no reason in a link."""
    for query in ("backdoor attack github", "language model", "https code", "instruction-tuned LLMs"):
        for found in seeds.search(query, seeds.size).found:
            text = "".join(run.text for run in found.snippet)
            assert 0 < len(text) <= 160
            assert text.removeprefix("…").removesuffix("…") in found.paper.abstract
            assert not any("/" in run.text for run in found.snippet if run.matched)
