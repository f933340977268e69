import csv
import io
import itertools
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.asked import UsageError
from bot.slack.clauses import parse_clauses
from bot.topics import MOST_TOP, Strictness, Wish

SEEDS = Path(__file__).parents[2] / "seeds" / "catalog.csv"
TITLES = [row["title"] for row in csv.DictReader(io.StringIO(SEEDS.read_text(encoding="utf-8")))]

DAILY, WEEKDAYS, WEEKEND = ((0, 1, 2, 3, 4, 5, 6), 0), ((0, 1, 2, 3, 4), 0), ((5, 6), 0)
MONDAY, BOTH = ((0,), 0), ((0, 3), 0)
STRICT, NORMAL, BROAD = Strictness.STRICT, Strictness.NORMAL, Strictness.BROAD

DAYS = {
    "daily": DAILY,
    "every day": DAILY,
    "each day": DAILY,
    "everyday": DAILY,
    "once a day": DAILY,
    "weekdays": WEEKDAYS,
    "every weekday": WEEKDAYS,
    "on weekdays": WEEKDAYS,
    "weekends": WEEKEND,
    "every weekend": WEEKEND,
    "weekdays and saturdays": ((0, 1, 2, 3, 4, 5), 0),
    "mon,thu": BOTH,
    "Mon, Thu": BOTH,
    "mon/thurs": BOTH,
    "mon & thu": BOTH,
    "mon thu": BOTH,
    "Mon., Thu.": BOTH,
    "Mon. and Thurs.": BOTH,
    "mon, thu and fri": ((0, 3, 4), 0),
    "tues, weds, and sat": ((1, 2, 5), 0),
    "mondays and thursdays": BOTH,
    "thursday and monday": BOTH,
    "mon-fri": WEEKDAYS,
    "MON–FRI": WEEKDAYS,
    "mon — fri": WEEKDAYS,
    "monday to friday": WEEKDAYS,
    "from monday to friday": WEEKDAYS,
    "Mon.–Fri.": WEEKDAYS,
    "thursday-friday": ((3, 4), 0),
    "fri-mon": ((0, 4, 5, 6), 0),
    "mon-tue, sat": ((0, 1, 5), 0),
    "mondays": MONDAY,
    "every monday": MONDAY,
    "each Mon": MONDAY,
    "every monday and thursday": BOTH,
    "on mondays": MONDAY,
    "on monday": MONDAY,
    "weekly": MONDAY,
    "every week": MONDAY,
    "once a week": MONDAY,
    "once every week on mondays": MONDAY,
    "weekly on mondays": MONDAY,
    "weekly on thursdays and mondays": BOTH,
    "weekly thursdays": ((3,), 0),
    "weekly friday": ((4,), 0),
    "monthly": ((), 1),
    "every month": ((), 1),
    "once a month": ((), 1),
    "once a month on the 15th": ((), 15),
    "monthly on the 15th": ((), 15),
    "monthly on 15": ((), 15),
    "monthly on day 15": ((), 15),
    "every month on the 22nd": ((), 22),
    "monthly on the last day": ((), 31),
    "monthly on the last day of the month": ((), 31),
    "on the 1st": ((), 1),
    "15th of the month": ((), 15),
    "on the 3rd of each month": ((), 3),
    "last day of the month": ((), 31),
}
TIMES = {
    "at 9": time(9),
    "at 0": time(0),
    "at 23": time(23),
    "9am": time(9),
    "9 AM": time(9),
    "at 9 pm": time(21),
    "9 p.m.": time(21),
    "9:30 pm": time(21, 30),
    "9.30pm": time(21, 30),
    "09:00": time(9),
    "at 21:45": time(21, 45),
    "@9am": time(9),
    "@ 9": time(9),
    "12am": time(0),
    "12 pm": time(12),
    "12:05am": time(0, 5),
    "noon": time(12),
    "at Noon": time(12),
    "midnight": time(0),
    "at midnight": time(0),
}
ZONES = {
    "in Europe/Berlin": "Europe/Berlin",
    "in europe/berlin": "Europe/Berlin",
    "in berlin": "Europe/Berlin",
    "in Berlin time": "Europe/Berlin",
    "in UTC": "UTC",
    "in gmt": "GMT",
    "in CET": "CET",
    "in new york": "America/New_York",
    "in New_York": "America/New_York",
    "in port of spain": "America/Port_of_Spain",
    "in Zürich": "Europe/Zurich",
    "Europe/Berlin": "Europe/Berlin",
    "(America/Los_Angeles)": "America/Los_Angeles",
}
COUNTS = {f"top {count}": count for count in range(1, MOST_TOP + 1)} | {"Top 3 papers": 3}
STRICTNESSES = {"strict": STRICT, "normal": NORMAL, "Broad": BROAD}
KINDS: dict[str, dict[str, Any]] = {
    "days": DAYS,
    "at": TIMES,
    "zone": ZONES,
    "top": COUNTS,
    "strictness": STRICTNESSES,
}


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [(said, kind, value) for kind, table in KINDS.items() for said, value in table.items()],
)
def test_each_clause_is_read_alone_and_behind_a_topic(said: str, kind: str, value: Any) -> None:
    """It is the same whatever the topic; with none the topic is empty."""
    for topic in ("", "backdoor attacks", '"length bias" -dialogue year:2022..2024'):
        assert parse_clauses(f"{topic} {said}".strip()) == Wish(topic, **{kind: value})


