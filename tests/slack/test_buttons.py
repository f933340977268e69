import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.buttons import (
    LISTS,
    LONGEST_METADATA,
    SUBJECTS,
    Act,
    Alike,
    Chosen,
    One,
    OutdatedError,
    Page,
    Results,
    Subject,
    Typed,
    Wanted,
    Window,
    metadata_of,
    read,
    value_of,
    wanted,
    window_of,
)

GOOD = {"v": 1, "query": "lora", "skip": 5, "loaded": 1}


@pytest.mark.parametrize(
    "subject",
    [
        Results("lora", 5, 1795251600),
        Results("&" * 500, 0, 1),
        Results('"' * 500, 0, 1),
        Results("🙂" * 500, 0, 1),
        One("2305.14710", 1),
        Alike("2024.naacl-long.171", 10, 1),
        *(Chosen(act, 10**6) for act in Act),
        Wanted("lora moe"),
        Typed("lora moe daily at 7"),
        Page(190),
    ],
)
def test_a_value_says_all_that_a_button_stands_for(subject: Subject) -> None:
    """It fits, and reading it gives the same again."""
    assert read(value_of(subject)) == subject


@given(st.text(min_size=1, max_size=500), st.integers(0, 10**6), st.integers(-(2**40), 2**40))
def test_any_query_survives(query: str, skip: int, loaded: int) -> None:
    """Whatever was searched for, its button finds it again."""
    subject = Results(query, skip, loaded)
    assert read(value_of(subject)) in {subject, None}


@pytest.mark.parametrize(
    "subject", [One("x" * 501, 1), Alike("", 0, 1), Results("x", -5, 1), Results("\x00" * 500, 0, 1)]
)
def test_what_could_not_be_read_has_no_value(subject: Subject) -> None:
    """No button is drawn whose press would be answered with another version."""
    assert value_of(subject) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        "lora",
        "[]",
        "null",
        "{",
        "[" * 1999,
        "x" * 5000,
        json.dumps({**GOOD, "query": "x" * 5000}),
        json.dumps({**GOOD, "query": "x" * 501}),
        json.dumps({**GOOD, "query": ""}),
        json.dumps({**GOOD, "query": 7}),
        json.dumps({**GOOD, "v": 0}),
        json.dumps({**GOOD, "v": 2}),
        json.dumps({**GOOD, "v": [1]}),
        json.dumps({**GOOD, "skip": -1}),
        json.dumps({**GOOD, "skip": True}),
        json.dumps({**GOOD, "skip": 10**9}),
        json.dumps({**GOOD, "skip": 1.5}),
        json.dumps({**GOOD, "loaded": "1"}),
        json.dumps({**GOOD, "loaded": None}),
        json.dumps({**GOOD, "more": 1}),
        json.dumps({"query": "lora", "skip": 5, "loaded": 1}),
        json.dumps({"v": 1, "paper": ["x"], "loaded": 1}),
        json.dumps({"v": 1, "act": "remove", "topic": 1}),
        json.dumps({"v": 1, "act": ["pause"], "topic": 1}),
        json.dumps({"v": 1, "act": "pause", "topic": "1"}),
        json.dumps({"v": 1, "act": "pause", "topic": -1}),
        json.dumps({"v": 1, "act": "pause", "topic": 1, "channel": "C2"}),
        json.dumps({"v": 1, "follow": ""}),
        json.dumps({"v": 1, "after": -10}),
    ],
)
def test_what_cannot_be_read_is_none(value: object) -> None:
    """Older versions, tampering, length and wrong types give no button, and no error."""
    assert read(value) is None
    with pytest.raises(OutdatedError):
        wanted(value, *SUBJECTS)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_value_is_read_or_refused(value: str) -> None:
    """Nothing raises."""
    assert read(value) is None


def test_a_button_about_topics_is_no_paper() -> None:
    """One kind is not taken for another."""
    for pressed in (Chosen(Act.END, 1), Wanted("lora"), Typed("lora"), Page(10)):
        assert read(value_of(pressed)) == pressed
        with pytest.raises(OutdatedError):
            wanted(value_of(pressed), *SUBJECTS)


def test_every_acts_value_fits_a_menu() -> None:
    """A menu's choice has 150 characters for it."""
    assert max(len(str(value_of(Chosen(act, 10**6)))) for act in Act) <= 150


def test_a_button_of_another_kind_is_refused() -> None:
    """A button is pressed for what it stands for."""
    one, results = value_of(One("2305.14710", 1)), value_of(Results("lora", 0, 1))
    assert wanted(one, One) == wanted(one, *SUBJECTS) == One("2305.14710", 1)
    assert wanted(results, *LISTS) == Results("lora", 0, 1)
    for value, kinds in ((results, (One,)), (one, LISTS)):
        with pytest.raises(OutdatedError):
            wanted(value, *kinds)


def test_a_window_keeps_what_it_needs() -> None:
    """Reading its metadata gives the same again; an address too long for it is left out."""
    window = Window("https://hooks.slack.com/actions/T0/1/x", bibtex=True)
    assert window_of(metadata_of(window)) == window
    long = metadata_of(Window("u" * 5000, shared=True))
    assert len(long) <= LONGEST_METADATA
    assert window_of(long) == Window(shared=True)


@pytest.mark.parametrize("change", [{"v": 0}, {"url": 1}, {"bibtex": "yes"}, {"shared": 1}, {"more": 1}])
def test_a_window_of_another_version_is_refused(change: dict[str, Any]) -> None:
    """A window that was opened before an update cannot be read."""
    with pytest.raises(OutdatedError):
        window_of(json.dumps({"v": 1, **asdict(Window()), **change}))
