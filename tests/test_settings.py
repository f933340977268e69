from pathlib import Path

import pytest

from bot.feeds.addresses import Feed
from bot.settings import LogFormat, Mode, Settings, SettingsError

FEEDS = (
    "A feed is a category or a search of arXiv, or the address of an Atom or RSS feed; for example"
    ' arxiv:cs.CL, arxiv:ti:"backdoor attack" or https://example.org/feed.xml.'
)
ZONE = "it must be a name such as Europe/Berlin or UTC"


def test_without_settings_everything_has_its_default() -> None:
    """An empty environment, and one of blanks, mean the playground on the seeds."""
    expected = Settings(
        bot_token="",
        app_token="",
        signing_secret="",
        api_url="",
        host="127.0.0.1",
        port=3000,
        db=Path("data/paperboy.db"),
        corpus=(Path("seeds"),),
        timezone="UTC",
        admins=frozenset(),
        feeds=(),
        private_feeds=False,
        log=LogFormat.TEXT,
    )
    assert Settings.from_env({}) == Settings.from_env({"SLACK_BOT_TOKEN": " "}) == expected
    assert expected.mode() is Mode.PLAYGROUND


def test_every_setting_is_read() -> None:
    """Each variable sets its field."""
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "abc",
        "SLACK_API_URL": "http://127.0.0.1:1/api",
        "PAPERBOY_HOST": "0.0.0.0",  # noqa: S104  # read, not listened on
        "PAPERBOY_PORT": "0",
        "PAPERBOY_DB": "/var/p.db",
        "PAPERBOY_CORPUS": "a:b/c.txt",
        "PAPERBOY_TIMEZONE": "berlin",
        "PAPERBOY_ADMINS": "U024BE7LH, W0G9QF9C6 ,,U024BE7LH U0ANA00001,",
        "PAPERBOY_FEEDS": 'arxiv:CS.cl  arxiv:ti:"tea time" https://EXAMPLE.org/feed arxiv:cs.CL',
        "PAPERBOY_FEEDS_PRIVATE": "YES",
        "PAPERBOY_FEEDS_HOURS": "24",
        "PAPERBOY_LOG": "json",
    }
    assert Settings.from_env(environment) == Settings(
        bot_token="xoxb-1",
        app_token="xapp-1",
        signing_secret="abc",
        api_url="http://127.0.0.1:1/api/",
        host="0.0.0.0",  # noqa: S104  # read, not listened on
        port=0,
        db=Path("/var/p.db"),
        corpus=(Path("a"), Path("b/c.txt")),
        timezone="Europe/Berlin",
        admins=frozenset({"U024BE7LH", "W0G9QF9C6", "U0ANA00001"}),
        feeds=(
            Feed("arxiv:cs.CL", query="cat:cs.CL"),
            Feed('arxiv:ti:"tea time"', query='ti:"tea time"'),
            Feed("https://example.org/feed", url="https://example.org/feed"),
        ),
        private_feeds=True,
        feed_hours=24,
        log=LogFormat.JSON,
    )