@st.composite
def schedules(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw clauses of different kinds in any order, as a line and as what they mean."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, unique=True))
    said = {kind: draw(st.sampled_from(sorted(KINDS[kind]))) for kind in kinds}
    parting = draw(st.sampled_from([" ", ", "]))
    return parting.join(said.values()), {kind: KINDS[kind][words] for kind, words in said.items()}


@given(st.sampled_from(TITLES), schedules())
def test_clauses_in_any_order_behind_any_title_are_read(
    title: str, schedule: tuple[str, dict[str, Any]]
) -> None:
    """What they say is read, and the title is the topic, every letter of it."""
    line, meant = schedule
    assert parse_clauses(f"{title} {line}") == Wish(title, **meant)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x weekly on mondays at 9am", Wish("x", MONDAY, time(9))),
        ("x weekly at 9 on tue", Wish("x", ((1,), 0), time(9))),
        ("x monthly at 9 on the 15th", Wish("x", ((), 15), time(9))),
        ("x on the 15th at 9 monthly", Wish("x", ((), 15), time(9))),
        ("x monthly at 9 on the last day", Wish("x", ((), 31), time(9))),
        ("x fri at 9", Wish("x", ((4,), 0), time(9))),
        ("x at 9 monday", Wish("x", MONDAY, time(9))),
        ("monday", Wish("", MONDAY)),
        ("x 9am in berlin strict", Wish("x", at=time(9), zone="Europe/Berlin", strictness=STRICT)),
        ("at 9.30", Wish("", at=time(9, 30))),
        ("x Mon. 9am", Wish("x", MONDAY, time(9))),
        ("black fri. weekly", Wish("black fri.", MONDAY)),
        ("x daily 9", Wish("x", DAILY, time(9))),
        ("x mon-fri 17 in berlin", Wish("x", WEEKDAYS, time(17), "Europe/Berlin")),
        ("x mondays 9 new york", Wish("x", MONDAY, time(9), "America/New_York")),
        ("x daily in Munich", Wish("x", DAILY, zone="Europe/Berlin")),
        ("x weekly on mondays in münchen", Wish("x", MONDAY, zone="Europe/Berlin")),
        ("x top 5 in San Francisco", Wish("x", zone="America/Los_Angeles", top=5)),
        ("x at 9 in Mumbai", Wish("x", at=time(9), zone="Asia/Kolkata")),
        ("x 9am boston", Wish("x", at=time(9), zone="America/New_York")),
        ("in Boston", Wish("", zone="America/New_York")),
        ("x weekly in Singapore", Wish("x", MONDAY, zone="Singapore")),
        ("x at 9 in Jamaica", Wish("x", at=time(9), zone="Jamaica")),
        ("in Monaco", Wish("", zone="Europe/Monaco")),
        ("hate speech in Singapore weekly", Wish("hate speech in Singapore", MONDAY)),
        ("air quality in Beijing daily", Wish("air quality in Beijing", DAILY)),
        ("x and weekly", Wish("x", MONDAY)),
        ("x with daily", Wish("x", DAILY)),
        ("x from mondays", Wish("x", MONDAY)),
        ("x -- and at 9 and daily", Wish("x", DAILY, time(9))),
        ("a rock band weekly", Wish("a rock band", MONDAY)),
        ('"now and" weekly', Wish('"now and"', MONDAY)),
        ("x weekly on mondays at 9am top 5!", Wish("x", MONDAY, time(9), top=5)),
        ("x weekly at 9am in berlin top 5.", Wish("x", MONDAY, time(9), "Europe/Berlin", 5)),
        ("x on mondays.", Wish("x", MONDAY)),
        ("x top 5…", Wish("x", top=5)),
        ("x strict?!", Wish("x", strictness=STRICT)),
        ("x at 9.", Wish("x", at=time(9))),
        ("x at 9 p.m.", Wish("x", at=time(21))),
        ("is it x? daily...", Wish("is it x?", DAILY)),
        ('"x." daily!', Wish('"x."', DAILY)),
        ("x year:2022.. daily.", Wish("x year:2022..", DAILY)),
        ("x weekly at 9.30", Wish("x", MONDAY, time(9, 30))),
        ("x at 9 in japan", Wish("x", at=time(9), zone="Japan")),
        ("x 9am new york", Wish("x", at=time(9), zone="America/New_York")),
        ("x at noon UTC weekly", Wish("x", MONDAY, time(12), "UTC")),
        ("x 9am london time", Wish("x", at=time(9), zone="Europe/London")),
        ("x at 9 at 09:00", Wish("x", at=time(9))),
        ("x weekly on mondays, every week", Wish("x", MONDAY)),
        ("x, weekdays, at 9, in berlin", Wish("x", WEEKDAYS, time(9), "Europe/Berlin")),
        ("x — weekdays", Wish("x", WEEKDAYS)),
        ("black friday weekly", Wish("black friday", MONDAY)),
        ("precision at 10 weekly", Wish("precision at 10", MONDAY)),
        ("adversarial attacks at scale daily", Wish("adversarial attacks at scale", DAILY)),
        ("object detection at night daily", Wish("object detection at night", DAILY)),
        ("attention in pairs weekly", Wish("attention in pairs", MONDAY)),
        ("weekly supervision daily", Wish("weekly supervision", DAILY)),
        ('"weekly on mondays" daily', Wish('"weekly on mondays"', DAILY)),
        ('"length bias", daily', Wish('"length bias"', DAILY)),
        ('title:"weekly news" -daily mondays', Wish('title:"weekly news" -daily', MONDAY)),
        ('"unpaired weekly', Wish('"unpaired', MONDAY)),
        ("title: noise in weekly", Wish("title: noise in", MONDAY)),
    ],
)
def test_what_belongs_together_is_read_together(line: str, meant: Wish) -> None:
    """Wish tell each other more, and leave the topic what is its own."""
    assert parse_clauses(line) == meant


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "backdoor attacks",
        "attention in transformers",
        "large language models in medicine",
        "large language models in general",
        "machine translation in japan",
        "hate speech in Singapore",
        "translation in Jamaica",
        "the canal in Panama",
        "traffic in Beijing",
        "daily mood changes in adolescents",
        "daily mood changes in Adolescents",
        "symptoms measured daily in adolescents",
        "vital signs recorded daily in ICU",
        "In Defense of Attention",
        "in context learning",
        "scores in Defense",
        "learning weakly",
        "the weekend",
        "the weekedn",
        "all and sundry",
        "why attention?",
        "attention and",
        "dna in normal and",
        "in MLM and TLM",
        "lora.",
        "daily year:2022..",
        '"lora daily."',
        'title:"x" year:2022..',
        "friday 13",
        "llama 2",
        "weekly 3.5",
        "daily 99",
        "daily 2024",
        "weekly: lora",
        "speech recognition in Zulu",
        "attention in pairs",
        "attacks in hardware",
        "entailment in pst",
        "look at pictures",
        "adversarial attacks at scale",
        "object detection at night",
        "precision at 10",
        "recall @ 5",
        "pass at 1",
        "accuracy at 0.95",
        "training at 512",
        "trained at 16 in total",
        "sleep at noon in summer",
        "blue monday blues",
        "black friday",
        '"black" friday',
        "black friday morning",
        "the mondya",
        "pre-mondya and thu",
        "trading on the first monday",
        "events on the last day",
        "notes on the 40th",
        "papers published monthly 2024",
        "accuracy at 9.30",
        "evaluating models on SAT",
        "monday effect",
        "broad coverage",
        "strict liability",
        "weekly supervision",
        "daily dialogue",
        "top 5 accuracy",
        "the top five",
        "data split 80:20",
        "llama 3.1",
        "year:2022..2024",
        "9",
        "backdoor -daily",
        "title:daily",
        "title: weekly",
        "at last",
        "in",
        '"weekly on mondays"',
        'attacks "at 25:00"',
        'attacks at 9am in "boston"',
        'title:"top 0"',
    ],
)
def test_what_is_a_topic_stays_one(topic: str) -> None:
    """Words that only look like clauses are neither eaten nor refused."""
    assert parse_clauses(topic) == Wish(topic)


