"""Paperboy's face in Slack.

typed      what people typed, from what Slack sends of it; pure
commands   the text behind /paper → what is asked for; pure
about_topics  the commands about topics among them; pure
asked      what can be asked for; pure
clauses    what stands behind /paper subscribe → a topic, and when it comes; pure
buttons    what a button stands for ↔ its value; pure
forms      what a form keeps, and what was filled in ↔ a wish; pure
mrkdwn     text that cannot smuggle anything into a message; pure
render     answers → messages and windows; pure
send       a message or a window → Slack
failures   what Slack says when it does not take something
replies    where an answer goes: a response URL, a conversation, a window
scene      who did something, and where; pure
visits     the same, with the way to answer them
places     where digests can go, and what Slack knows of who asks
claims     what is done only once, though asked for twice
desk       what listeners work with, and what a button stands for today
guard      one wrapper around every listener: no silence, no traceback
listeners  ack, parse, call, render, send
http       Slack's signed requests → the listeners
"""
