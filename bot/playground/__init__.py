"""The local Slack: a strict stand-in for Slack on loopback, and a web page to use it by hand.

It knows Slack's protocol and nothing of any app; nothing else of `bot` is imported here.

    workspace, views, grants   the state: messages, modals, rights that end
    shapes, block_kit, checks  what Slack refuses
    web_api, scopes, api_*     what the app calls, and what its token allows
    answers                    what the app sends to response URLs and in acknowledgements
    faults                     how calls of both kinds fail
    people, talk               what people do and say
    fate                       what happens to the bot, to channels and to people
    clock                      a clock that people may move
    payloads, elements         how the app is told, and what they use
    deliver, socket_mode       how it reaches the app
    events                     which events do, and when they are sent again
    page_api, server           the web page's endpoints; the port and its thread
    local_slack                all of it as one object
"""

from bot.playground.arguments import Call
from bot.playground.clock import MovableClock
from bot.playground.deliver import Delivery
from bot.playground.faults import Fault
from bot.playground.grants import Limits
from bot.playground.local_slack import LocalSlack
from bot.playground.workspace import (
    ANA,
    APP,
    ARCHIVED,
    BEN,
    BOT,
    BOT_ID,
    DIRECT,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    SHARED,
    SLACKBOT,
    TEAM,
    Channel,
    User,
)

__all__ = [
    "ANA",
    "APP",
    "ARCHIVED",
    "BEN",
    "BOT",
    "BOT_ID",
    "DIRECT",
    "IM",
    "PRIVATE",
    "READING",
    "SAFETY",
    "SHARED",
    "SLACKBOT",
    "TEAM",
    "Call",
    "Channel",
    "Delivery",
    "Fault",
    "Limits",
    "LocalSlack",
    "MovableClock",
    "User",
]