def test_every_title_stays_a_topic() -> None:
    """No paper's title ends in a clause."""
    assert [parse_clauses(title) for title in TITLES] == [Wish(title) for title in TITLES]


NO_TIME = "is no time. Name one as in 9am, 9:30 pm or 21:00, for example:"
NO_ZONE = "names no time zone that I know."
NO_CITY = f"{NO_ZONE} Name one as in Berlin, Europe/Berlin or UTC, for example:"
OFFSET = "would be wrong when clocks change. Name a city, for example:"
TOO_SPECIAL = "is more than I can keep. Digests come daily, on days of the week, or once a month:"
NO_COUNT = "is not possible: write top 1 to top 20. For example:"
NO_DAY = "names no day of a month: they are 1 to 31, or the last day. For example:"


def meant(zone: str) -> str:
    """Return what is said of a zone that is abbreviated or misspelt."""
    return f"{NO_ZONE} Clocks change, so name a city. Did you mean {zone}?"


def slip(days: str) -> str:
    """Return what is said of days that are misspelt."""
    return f"has a word that I do not know. Did you mean {days}?"


@pytest.mark.parametrize(
    ("said", "token", "why", "line"),
    [
        ("at 25:00", "at 25:00", NO_TIME, "at 09:00"),
        ("25:00", "25:00", NO_TIME, "at 09:00"),
        ("at 9:75", "at 9:75", NO_TIME, "at 09:00"),
        ("at 9:5", "at 9:5", NO_TIME, "at 09:00"),
        ("at 13pm", "at 13pm", NO_TIME, "at 09:00"),
        ("at 0 am", "at 0 am", NO_TIME, "at 09:00"),
        ("weekly at 25", "at 25", NO_TIME, "weekly at 09:00"),
        ("weekly 20:80", "20:80", NO_TIME, "weekly at 09:00"),
        ("weekly at nine", "at nine", NO_TIME, "weekly at 09:00"),
        ("at morning daily", "at morning", NO_TIME, "at 09:00 daily"),
        ("every evening", "every evening", NO_TIME, "daily at 18:00"),
        ("every night", "every night", NO_TIME, "daily at 21:00"),
        ("weekly at night", "at night", NO_TIME, "weekly at 21:00"),
        ("weekly at lunchtime", "at lunchtime", NO_TIME, "weekly at 12:00"),
        ("every monday morning", "morning", NO_TIME, "every monday at 09:00"),
        ("every friday afternoon", "afternoon", NO_TIME, "every friday at 15:00"),
        ("at 9 in the evening", "in the evening", NO_TIME, "at 9pm"),
        ("mondays at 9:30 in the afternoon", "in the afternoon", NO_TIME, "mondays at 9:30pm"),
        ("daily 9 in the evening", "in the evening", NO_TIME, "daily 9pm"),
        ("at 11 at night", "at night", NO_TIME, "at 11pm"),
        ("at 12 at night", "at night", NO_TIME, "at 12am"),
        ("at 2 at night", "at night", NO_TIME, "at 2am"),
        ("9pm in the evening", "in the evening", NO_TIME, "9pm"),
        ("noon in the evening", "in the evening", NO_TIME, "noon"),
        ("at 21:00 in the evening", "in the evening", NO_TIME, "at 21:00"),
        ("at 9 in the morning", "in the morning", NO_TIME, "at 9"),
        ("mondays in the morning at 9", "in the morning", NO_TIME, "mondays at 9"),
        ("mondays in the evening at 9", "in the evening", NO_TIME, "mondays at 9pm"),
        ("every night at 9", "every night", NO_TIME, "daily at 9pm"),
        ("weekly in berln", "in berln", meant("Europe/Berlin"), "weekly in Europe/Berlin"),
        ("at 9 in new yrok", "in new yrok", meant("America/New_York"), "at 9 in America/New_York"),
        ("9am londno", "londno", meant("Europe/London"), "9am in Europe/London"),
        ("in Europe/Berln", "in Europe/Berln", meant("Europe/Berlin"), "in Europe/Berlin"),
        ("at 9 in EST", "in EST", meant("America/New_York"), "at 9 in America/New_York"),
        ("9am pst", "pst", meant("America/Los_Angeles"), "9am in America/Los_Angeles"),
        ("in UTC+2", "in UTC+2", OFFSET, "in Europe/Berlin"),
        ("9:00 GMT-05:00", "GMT-05:00", OFFSET, "9:00 in Europe/Berlin"),
        ("9am in springfield", "in springfield", NO_CITY, "9am in Europe/Berlin"),
        ("weekly at 9 in springfield", "in springfield", NO_CITY, "weekly at 9 in Europe/Berlin"),
        ("daily in Springfield", "in Springfield", NO_CITY, "daily in Europe/Berlin"),
        ("top 5 in Llanfair PG", "in Llanfair PG", NO_CITY, "top 5 in Europe/Berlin"),
        ("weekly on mondays in springfield", "in springfield", NO_CITY, "weekly on mondays in Europe/Berlin"),
        ("weekly in US", "in US", meant("America/New_York"), "weekly in America/New_York"),
        ("on mondya at 9", "on mondya", slip("monday"), "on monday at 9"),
        ("mondya at 9", "mondya", slip("monday"), "monday at 9"),
        ("thrusday at 9am in berlin", "thrusday", slip("thursday"), "thursday at 9am in berlin"),
        ("every tusday", "every tusday", slip("tuesday"), "every tuesday"),
        ("mon, thrusday", "mon, thrusday", slip("thursday"), "mon, thursday"),
        ("Mon. thrusday", "Mon. thrusday", slip("thursday"), "Mon. thursday"),
        ("tusday, thu", "tusday, thu", slip("tuesday"), "tuesday, thu"),
        ("weekly fridya", "fridya", slip("friday"), "weekly friday"),
        ("thrusday and fridya", "thrusday and fridya", slip("thursday and friday"), "thursday and friday"),
        ("dayly", "dayly", slip("daily"), "daily"),
        ("weely", "weely", slip("weekly"), "weekly"),
        ("montly on the 15th", "montly", slip("monthly"), "on the 15th"),
        ("weekdys at 9", "weekdys", slip("weekdays"), "weekdays at 9"),
        ("top 0", "top 0", NO_COUNT, "top 1"),
        ("top 0 fri", "top 0", NO_COUNT, "top 1 fri"),
        ("top 21", "top 21", NO_COUNT, "top 20"),
        ("top 1000 daily", "top 1000", NO_COUNT, "top 20 daily"),
        ("weekly top five", "top five", NO_COUNT, "weekly top 5"),
        ("monthly on the 40th", "monthly on the 40th", NO_DAY, "monthly on the 31st"),
        ("monthly on the 0th", "monthly on the 0th", NO_DAY, "monthly on the 1st"),
        ("monthly at 9 on the 32nd", "on the 32nd", NO_DAY, "monthly at 9 on the 31st"),
        ("monthly on the first monday", "on the first monday", TOO_SPECIAL, "weekly"),
        ("last friday of the month", "last friday of the month", TOO_SPECIAL, "weekly"),
        ("every other monday", "every other monday", TOO_SPECIAL, "weekly"),
        ("first monday at 9", "first monday", TOO_SPECIAL, "weekly at 9"),
        ("every 3 days", "every 3 days", TOO_SPECIAL, "weekly"),
        ("biweekly", "biweekly", TOO_SPECIAL, "weekly"),
        ("twice a week at 9", "twice a week", TOO_SPECIAL, "weekly at 9"),
        ("twice daily", "twice daily", TOO_SPECIAL, "daily"),
        ("hourly", "hourly", TOO_SPECIAL, "daily"),
        ("at 9am and 5pm", "at 9am", "and 5pm contradict each other. Keep one, for example:", "5pm"),
        ("at 25:00, top 5.", "at 25:00", NO_TIME, "at 09:00 top 5"),
        ("daily weekly", "daily", "and weekly contradict each other. Keep one, for example:", "weekly"),
        ("at 9 at 10", "at 9", "and at 10 contradict each other. Keep one, for example:", "at 10"),
        (
            "monthly on mondays",
            "monthly",
            "and on mondays contradict each other. Keep one, for example:",
            "on mondays",
        ),
        (
            "daily on mondays",
            "daily",
            "and on mondays contradict each other. Keep one, for example:",
            "on mondays",
        ),
        (
            "strict at 9 broad",
            "strict",
            "and broad contradict each other. Keep one, for example:",
            "at 9 broad",
        ),
        ("at 25:00 daily weekly top 0", "top 0", NO_COUNT, "at 09:00 weekly top 1"),
    ],
)
def test_a_wrong_clause_is_refused_with_a_line_that_works(said: str, token: str, why: str, line: str) -> None:
    """It is named, with what is allowed, and the line has the topic and all that was right."""
    lines = {"/paper subscribe": f"lora moe {line}", "/paper edit 2": f"lora moe {line}"}
    assert {command: refusal(f"lora moe {said}", command) for command in lines} == {
        command: (f"{token} {why}", f"{command} {mended}") for command, mended in lines.items()
    }


