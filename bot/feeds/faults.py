"""Why a feed could not be fetched, in words for whoever follows it."""


class FeedError(Exception):
    """A feed cannot be had at present. `reason` is one sentence, plain text, fit for Slack.

    `retry_after` is how many seconds its server asked to be left alone, at most a day; None: it did not ask.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
