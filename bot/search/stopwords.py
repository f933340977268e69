"""English words that say nothing about a paper's subject. Lower case, without apostrophes.

`few`, `first`, `without` and `all` are missing on purpose: few-shot, first-order, attention is all you need.
"""

STOP_WORDS = frozenset(
    """
    a an the this that these those
    i me my mine myself we us our ours ourselves you your yours yourself yourselves
    he him his himself she her hers herself it its itself they them their theirs themselves
    am is are was were be been being do does did doing have has had having
    can could may might must shall should will would cannot
    arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt
    and but or nor so yet if then than because while although though whether
    of in on at by for to from into onto with within about against between through during
    before after above below over under up down out off again further upon via per
    here there when where why how what which who whom whose
    such same own other others each both any some more most very too also just only even ever
    no not as etc eg ie et al using used
    """.split()  # noqa: SIM905  # lines by kind of word read better than a list
)
