// Law: Slack's mrkdwn to DOM nodes, and nothing else. `<…>` is Slack's own markup and is drawn as what it would
// do (a smuggled `<!channel>` shows as the ping it is); `&amp; &lt; &gt;` are decoded once, at the very end, so
// escaped markup can never wake up; `* _ ~` and backticks format only where a word begins and ends, on one line.

import { h, link, safeUrl } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { dayOf, daysAhead, inWords, now } from "./time.js";

const ELEMENTS = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /<([^<>\n]+)>/y;
const ADDRESS = /https?:\/\/[^\s<>|"]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/iy;
const NAME = /@(?:channel|here|everyone)(?![\p{L}\p{N}_])|#[\p{L}\p{N}_-]+/uy;
const EMOJI = /:([a-z0-9_+-]+):/y;
const FENCE = /```([\s\S]+?)```/g;
// What a marker may not touch on its inner side. Apps put a zero-width space or soft hyphen there to switch it off.
const GAP = /[\s\u200b\u2060\u00ad]/;
const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_REST = /^(?:>|&gt;){3} ?/;

/** Text with its three entities decoded: one pass, so `&amp;lt;` becomes `&lt;` and stays. */
export function decode(text) {
  const letters = { amp: "&", lt: "<", gt: ">" };
  return text.replace(/&(amp|lt|gt);/g, (_, name) => letters[name]);
}

/**
 * Nodes for one mrkdwn text.
 * `directory` names users and channels; `autolink` is Slack's treatment of bare addresses, `names` of bare
 * `@here` and `#general` (a text object with `verbatim: true` has neither, a message's `text` only the first).
 */
export function mrkdwn(text, directory, { autolink = true, names = true } = {}) {
  const rules = { directory, autolink, names };
  const nodes = [];
  let at = 0;
  for (const fence of text.matchAll(FENCE)) {
    nodes.push(...lines(text.slice(at, fence.index), rules, at > 0));
    nodes.push(h("pre", { dir: "auto" }, literal(fence[1].replace(/^\n|\n$/g, ""), rules)));
    at = fence.index + fence[0].length;
  }
  return nodes.concat(lines(text.slice(at), rules, at > 0));
}

/** Lines, with runs of `>` gathered into quotes. `afterBlock`: a block already ended the line before. */
function lines(text, rules, afterBlock) {
  const nodes = [];
  const rest = (afterBlock ? text.replace(/^\n/, "") : text).split("\n");
  while (rest.length > 0) {
    const quoted = [];
    if (QUOTE_REST.test(rest[0])) {
      quoted.push(rest[0].replace(QUOTE_REST, ""), ...rest.splice(0).slice(1));
    } else {
      while (rest.length > 0 && QUOTE.test(rest[0])) quoted.push(rest.shift().replace(QUOTE, ""));
    }
    if (quoted.length > 0) {
      nodes.push(h("blockquote", { dir: "auto" }, inline(quoted.join("\n"), rules)));
      continue;
    }
    const plain = [];
    while (rest.length > 0 && !QUOTE.test(rest[0])) plain.push(rest.shift());
    nodes.push(...inline(plain.join("\n"), rules));
  }
  return nodes;
}

/** Nodes for a run of text: whatever is an atom at a place is drawn, every other character is text. */
function inline(source, rules) {
  const nodes = [];
  const hopeless = {};
  let plain = "";
  let at = 0;
  while (at < source.length) {
    const atom = readAtom(source, at, rules, hopeless);
    if (!atom) {
      plain += source[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push(decode(plain));
    plain = "";
    nodes.push(atom.node);
    at = atom.end;
  }
  if (plain) nodes.push(decode(plain));
  return nodes;
}

function readAtom(source, at, rules, hopeless) {
  const letter = source[at];
  if (letter === "<") return readToken(source, at, rules);
  if (letter === ":") return readEmoji(source, at);
  if (letter === "`") return readSpan(source, at, hopeless, (inner) => h("code", {}, literal(inner, rules)));
  if (letter in ELEMENTS) {
    return readSpan(source, at, hopeless, (inner) => h(ELEMENTS[letter], {}, inline(inner, rules)));
  }
  if (wordBefore(source, at)) return null;
  if (rules.names && (letter === "@" || letter === "#")) return readName(source, at, rules);
  if (rules.autolink && /\w/.test(letter)) return readAddress(source, at);
  return null;
}

/** Inside code only Slack's own markup still works. */
function literal(source, rules) {
  const nodes = [];
  let at = 0;
  for (const found of source.matchAll(/<([^<>\n]+)>/g)) {
    const node = token(found[1], rules);
    if (node === null) continue;
    nodes.push(decode(source.slice(at, found.index)), node);
    at = found.index + found[0].length;
  }
  return [...nodes, decode(source.slice(at))];
}

function readToken(source, at, rules) {
  TOKEN.lastIndex = at;
  const found = TOKEN.exec(source);
  const node = found && token(found[1], rules);
  return node && { node, end: TOKEN.lastIndex };
}

function readEmoji(source, at) {
  EMOJI.lastIndex = at;
  const found = EMOJI.exec(source);
  const drawn = found && emoji(found[1]);
  return drawn && { node: h("span", { class: "emoji", title: found[0] }, drawn), end: EMOJI.lastIndex };
}

/** `hopeless` remembers up to where a marker is known to have no end: a wall of markers stays linear. */
function readSpan(source, at, hopeless, draw) {
  const marker = source[at];
  if (at < (hopeless[marker] ?? 0) || wordBefore(source, at)) return null;
  const next = source[at + 1];
  if (next === undefined || next === marker || GAP.test(next)) return null;
  const end = closing(source, at, marker);
  if (end < 0) {
    const newline = source.indexOf("\n", at);
    hopeless[marker] = newline < 0 ? source.length : newline;
    return null;
  }
  return { node: draw(source.slice(at + 1, end)), end: end + 1 };
}

/** Where the span that `marker` opened ends, or -1. Markup in `<…>` and code are stepped over whole. */
function closing(source, open, marker) {
  for (let at = open + 1; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === "\n") return -1;
    if (letter === "<") {
      TOKEN.lastIndex = at;
      if (TOKEN.test(source)) at = TOKEN.lastIndex - 1;
    } else if (letter === "`" && marker !== "`" && !wordBefore(source, at)) {
      const code = source.indexOf("`", at + 1);
      const newline = source.indexOf("\n", at);
      if (code > at + 1 && (newline < 0 || code < newline)) at = code;
    } else if (letter === marker && !GAP.test(source[at - 1]) && !wordAt(source, at + 1)) {
      return at;
    }
  }
  return -1;
}

function readName(source, at, { directory }) {
  NAME.lastIndex = at;
  const found = NAME.exec(source);
  if (found === null) return null;
  const end = NAME.lastIndex;
  if (source[at] === "@") return { node: pill(found[0], "broadcast"), end };
  const channel = directory.channelNamed(found[0].slice(1));
  return channel && { node: directory.channelLink(channel.id, channel.name), end };
}

function readAddress(source, at) {
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(source);
  if (found === null) return null;
  // A sentence's own punctuation is not part of the address it ends with.
  let typed = found[0].replace(/&(?:gt|lt);.*/, "");
  while (/[.,;:!?'")\]*_~`]$/.test(typed.slice(-1))) typed = typed.slice(0, -1);
  const address = decode(typed);
  const href = safeUrl(address.includes("://") ? address : `mailto:${address}`);
  return href && { node: link(href, address), end: at + typed.length };
}

/** What `<…>` stands for, or null when it is nothing of Slack's and stays text. */
function token(inside, rules) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : decode(inside.slice(bar + 1));
  const { directory } = rules;
  if (/^@[UW][A-Z0-9]+$/.test(target)) return directory.userPill(target.slice(1));
  if (/^#[CDG][A-Z0-9]+$/.test(target)) return directory.channelLink(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  const href = safeUrl(decode(target));
  return href && link(href, h("span", { dir: "auto" }, label ? withEmoji(label) : decode(target)));
}

function special(command, label) {
  if (["channel", "here", "everyone"].includes(command)) return pill(`@${command}`, "broadcast");
  if (command.startsWith("subteam^")) return pill(label || "@group", "person");
  if (command.startsWith("date^")) return date(command.split("^"), label);
  return label ? document.createTextNode(label) : null;
}

/** A mention as Slack highlights it: `broadcast` and `me` are the ones that ping. */
export function pill(text, kind) {
  return h("span", { class: `mention ${kind}` }, text);
}

/** A moment as the reader's clock has it, by Slack's format; the fallback when it is none. */
export function date([, seconds, format = "", address = ""], fallback) {
  const moment = new Date(Number(seconds) * 1000);
  if (!/^\d+$/.test(seconds) || Number.isNaN(moment.getTime())) return document.createTextNode(fallback);
  const text = format.replace(/\{(\w+)\}/g, (typed, name) => dated(moment, name) ?? typed);
  const node = h("time", { datetime: moment.toISOString(), title: inWords(moment, { dateStyle: "full", timeStyle: "long" }) }, decode(text));
  const href = safeUrl(decode(address));
  return href ? link(href, node) : node;
}

function dated(moment, name) {
  const pretty = name.endsWith("_pretty") ? nearDay(moment) : null;
  if (pretty) return pretty;
  const day = (options) => inWords(moment, options);
  switch (name.replace("_pretty", "")) {
    case "date_num": return dayOf(moment);
    case "date": return day({ year: "numeric", month: "long", day: "numeric" });
    case "date_short": return day({ year: "numeric", month: "short", day: "numeric" });
    case "date_long": return day({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
    case "time": return inWords(moment, { hour: "numeric", minute: "2-digit" });
    case "time_secs": return inWords(moment, { timeStyle: "medium" });
    case "ago": return ago(moment);
    default: return null;
  }
}

function nearDay(moment) {
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[daysAhead(moment)] ?? null;
}

function ago(moment) {
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const minutes = Math.round((moment - now()) / 60_000);
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}

/** Letters and digits of any script make a word; punctuation, markers and emoji do not. */
function wordAt(source, at) {
  return at < source.length && /^[\p{L}\p{N}]/u.test(String.fromCodePoint(source.codePointAt(at)));
}

function wordBefore(source, at) {
  if (at === 0) return false;
  const low = source.charCodeAt(at - 1);
  return wordAt(source, low >= 0xdc00 && low <= 0xdfff && at > 1 ? at - 2 : at - 1);
}
