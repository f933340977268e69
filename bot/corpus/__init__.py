"""Corpus files to papers: text → `Record`, or `Problem` saying which file, which line and why.

The law here: nothing raises for bad input. What cannot be read is reported and never stops the rest. Only
`disk` touches the disk; everything else is a function of text.

    disk       folders and files → texts → Corpus
    catalog    catalog.csv → what is known of an abstract, by the hash of its line
    documents  one file's text → records and problems
    lines      the lines of a text, each with its shape
    formats    the layouts there are, one module each (titled, plain): add yours there
    furniture  what a web page puts around its papers
    mend       text as people should read it: without TeX (tex, symbols, typography)
    sentences  a title where none is known
"""

from bot.corpus.catalog import Catalog, read_catalog
from bot.corpus.disk import Corpus, read_corpus
from bot.corpus.documents import parse
from bot.corpus.mend import mend

__all__ = ["Catalog", "Corpus", "mend", "parse", "read_catalog", "read_corpus"]
