"""Feeds of papers: what people write for one → its entries, from the internet.

Law: nothing is read here but feeds; nothing is sent to a host that is not public, unless whoever runs
Paperboy allows it; and what a server does ends as entries, as `Problem`s beside them, or as a FeedError with
a sentence. `addresses` alone takes no time to import, so that settings may be checked by it.

    addresses   what people write → Feed (queries, categories: of arXiv)
    guard       the way to the internet: to which hosts (wire: until when)
    fetching    one conditional GET → bytes (unpacking, charsets; failures: what went wrong, in words)
    reading     bytes → entries, by the corpus's reader of feeds
    arxiv       the pages of arXiv's API → entries (pace: when it may be asked)
    gathering   a feed of either kind → entries
    faults      FeedError
"""