def refusal(text: str, command: str = "/paper subscribe") -> tuple[str, str]:
    """Return what refuses a text, and the line that works."""
    with pytest.raises(UsageError) as refused:
        parse_clauses(text, command)
    return refused.value.message, refused.value.line


def test_a_wrong_clause_without_a_topic_is_refused_with_what_the_command_needs() -> None:
    """To subscribe and to preview take a topic, to edit one does not."""
    assert refusal("at 25:00")[1] == "/paper subscribe backdoor attacks at 09:00"
    assert refusal("at 25:00", "/paper preview")[1] == "/paper preview backdoor attacks at 09:00"
    assert refusal("lora at 25:00", "/paper preview")[1] == "/paper preview lora at 09:00"
    assert refusal("at 25:00", "/paper edit 2")[1] == "/paper edit 2 at 09:00"
    assert refusal("in berln", "/paper edit 2")[1] == "/paper edit 2 in Europe/Berlin"
    assert refusal("at 25", "/paper edit 2")[1] == "/paper edit 2 at 09:00"


def test_what_cannot_be_put_right_has_an_example_instead() -> None:
    """A line that is too long, or wrong too often, would not work either."""
    example = "/paper subscribe backdoor attacks weekdays at 09:00"
    assert refusal(f"{'long ' * 100}top 0")[1] == example
    assert refusal("x " + "top 0 at 25:00 " * 9)[1] == example
    assert refusal("x " + "top 0 at 25:00 " * 9, "/paper edit 2")[1] == "/paper edit 2 weekdays at 09:00"
    longest = "x" * (500 - len("/paper subscribe  top 1"))
    assert refusal(f"{longest} top 0")[1] == f"/paper subscribe {longest} top 1"
    assert refusal(f"{longest}x top 0")[1] == example


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("5pm in berlin: lora", "lora 5pm in berlin"),
        ("daily: lora at 25:00", "lora at 09:00 daily"),
    ],
)
def test_clauses_before_a_colon_are_put_behind_the_topic(said: str, line: str) -> None:
    """Where a line is refused, and has its topic last, the one that works has it first."""
    assert refusal(said) == ("The topic comes first, for example:", f"/paper subscribe {line}")


