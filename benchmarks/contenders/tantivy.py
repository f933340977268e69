"""tantivy, the search engine in Rust: compressed postings in a segment, block-max WAND; k1 1.2, b .75."""

from collections.abc import Sequence
from functools import cached_property

import tantivy
from tantivy import Occur, Query

from benchmarks.contenders import Growing

_ALL_IN_ONE = 2_000_000_000  # bytes before a segment is written; one thread and no more makes one segment
_SMALLEST = 15_000_000  # the least that a writer takes


class Tantivy(Growing):
    """One text field without places of words, and a paper's number."""

    def build(self) -> None:
        """Write one segment."""
        schema = (
            tantivy.SchemaBuilder()
            .add_text_field("text", tokenizer_name="blanks", index_option="freq")
            .add_integer_field("number", fast=True)
            .build()
        )
        self.index = _taught(tantivy.Index(schema, path=str(self.folder)))
        writer = self.index.writer(heap_size=_ALL_IN_ONE, num_threads=1)
        with self.tokens.open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                writer.add_document(tantivy.Document(text=line, number=number))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        """Map the segment."""
        self.index = _taught(tantivy.Index.open(str(self.folder)))
        self.schema, self.searcher = self.index.schema, self.index.searcher()

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Ask without a count, which would make it look at every posting."""
        words = [(Occur.Should, Query.term_query(self.schema, "text", term, "freq")) for term in terms]
        found = self.searcher.search(Query.boolean_query(words), limit, count=False).hits
        numbers = self.searcher.fast_field_values("number", [address for _, address in found])
        return [int(number) for number in numbers if number is not None]

    def add(self, number: int, terms: Sequence[str]) -> None:
        """Commit it to the disk."""
        self.writer.add_document(tantivy.Document(text=" ".join(terms), number=number))
        self.writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()

    @cached_property
    def writer(self) -> tantivy.IndexWriter:
        """The one that an app would keep."""
        return self.index.writer(heap_size=_SMALLEST, num_threads=1)


def _taught(index: tantivy.Index) -> tantivy.Index:
    """Tell an index, which keeps neither, that terms are what stands between blanks, and to watch no file."""
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)
    index.config_reader(reload_policy="manual")  # a thread that watches may write while the folder is removed
    return index
