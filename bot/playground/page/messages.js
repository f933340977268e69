// Law: a list of messages as Slack groups them: by ts, a line a day, one tile for what the same author says in
// five minutes. Redrawing touches only what changed, so that a screen reader hears each message once and the
// keyboard's place survives.

import { blocks } from "./blocks.js";
import { h, icon, keptFocus, tile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { dayOf, daysAhead, inWords } from "./time.js";

const SAME_BREATH = 5 * 60;
const FOLD_ABOVE = 700;

/**
 * A list that lives in `container`. `hooks`: `author(message)` gives {id, name, app}, `context(message)` the blocks'
 * ctx, `dismiss(message)`, and `thread(message)` to reply and for the replies bar (null inside a thread).
 */
export function messageList(container, hooks) {
  const drawn = new Map();
  return {
    /** Show exactly these messages, whatever their order; `replies` counts them by the parent's ts. */
    show(messages, replies = new Map()) {
      const wanted = [];
      const alive = new Set();
      let before = null;
      for (const message of [...messages].sort(byTs)) {
        const count = replies.get(message.ts) ?? 0;
        if (!before || day(before) !== day(message)) wanted.push(dayLine(drawn, alive, message));
        const entry = reuse(drawn, message, count, hooks);
        alive.add(message.ts);
        entry.node.classList.toggle("grouped", grouped(before, message));
        wanted.push(entry.node);
        before = message;
      }
      for (const [id, { node }] of drawn) {
        if (alive.has(id)) continue;
        remove(node);
        drawn.delete(id);
      }
      settle(container, wanted);
    },
  };
}

/** Slack's order: a ts is seconds and a counter, compared as numbers and never as text. */
export function byTs(one, other) {
  const [a, b] = [one.ts.split("."), other.ts.split(".")];
  return a[0] - b[0] || a[1] - b[1];
}

function reuse(drawn, message, count, hooks) {
  const old = drawn.get(message.ts);
  // Compared by content: a refetched state brings equal messages as new objects.
  const content = JSON.stringify([message, count]);
  if (old?.content === content) return old;
  const entry = { content, node: draw(message, count, hooks) };
  if (old) replace(old.node, entry.node);
  drawn.set(message.ts, entry);
  return entry;
}

/** A message that changes under the keyboard keeps the focus on the same element, or hands it to the composer. */
function replace(old, node) {
  const focused = old.contains(document.activeElement);
  const restore = keptFocus(old);
  old.replaceWith(node);
  if (focused && !restore(node)) toComposer();
}

function remove(node) {
  const focused = node.contains(document.activeElement);
  node.remove();
  if (focused) toComposer();
}

function toComposer() {
  document.getElementById("composer-text").focus();
}

/** Put the nodes into the wanted order while moving as few as possible. */
function settle(container, wanted) {
  let place = container.firstChild;
  for (const node of wanted) {
    if (node === place) place = place.nextSibling;
    else container.insertBefore(node, place);
    foldLong(node);
  }
}

function grouped(before, message) {
  return (
    before !== null &&
    before.user === message.user &&
    Boolean(before.bot) === Boolean(message.bot) &&
    Boolean(before.ephemeral) === Boolean(message.ephemeral) &&
    message.time - before.time < SAME_BREATH &&
    day(before) === day(message)
  );
}

function draw(message, count, hooks) {
  const author = hooks.author(message);
  const moment = new Date(message.time * 1000);
  const clock = inWords(moment, { hour: "numeric", minute: "2-digit" });
  const title = inWords(moment, { dateStyle: "full", timeStyle: "medium" });
  const time = h("time", { class: "clock", datetime: moment.toISOString(), title }, clock);
  const head = h(
    "div",
    { class: "message-head" },
    h("span", { class: "author", dir: "auto" }, author.name),
    author.app ? h("span", { class: "badge" }, "APP") : null,
    time,
  );
  return h(
    "article",
    { class: `message ${message.ephemeral ? "ephemeral" : ""}`, "data-ts": message.ts, "aria-label": `${author.name}, ${clock}` },
    h("div", { class: "gutter" }, tile(author.id, author.name), time.cloneNode(true)),
    replyTool(message, hooks),
    h("div", { class: "message-body" }, message.ephemeral ? onlyYou(message, hooks) : null, head, content(message, hooks), threadBar(message, count, hooks)),
  );
}

/** Before the message's own elements, so that Shift+Tab from the message box comes to those first. */
function replyTool(message, hooks) {
  if (!hooks.thread || message.ephemeral) return null;
  const properties = { type: "button", class: "icon-button tool", "aria-label": "Reply in thread", title: "Reply in thread" };
  return h("button", { ...properties, "data-key": "reply", onclick: () => hooks.thread(message) }, icon("thread"));
}

function onlyYou(message, hooks) {
  const dismiss = () => hooks.dismiss(message);
  return h(
    "div",
    { class: "only-you" },
    icon("eye"),
    h("span", {}, "Only visible to you"),
    h("button", { type: "button", class: "icon-button dismiss", "aria-label": "Dismiss message", onclick: dismiss }, icon("close")),
  );
}

function content(message, hooks) {
  const ctx = hooks.context(message);
  const edited = message.edited && !message.ephemeral ? h("span", { class: "edited" }, " (edited)") : null;
  if (message.blocks?.length > 0) return h("div", { class: "blocks" }, blocks(message.blocks, ctx), edited);
  const words = mrkdwn(String(message.text ?? ""), ctx.directory, { names: false });
  return h("div", { class: "rich", dir: "auto" }, words, edited);
}

function threadBar(message, count, hooks) {
  if (count === 0 || !hooks.thread) return null;
  const label = count === 1 ? "1 reply" : `${count} replies`;
  const show = () => hooks.thread(message);
  return h("button", { type: "button", class: "thread-bar", "data-key": "thread", onclick: show }, icon("thread"), label);
}

/** Slack hides the end of a long section behind “See more”; what is long is only known once it is laid out. */
function foldLong(node) {
  for (const words of node.querySelectorAll(".foldable:not(.measured)")) {
    if (words.offsetParent === null) continue;
    words.classList.add("measured");
    if (words.scrollHeight <= FOLD_ABOVE) continue;
    words.classList.add("folded");
    const more = h("button", { type: "button", class: "see-more", "aria-expanded": "false" }, "See more");
    more.addEventListener("click", () => {
      const folded = words.classList.toggle("folded");
      more.textContent = folded ? "See more" : "See less";
      more.setAttribute("aria-expanded", String(!folded));
    });
    words.after(more);
  }
}

function day(message) {
  return dayOf(new Date(message.time * 1000));
}

function dayLine(drawn, alive, message) {
  const id = `day ${day(message)}`;
  alive.add(id);
  if (!drawn.has(id)) drawn.set(id, { node: h("div", { class: "day" }, h("span", {})) });
  const { node } = drawn.get(id);
  const moment = new Date(message.time * 1000);
  const label = daysAhead(moment) === 0 ? "Today" : inWords(moment, { weekday: "long", month: "long", day: "numeric" });
  if (node.textContent !== label) node.firstChild.replaceChildren(label); // today is yesterday tomorrow
  return node;
}
