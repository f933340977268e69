"""Paperboy: a Slack app that answers /paper with the right papers.

Data flows one way, and the folders say so:

    corpus files → corpus (parse) → store (SQLite) → search (index, rank) → slack (render, answer)

`library` joins corpus, store and search; `app` builds everything from the settings; `cli` is the command
line; `playground` is a Slack on this machine to try and test against. Imports point down only:
cli → app → slack, playground, probes → library, web → identity, shelf, bibtex, answers → search, store,
corpus → wording → papers, errors.
"""

__version__ = "0.1.0"
