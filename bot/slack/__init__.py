"""Paperboy's face in Slack.

typed      what people typed, from what Slack sends of it; pure
commands   the text behind /paper → what is asked for; pure
buttons    what a button stands for ↔ its value; pure
mrkdwn     text that cannot smuggle anything into a message; pure
render     answers → messages and windows; pure
send       a message or a window → Slack
failures   what Slack says when it does not take something
replies    where an answer goes: a response URL, a conversation, a window
claims     what is done only once, though asked for twice
desk       what listeners work with, and what a button stands for today
guard      one wrapper around every listener: no silence, no traceback
listeners  ack, parse, call, render, send
http       Slack's signed requests → the listeners
"""
