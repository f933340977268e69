"""Text in, ranked papers out. Knows no database and no Slack, and no file but those of its index.

analyze     text → words → terms; the one analyzer for papers, queries and snippets alike
stopwords   words that are not searched
arrays      lists span by span, lists of lists
vocabulary  texts → the words they are written in, each looked at once
inverted    these → postings
layout      postings in order → the arrays they lie in
postings    where terms stand, as arrays; phrases
words       words with counts, as arrays
acronyms    what a corpus explains itself
segment     some documents, indexed: all the arrays that a search asks
blocks      what frequent terms can add to a score, block by block
merge       segments → one
files       a segment in a folder, checked when it is opened
build       documents → a segment in a folder
index       BM25 over segments, by rank-bm25's model
pruned      the best of many without scoring them all, compiled
collection  segments as if they were one; what comes and goes makes another
query       what somebody typed → Query
rank        Query → the documents it finds, in order
similar     a paper → the papers like it
topic       a topic → the documents that match it
suggest     a query that found little → one near it
spelling    misspelt words → the nearest there are
snippet     the passage of an abstract that shows why it was found
"""