def test_what_stands_far_from_the_end_is_topic() -> None:
    """However long a line is, its last 400 characters hold all its clauses."""
    line = "weekly " * 600
    assert parse_clauses(line) == Wish(line[:3800], MONDAY)


def test_what_is_named_is_cut() -> None:
    """However long a list of days is, the sentence is short."""
    message, _ = refusal("x daily " + "mon, " * 70 + "tue")
    assert message == (
        "daily and mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon… "
        "contradict each other. Keep one, for example:"
    )


PIECES = [
    *itertools.chain.from_iterable(KINDS.values()),
    *("top 0", "at 25", "at 25:00", "25:00", "in berln", "on mondya", "thrusday,", "fri", "pst", "UTC+2"),
    *("at night", "in the morning", "at 9.30", "first monday", "every other week", "x", '"', "-", ",", "in"),
    *("title:", "top", "on the 40th", "recall", "and", "from", "--", "9", "in Munich", "in Springfield"),
    *("weely", "hourly", "every night", "in the evening at 9", "x.", "daily: x", "in Singapore", "."),
]


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map(" ".join))
def test_any_text_is_read_or_refused_with_a_line_that_works(text: str) -> None:
    """Nothing else is raised, and the line is not refused again."""
    try:
        read = parse_clauses(text)
    except UsageError as error:
        read = parse_clauses(error.line.removeprefix("/paper subscribe "))
        assert read.topic
    else:
        assert text.startswith(read.topic)
        assert read != Wish(read.topic) or read.topic == text


@given(st.text(alphabet="bcgjkqvxz '-:0", max_size=40), schedules())
def test_a_word_that_is_no_clause_protects_what_stands_before_it(
    end: str, schedule: tuple[str, dict[str, Any]]
) -> None:
    """A line that ends otherwise comes back unchanged."""
    text = f"topic {schedule[0]} {end} zebra finches sing songs"
    assert parse_clauses(text) == Wish(text)
