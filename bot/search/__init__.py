"""Text in, ranked papers out. Pure: knows no file, no database and no Slack.

analyze    text → words → terms; the one analyzer for papers, queries and snippets alike
index      terms → postings → BM25 scores
query      what somebody typed → Query → ranking
snippet    the passage of an abstract that shows why it was found
"""
