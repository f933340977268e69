"""Paperboy: a Slack app that answers /paper with the right papers.

Data flows one way, and the folders say so:

    corpus files → corpus (parse) → store (SQLite) → search (index, rank) → slack (render, answer)
                                          ↑                    ↑
                                        digest (select, claim, post on schedule)

`loading` finds what the corpus has become and writes it as a `change`, `library` joins corpus, store and
search; `connect` gets to Slack, `beside` works in processes of its own, and `app` builds everything from the
settings; `deliver` is `paperboy digest`, `cli` the command line; `playground` is a Slack on this machine to
try and test against. Imports point down only: cli → deliver → app → connect, beside → slack, playground,
probes → digest, fetches, outages → library, web, telling → matching, indexes, loading, arriving, feed_list →
change → resolution → identity, shelf, bibtex, answers, feeds → search, store, corpus → wording, ids → papers,
topics, errors.
"""

__version__ = "0.1.0"
