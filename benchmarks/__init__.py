"""What Paperboy's speed is, beside what it should be: `python -m benchmarks [start|answer|digests]`.

Law: a figure that is missed is printed, never asserted; a result that is wrong ends in exit code 1. Nothing
leaves this machine, and no file stays behind.

    start      processes: loading the seeds, `paperboy search`
    answer     a signed request to the posted answer, beside an empty Bolt app (`empty_app`)
    digests    10,000 topics, chosen and posted
    crash      300 digests while the process is killed and Slack fails; ten minutes, only when asked for
    feeds      fetches from a stand-in for arXiv, and searches beside them; `python -m benchmarks.feeds`
    engine     BM25 beside its peers at up to a million papers; an hour, only when asked for
    quality    ranking on judged collections, beside other engines; `quality FOLDER`, only when asked for

    contender  a process of one engine; `contenders`, one face for all of them
    figures    what is measured of an engine; `targets`, what it should be
    okapi      Paperboy's scores beside rank-bm25's
    tokens     papers and queries as terms, the same for every engine
    corpora    papers by the million, made from the seeds
    judged     those collections, read from a folder
    peers      the other engines, and trec_eval
    arxiv_api  the stand-in for arXiv, which tells made papers; `fetcher`, the process that fetches them
    callers    people who type /paper into a local Slack, and note when the answer is there
    processes  child processes in an environment without secrets
    table      rows, percentiles, and how they are printed
"""
