"""Made papers as arXiv's API tells them, by a server on this machine.

Law: a page is what arXiv's manual shows, element for element; the same papers also stand in one document, as
a feed at an address. What is told can be changed at any time, and counts from the next request on.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from benchmarks import arxiv

API, ADDRESS = "/api/query", "/feed.xml"
_CREATED = "%a, %d %b %Y %H:%M:%S GMT"  # as `arxiv.entry` writes it
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_OURS = "http://arxiv.org/schemas/atom"


class MadeArXiv:
    """ArXiv's API over `entries`, those first that changed last."""

    def __init__(self) -> None:
        self.entries: Sequence[str] = ()
        self._port = 0

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer while the block runs."""
        with ThreadingHTTPServer(("127.0.0.1", 0), self._handler()) as http:
            http.daemon_threads = True
            self._port = http.server_port
            thread = threading.Thread(target=http.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield
            finally:
                http.shutdown()
                thread.join()

    def url(self, path: str) -> str:
        """Return the address of the API, or of the document."""
        return f"http://127.0.0.1:{self._port}{path}"

    def answer(self, target: str) -> str:
        """Return what is told at a path with its query."""
        entries, asked = self.entries, parse_qs(urlsplit(target).query)
        start = int(asked.get("start", ["0"])[0])
        most = int(asked.get("max_results", [str(len(entries))])[0])
        return page(entries[start : start + most], start, len(entries))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            """Answers, and closes the connection behind that."""

            def do_GET(self) -> None:
                """Answer."""
                body = answer(self.path).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/atom+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def page(entries: Iterable[str], start: int, total: int) -> str:
    """Return some of the entries that a query has in whole."""
    inside = "".join(entries)
    return (
        f"{_HEAD}"
        '  <title type="html">ArXiv Query: search_query=cat:cs.CL&amp;id_list=&amp;start=0</title>\n'
        "  <id>http://arxiv.org/api/cHxbiOdZaP56ODnBPIenZhzg5f8</id>\n"
        "  <updated>2026-11-23T00:00:00-05:00</updated>\n"
        f'  <opensearch:totalResults xmlns:opensearch="{_SEARCH}">{total}</opensearch:totalResults>\n'
        f'  <opensearch:startIndex xmlns:opensearch="{_SEARCH}">{start}</opensearch:startIndex>\n'
        f'  <opensearch:itemsPerPage xmlns:opensearch="{_SEARCH}">200</opensearch:itemsPerPage>\n'
        f"{inside}</feed>\n"
    )


def entries(count: int, skip: int) -> Iterator[str]:
    """Yield made papers after the first `skip`, the same that `arxiv.write` writes so."""
    return map(entry, arxiv.entries(count, skip))


def entry(paper: Mapping[str, Any]) -> str:
    """Return a paper that is given as arXiv's snapshot has it."""
    link = f"http://arxiv.org/abs/{paper['id']}v1"
    created = datetime.strptime(paper["versions"][0]["created"], _CREATED).replace(tzinfo=UTC)
    people = "".join(
        f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n"
        for name in paper["authors"].split(", ")
    )
    first, *_ = categories = paper["categories"].split()
    kinds = "".join(f'    <category term="{each}" scheme="{_OURS}"/>\n' for each in categories)
    return (
        f"  <entry>\n    <id>{link}</id>\n"
        f"    <updated>{created:%Y-%m-%dT%H:%M:%SZ}</updated>\n"
        f"    <published>{created:%Y-%m-%dT%H:%M:%SZ}</published>\n"
        f"    <title>{escape(paper['title'])}</title>\n"
        f"    <summary>{escape(paper['abstract'])}</summary>\n{people}"
        f'    <arxiv:comment xmlns:arxiv="{_OURS}">{escape(paper["comments"])}</arxiv:comment>\n'
        f'    <link href="{link}" rel="alternate" type="text/html"/>\n'
        f'    <link title="pdf" href="{link.replace("abs", "pdf")}" rel="related" type="application/pdf"/>\n'
        f'    <arxiv:primary_category xmlns:arxiv="{_OURS}" term="{first}" scheme="{_OURS}"/>\n'
        f"{kinds}  </entry>\n"
    )