def test_home_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path in `.env` may begin with the home folder's sign."""
    monkeypatch.setenv("HOME", "/home/ana")
    read = Settings.from_env({"PAPERBOY_DB": "~/p.db", "PAPERBOY_CORPUS": "~/papers"})
    assert (read.db, read.corpus) == (Path("/home/ana/p.db"), (Path("/home/ana/papers"),))


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("EST", "did you mean America/New_York?"),
        ("../../etc/passwd", ZONE),
        ("UTC+2", ZONE),
    ],
)
def test_a_zone_is_one_that_there_is(value: str, hint: str) -> None:
    """By its name or its city; the nearest is offered, where one is near."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"PAPERBOY_TIMEZONE": value})
    assert str(refused.value) == f"PAPERBOY_TIMEZONE: no zone is called {value!r}; {hint}"


def test_all_faults_are_reported_at_once() -> None:
    """Whoever sets things up need not run it once a fault."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(
            {
                "PAPERBOY_PORT": "30x",
                "PAPERBOY_LOG": "xml",
                "PAPERBOY_FEEDS": "arxiv:cs.CL gopher://a arxiv:tea",
                "PAPERBOY_FEEDS_PRIVATE": "perhaps",
                "PAPERBOY_FEEDS_HOURS": "25",
                "PAPERBOY_ADMINS": "ana, <@U024BE7LH>, U024BE7LH",
                "SLACK_API_URL": "slack.com",
                "SLACK_BOT_TOKEN": "xapp-secret",
            }
        )
    assert str(refused.value).splitlines() == [
        "SLACK_BOT_TOKEN holds a token that begins with xapp-;"
        " that is an app-level token, for SLACK_APP_TOKEN",
        "SLACK_API_URL must begin with http:// or https://, not 'slack.com'",
        "PAPERBOY_PORT must be a number from 0 to 65535 (0: any free one), not '30x'",
        "PAPERBOY_ADMINS: '<@U024BE7LH>' is no user's id; one looks like U024BE7LH",
        "PAPERBOY_ADMINS: 'ana' is no user's id; one looks like U024BE7LH",
        f"PAPERBOY_FEEDS: gopher://a is no feed that I can read. {FEEDS}",
        f"PAPERBOY_FEEDS: arxiv:tea: arXiv has no such category. {FEEDS}",
        "PAPERBOY_FEEDS_PRIVATE must be yes or no, not 'perhaps'",
        "PAPERBOY_FEEDS_HOURS must be a number of hours from 1 to 24, not '25'",
        "PAPERBOY_LOG must be text or json, not 'xml'",
    ]
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_API_URL", "http://", "SLACK_API_URL is no address: 'http://'"),
        ("SLACK_API_URL", "http://a b/", "SLACK_API_URL is no address: 'http://a b/'"),
        ("SLACK_API_URL", "http://[::1", "SLACK_API_URL is no address: 'http://[::1'"),
        ("SLACK_API_URL", "http://a:x", "SLACK_API_URL is no address: 'http://a:x'"),
        (
            "SLACK_BOT_TOKEN",
            "xoxb-1 2",
            "SLACK_BOT_TOKEN holds a space or another character that no token has",
        ),
        (
            "SLACK_APP_TOKEN",
            "xapp-\n1",
            "SLACK_APP_TOKEN holds a space or another character that no token has",
        ),
        (
            "SLACK_SIGNING_SECRET",
            "\N{BULLET}\N{BULLET}",
            "SLACK_SIGNING_SECRET holds a space or another character that no token has",
        ),
        (
            "PAPERBOY_DB",
            "~nobody-here/p",
            "PAPERBOY_DB names the home folder of nobody here: '~nobody-here/p'",
        ),
        (
            "PAPERBOY_CORPUS",
            "~nobody-here",
            "PAPERBOY_CORPUS names the home folder of nobody here: '~nobody-here'",
        ),
        ("PAPERBOY_DB", "a\0b", "PAPERBOY_DB holds a NUL"),
        ("PAPERBOY_FEEDS", 'arxiv:ti:"a', f"PAPERBOY_FEEDS: A double quote is not closed. {FEEDS}"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: str, said: str) -> None:
    """Before anything is tried with it, and no token is shown."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({name: value})
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("name", "token", "meant"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "a user's token; the bot's begins with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "the bot's token, for SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "xoxb-1", "the bot's token, for SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "xapp-1", "an app-level token, for SLACK_APP_TOKEN"),
    ],
)
def test_a_token_in_the_wrong_variable_is_told(name: str, token: str, meant: str) -> None:
    """Whoever mixed them up is told where it belongs."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({name: token})
    assert str(refused.value) == f"{name} holds a token that begins with {token[:5]}; that is {meant}"


@pytest.mark.parametrize("port", ["-1", "65536", "٣", "1.5", "0x10", "1" * 5000])
def test_a_port_is_a_port(port: str) -> None:
    """Only a number that can be a port is taken."""
    with pytest.raises(SettingsError):
        Settings.from_env({"PAPERBOY_PORT": port})


@pytest.mark.parametrize(
    ("tokens", "mode"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, Mode.SOCKET),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, Mode.HTTP),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"},
            Mode.SOCKET,
        ),
    ],
)
def test_tokens_decide_the_mode(tokens: dict[str, str], mode: Mode) -> None:
    """An app-level token means Socket Mode; else a signing secret means HTTP."""
    assert Settings.from_env(tokens).mode() is mode


@pytest.mark.parametrize(
    ("tokens", "missing"),
    [
        (
            {"SLACK_BOT_TOKEN": "xoxb-1"},
            "SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (for Socket Mode) nor SLACK_SIGNING_SECRET"
            " (for HTTP)",
        ),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is missing"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_SIGNING_SECRET is set, but SLACK_BOT_TOKEN is missing"),
        (
            {"SLACK_API_URL": "http://127.0.0.1:1"},
            "SLACK_API_URL is set, but no token: SLACK_BOT_TOKEN is missing",
        ),
    ],
)
def test_what_is_half_set_is_refused_by_name(tokens: dict[str, str], missing: str) -> None:
    """What is missing is named."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(tokens).mode()
    assert str(refused.value) == missing
