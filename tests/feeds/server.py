"""A server of feeds on this machine: what it answers is scripted path by path, faults of every kind too."""

import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

HOST = "feeds.example"


class Asked(NamedTuple):
    """A request: its path with the query, and its headers by names in lower case."""

    path: str
    headers: Mapping[str, str]

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass(frozen=True)
class Answer:
    """What is sent. `raw` stands for all else: its parts go out as they are, each once `step` is released."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Iterable[bytes] | None = None
    step: threading.Semaphore | None = None

    def parts(self) -> Iterable[bytes]:
        """Return what goes out, bit by bit."""
        if self.raw is not None:
            return self.raw
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return [f"HTTP/1.1 {self.status} Scripted\r\n{lines}\r\n".encode("latin-1"), self.body]


Script = Answer | Callable[[Asked], Answer]


class Server:
    """Listens on 127.0.0.1 while its block lasts; `answers` are by path without query, `asked` is kept."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Script] = {}
        self.asked: list[Asked] = []
        self._closing = False
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        """The port."""
        return int(self._http.server_address[1])

    def url(self, path: str = "/feed.xml", host: str = HOST) -> str:
        """Return an address of this server, by whatever name."""
        return f"http://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        for answer in self.answers.values():
            if isinstance(answer, Answer) and answer.step:
                answer.step.release()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _send(self, asked: Asked, write: Callable[[bytes], object]) -> None:
        self.asked.append(asked)
        script = self.answers.get(urlsplit(asked.path).path, Answer(status=404))
        answer = script if isinstance(script, Answer) else script(asked)
        for part in answer.parts():
            if answer.step:
                answer.step.acquire()
            if self._closing:
                return
            write(part)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            """Passes on what is asked, and closes the connection behind the answer."""

            def do_GET(self) -> None:
                """Answer."""
                headers = {name.lower(): value for name, value in self.headers.items()}
                with suppress(OSError):  # the client has heard enough
                    server._send(Asked(self.path, headers), self.wfile.write)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def entry(number: int) -> str:
    """Return a made paper as arXiv's API gives it."""
    return (
        f"<entry><id>http://arxiv.org/abs/2501.{number:05}v1</id><title>Paper {number}</title>"
        f"<summary>Number {number} is made.</summary><published>2025-01-02T00:00:00Z</published>"
        f"<author><name>Ann B</name></author></entry>"
    )


def atom(entries: Iterable[str], more: str = "") -> bytes:
    """Return an Atom feed."""
    inside = "\n".join(entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        f' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{more}\n{inside}\n</feed>'
    ).encode()


def arxiv_page(entries: Iterable[str], total: int | None) -> Answer:
    """Return a page of arXiv's API."""
    said = "" if total is None else f"<opensearch:totalResults>{total}</opensearch:totalResults>"
    return Answer(atom(entries, said), headers={"Content-Type": "application/atom+xml; charset=utf-8"})


def arxiv_api(papers: int) -> Callable[[Asked], Answer]:
    """Return arXiv's API over so many made papers, from number 0."""

    def answer(asked: Asked) -> Answer:
        start, most = int(asked.query["start"]), int(asked.query["max_results"])
        return arxiv_page(map(entry, range(start, min(papers, start + most))), papers)

    return answer
