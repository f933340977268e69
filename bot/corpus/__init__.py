"""Corpus files to papers: `Piece` by piece → `Record`, or `Problem` saying which file, which line and why.

The law here: nothing raises for bad input. What cannot be read is reported and never stops the rest. Only
`disk` touches the disk; everything else is a function of text.

    disk       folders and files → Corpus; a file of it → pieces, as they are asked for
    unpacked   a file's bytes, out of gzip where they are in it
    numbered   bytes → numbered lines of text
    formats    the formats there are, each a module of two functions (`pieces` says which): add yours there
    jsonl, bibliography (entries), table, feed (elements, wellformed), pages    one each
    fields     what a source says of a paper → a record (named: by its fields' names)
    catalog    catalog.csv → what is known of an abstract, by the hash of its line
    documents  a page's text → records and problems
    lines      the lines of a text, each with its shape
    layouts    of pages: titled, plain
    furniture  what a web page puts around its papers
    mend       text as people should read it: without TeX (tex, symbols, typography)
    sentences  a title where none is known
"""

from bot.corpus.catalog import Catalog, read_catalog
from bot.corpus.disk import Corpus, File, Stamp, find_corpus, pieces_of, why_unread
from bot.corpus.documents import parse
from bot.corpus.mend import mend
from bot.corpus.pieces import Piece

__all__ = [
    "Catalog",
    "Corpus",
    "File",
    "Piece",
    "Stamp",
    "find_corpus",
    "mend",
    "parse",
    "pieces_of",
    "read_catalog",
    "why_unread",
]
