"""What a newcomer sees: `paperboy run` without tokens, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.settings import Settings
from tests.test_app import running

ASKED = "/paper backdoor instruction tuning"


@pytest.fixture(scope="module")
def playground(seeded: Path) -> Iterator[str]:
    """Yield the address of a playground with the seeds."""
    with running(Settings(db=seeded, corpus=(), port=0)) as greeting:
        yield greeting.split()[4]


def say(page: Page, text: str) -> None:
    """Type a line into the composer and press Enter."""
    box = page.get_by_role("combobox", name="Message")
    box.fill(text)
    box.press("Enter")


def test_the_page_says_what_to_type_and_shows_the_papers(playground: str, page: Page) -> None:
    """Typing the example that the empty page gives shows the right papers as Slack draws them."""
    page.goto(playground)
    expect(page.get_by_text(ASKED).first).to_be_visible()
    say(page, ASKED)
    log = page.get_by_role("log", name="Messages")
    first = log.get_by_role("link", name="Instructions as Backdoors")
    expect(first).to_have_attribute("href", "https://arxiv.org/abs/2305.14710")
    for text in (
        "2 papers have every word, 128 have some",
        "Jiashu Xu + 4 · 2023 · arXiv 2305.14710 · NAACL 2024",
        "first author Ishan Jindal · 2024 · arXiv 2410.10739 · without: backdoor",
        "asked by ana",
    ):
        expect(log.get_by_text(text)).to_be_visible()
    expect(log.locator("b, strong").filter(has_text="meta-backdoor")).to_be_visible()
    expect(log.get_by_role("link")).to_have_count(5)


def test_help_and_mistakes_are_for_the_asker_alone(playground: str, page: Page) -> None:
    """Help, an unknown word and a command of nobody's are answered, and marked as private."""
    page.goto(playground)
    log = page.get_by_role("log", name="Messages")
    for typed, answer in (
        ("/paper", "Paperboy searches 382 papers and brings this channel the new ones."),
        ("/paper backdor atack", "No paper has backdor or atack (382 papers, loaded just now)."),
        ("/paper search", "Search for what? For example: /paper search status quo bias"),
        ("/papr lora", "/papr is not a valid command."),
    ):
        say(page, typed)
        expect(log).to_contain_text(answer)
    expect(log.get_by_text("Only visible to you")).to_have_count(4)


@pytest.mark.parametrize(
    "typed",
    [
        "<!channel> <@U0ANA00001> <https://evil.example|lora>",
        "<img src=x onerror=alert(1)> lora",
        "*lora* _moe_ ~x~ `y` :tada:",
        "@channel #general lora",
        "مرحبا lora 机器学习 🙂",
    ],
)
def test_nonsense_draws_nothing_but_itself(playground: str, page: Page, typed: str) -> None:
    """Whatever stands in a query is shown as text: no mention, no image, no link of its own."""
    page.goto(playground)
    say(page, f"/paper --me {typed}")
    log = page.get_by_role("log", name="Messages")
    message = log.get_by_role("article").last
    expect(message).to_contain_text("lora")
    expect(message.locator("img, script, .mention")).to_have_count(0)
    expect(message.locator("a[href*='evil.example']")).to_have_count(0)
