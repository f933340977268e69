"""Topics and their digests: what channels follow, and what they get of it, once.

    schedule    when a digest comes: slots, through every change of clocks. Pure
    zones       what people call a time zone
    phrases     schedules and moments in words. Pure
    following   what people do with topics: follow, change, pause, end, preview
    due         what is due
    edition     which papers one message brings, and under which topic. Pure
    claiming    what is due in a channel → a delivery, written down whole
    courier     claimed, committed, posted, threaded, marked; and looked for, where nobody knows
    rounds      the thread that delivers, and the lock by which only one process does
    pausing     what goes wrong → whoever set the topics, told once
    upheavals   what becomes of channels, people and the bot → what is followed
    sending     what this needs of whoever sends and of whoever writes

It knows nothing of Slack's messages: whoever sends them gives it a `Sender` and a `Writer`.
"""
