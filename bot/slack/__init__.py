"""Paperboy's face in Slack.

commands   the text behind /paper → what is asked for; pure
mrkdwn     text that cannot smuggle anything into a message; pure
render     answers → messages; pure
send       a message → Slack
guard      one wrapper around every listener: no silence, no traceback
listeners  ack, parse, call, render, send
"""
