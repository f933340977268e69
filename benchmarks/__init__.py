"""What Paperboy's speed is, beside what it should be: `python -m benchmarks [start|answer|engine]`.

Law: a figure that is missed is printed, never asserted; a result that is wrong ends in exit code 1. Nothing
leaves this machine, and no file stays behind.

    start      processes: loading the seeds, `paperboy search`
    answer     a signed request to the posted answer, beside an empty Bolt app (`empty_app`)
    engine     BM25 beside rank-bm25, on the same tokens
    quality    ranking on judged collections, beside other engines; `quality FOLDER`, only when asked for
    corpora    papers by the million, made from the seeds
    judged     those collections, read from a folder
    peers      the other engines, and trec_eval
    callers    people who type /paper into a local Slack, and note when the answer is there
    processes  child processes in an environment without secrets
    table      rows, percentiles, and how they are printed
"""
