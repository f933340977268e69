"""The chat.* methods: the bot's messages, posted, changed and taken away."""

from bot.playground.api_conversations import as_api
from bot.playground.arguments import Args
from bot.playground.checks import ApiError, Json, content_of, metadata_of
from bot.playground.workspace import BOT, Channel, Message, Workspace


def _target(workspace: Workspace, args: Args) -> Channel:
    """Return the channel to post to: one that the bot may post in, or a direct message."""
    name = args.get("channel")
    if isinstance(name, str) and name in workspace.users and name != BOT:
        return workspace.direct(name)
    channel = workspace.channel(name)
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def _thread(workspace: Workspace, channel: Channel, args: Args) -> str | None:
    thread_ts = args.get("thread_ts")
    return workspace.thread(channel.id, thread_ts) if thread_ts else None


def _own_message(workspace: Workspace, args: Args, refusal: str) -> Message:
    channel = workspace.channel(args.get("channel"))
    message = workspace.find(channel.id, args.need("ts"))
    if message is None or message.only_for is not None:
        raise ApiError("message_not_found")
    if message.user != BOT:
        raise ApiError(refusal)
    return message


def post_message(workspace: Workspace, args: Args) -> Json:
    """chat.postMessage."""
    channel = _target(workspace, args)
    text, blocks = content_of(args.given)
    thread_ts = _thread(workspace, channel, args)
    metadata = metadata_of(args.get("metadata"))
    message = workspace.post(channel.id, BOT, text, blocks, thread_ts=thread_ts, metadata=metadata)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": as_api(workspace, message, with_metadata=True),
    }


def post_ephemeral(workspace: Workspace, args: Args) -> Json:
    """chat.postEphemeral."""
    channel = _target(workspace, args)
    user = workspace.user(args.get("user"))
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = content_of(args.given)
    thread_ts = _thread(workspace, channel, args)
    return {
        "message_ts": workspace.post(channel.id, BOT, text, blocks, only_for=user.id, thread_ts=thread_ts).ts
    }


def update(workspace: Workspace, args: Args) -> Json:
    """chat.update. Blocks and metadata that are not given stay; an empty list takes the blocks away."""
    message = _own_message(workspace, args, "cant_update_message")
    given = {name: args.get(name) for name in ("text", "blocks") if args.get(name) is not None}
    if "blocks" in given and message.text and not given.get("text"):
        given["text"] = message.text
    text, blocks = content_of(given)
    metadata = metadata_of(args.get("metadata")) or message.metadata
    kept = blocks if "blocks" in given else None
    changed = workspace.edit(message, text=text, blocks=kept, metadata=metadata)
    return {
        "channel": changed.channel,
        "ts": changed.ts,
        "text": changed.text,
        "message": as_api(workspace, changed, with_metadata=True),
    }


def delete(workspace: Workspace, args: Args) -> Json:
    """chat.delete."""
    message = _own_message(workspace, args, "cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
}
