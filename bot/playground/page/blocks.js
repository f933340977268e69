// Law: Block Kit to DOM, one function a block type, by Slack's field names. What is unknown is named in a grey
// line, never guessed and never thrown over: one bad block must not hide the rest of the message.
//
// `ctx` is what a block needs from the page: `directory` (names), `act(payload, node)` (send an interaction) and
// in a modal `fields`, the list its inputs join so that submitting can read them.

import { h, icon, link, safeUrl } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { field } from "./fields.js";
import { date, mrkdwn, pill } from "./mrkdwn.js";
import { confirmed, menuButton } from "./popup.js";

const DRAW = { actions, context, divider, header, image, input, rich_text: richText, section };

/** Nodes for a list of blocks. */
export function blocks(list, ctx) {
  return (Array.isArray(list) ? list : []).map((block) => {
    try {
      return Object.hasOwn(DRAW, block?.type) ? DRAW[block.type](block, ctx) : unsupported("block", block?.type);
    } catch (fault) {
      console.error("This block could not be drawn", block, fault);
      return unsupported("block", `${block?.type} (malformed)`);
    }
  });
}

function unsupported(what, type) {
  return h("div", { class: "unsupported" }, `unsupported ${what}: ${type}`);
}

/** Nodes for a text object. plain_text is literal but for its emoji. */
export function textObject(text, ctx) {
  if (text?.type === "mrkdwn") {
    const bare = text.verbatim !== true;
    return mrkdwn(text.text, ctx.directory, { autolink: bare, names: bare });
  }
  return [plain(text)];
}

/** A plain_text object's string (a view's title may come as the string itself). */
export function plain(text) {
  const typed = String((typeof text === "string" ? text : text?.text) ?? "");
  return text?.emoji === false ? typed : withEmoji(typed);
}

function rich(text, ctx, kind = "") {
  return h("div", { class: `rich ${kind}`, dir: "auto" }, textObject(text, ctx));
}

function section(block, ctx) {
  const fold = block.expand === true ? "" : "foldable";
  const fields = (block.fields ?? []).map((text) => rich(text, ctx));
  const words = h(
    "div",
    { class: "section-words" },
    block.text ? rich(block.text, ctx, fold) : null,
    fields.length > 0 ? h("div", { class: "section-fields" }, fields) : null,
  );
  const side = block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, ctx)) : null;
  return h("div", { class: "block section" }, words, side);
}

function header(block) {
  return h("h3", { class: "block header", dir: "auto" }, plain(block.text));
}

function divider() {
  return h("hr", { class: "block divider" });
}

function context(block, ctx) {
  const parts = block.elements.map((part) => (part.type === "image" ? picture(part, "thumb") : rich(part, ctx)));
  return h("div", { class: "block context" }, parts);
}

function actions(block, ctx) {
  return h("div", { class: "block actions" }, block.elements.map((part) => element(part, block, ctx)));
}

function image(block) {
  const title = block.title ? h("div", { class: "image-title", dir: "auto" }, plain(block.title)) : null;
  return h("div", { class: "block" }, title, picture(block, "picture"));
}

/** The page loads nothing from elsewhere (see its Content-Security-Policy), so a picture is a card that names it. */
function picture({ image_url: address, alt_text: words = "" }, kind) {
  const href = safeUrl(address);
  const card = [icon("image"), h("span", { dir: "auto" }, words || "image")];
  const properties = { class: kind, role: "img", "aria-label": words, title: words };
  return h("span", properties, href ? link(href, card) : card);
}

function input(block, ctx) {
  if (!ctx.fields) return unsupported("block in a message", "input");
  const entry = field(block.element, block, ctx, plain, (text) => textObject(text, ctx));
  if (entry === null) return unsupported("element", block.element?.type);
  ctx.fields.push(entry);
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const hint = block.hint ? h("div", { class: "hint", dir: "auto" }, plain(block.hint)) : null;
  const label = entry.group
    ? h("div", { class: "label", id: entry.labelId, dir: "auto" }, plain(block.label), optional)
    : h("label", { class: "label", for: entry.id, dir: "auto" }, plain(block.label), optional);
  return h("div", { class: "block input", "data-block": block.block_id }, label, entry.node, hint);
}

/** An interactive element of a section or an actions block; `send` resolves to whether a `confirm` let it through. */
function element(part, block, ctx) {
  const send = async (value, node) => {
    const yes = await confirmed(part.confirm, (text) => textObject(text, ctx));
    if (yes) ctx.act({ block_id: block.block_id, action_id: part.action_id, type: part.type, ...value }, node);
    return yes;
  };
  switch (part.type) {
    case "button": return button(part, block, send);
    case "overflow": return overflow(part, block, send);
    case "static_select": return select(part, block, ctx, send);
    case "image": return picture(part, "accessory-image");
    default: return loose(part, block, ctx, send);
  }
}

function button(part, block, send) {
  const properties = {
    class: `button ${part.style ?? ""}`,
    "data-key": key(part, block),
    "aria-label": part.accessibility_label,
    dir: "auto",
    onclick: (event) => send({ value: part.value }, event.currentTarget),
  };
  const href = part.url ? safeUrl(part.url) : null;
  if (href === null) return h("button", { type: "button", ...properties }, plain(part.text));
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...properties }, plain(part.text));
}

function overflow(part, block, send) {
  const items = part.options.map((option) => choice(option, null, () => send({ selected_option: option }, node)));
  const face = { class: "button overflow", "aria-label": "More actions", "data-key": key(part, block) };
  const node = menuButton(face, icon("dots"), [{ items }]);
  return node;
}

function select(part, block, ctx, send) {
  const label = plain(part.placeholder) || "Choose an option";
  let chosen = part.initial_option ?? null;
  const face = h("span", { dir: "auto" }, chosen ? plain(chosen.text) : label);
  const pick = async (option) => {
    if (!(await send({ selected_option: option }, node))) return;
    chosen = option;
    face.replaceChildren(plain(option.text));
  };
  const groups = (part.option_groups ?? [{ options: part.options }]).map((group) => ({
    title: group.label ? plain(group.label) : "",
    items: group.options.map((option) => choice(option, chosen, () => pick(option))),
  }));
  const properties = { class: "button select", "aria-label": label, "data-key": key(part, block) };
  const node = menuButton(properties, [face, icon("down")], groups);
  const read = () => ({ type: part.type, selected_option: chosen });
  ctx.fields?.push({ block_id: block.block_id, action_id: part.action_id, read, write: (value) => {
    chosen = value.selected_option;
    face.replaceChildren(chosen ? plain(chosen.text) : label);
  } });
  return node;
}

/** A menu's item for one of Slack's option objects. */
function choice(option, chosen, pick) {
  return {
    label: plain(option.text),
    detail: option.description ? plain(option.description) : "",
    href: option.url ? safeUrl(option.url) : null,
    selected: chosen !== null && chosen.value === option.value,
    pick,
  };
}

/** Check boxes, radio buttons and time pickers outside an input block: each change is an interaction, or undone. */
function loose(part, block, ctx, send) {
  const entry = field(part, block, ctx, plain, (text) => textObject(text, ctx));
  if (entry === null) return unsupported("element", part.type);
  ctx.fields?.push(entry);
  let before = entry.read();
  entry.node.addEventListener("change", async () => {
    if (await send(entry.read(), entry.node)) before = entry.read();
    else entry.write(before);
  });
  return entry.node;
}

/** Names an element across redraws, so that the focus can be given back to it. */
function key(part, block) {
  return `${block.block_id}/${part.action_id}`;
}

// ---- rich_text -------------------------------------------------------------------------------------------

function richText(block, ctx) {
  return h("div", { class: "block rich", dir: "auto" }, block.elements.map((part) => richPart(part, ctx)));
}

function richPart(part, ctx) {
  const words = () => part.elements.map((leaf) => richLeaf(leaf, ctx));
  switch (part.type) {
    case "rich_text_section": return h("div", { dir: "auto" }, words());
    case "rich_text_quote": return h("blockquote", { dir: "auto" }, words());
    case "rich_text_preformatted": return h("pre", { dir: "auto" }, words());
    case "rich_text_list": {
      const items = part.elements.map((item) => h("li", { dir: "auto" }, item.elements.map((leaf) => richLeaf(leaf, ctx))));
      const ordered = part.style === "ordered";
      const start = ordered && part.offset ? part.offset + 1 : null;
      return h(ordered ? "ol" : "ul", { class: `indent-${Math.min(part.indent ?? 0, 5)}`, start }, items);
    }
    default: return unsupported("rich text", part.type);
  }
}

function richLeaf(leaf, ctx) {
  const { bold, italic, strike, code, underline } = leaf.style ?? {};
  const wraps = [[code, "code"], [strike, "s"], [underline, "u"], [italic, "em"], [bold, "strong"]];
  return wraps.reduce((node, [on, tag]) => (on ? h(tag, {}, node) : node), richWord(leaf, ctx));
}

function richWord(leaf, { directory }) {
  switch (leaf.type) {
    case "text": return document.createTextNode(leaf.text);
    case "link": {
      const href = safeUrl(leaf.url);
      return href ? link(href, leaf.text || leaf.url) : document.createTextNode(leaf.text || leaf.url);
    }
    case "emoji": return h("span", { class: "emoji", title: `:${leaf.name}:` }, emoji(leaf.name) ?? pictograph(leaf));
    case "user": return directory.userPill(leaf.user_id);
    case "channel": return directory.channelLink(leaf.channel_id, "");
    case "broadcast": return pill(`@${leaf.range}`, "broadcast");
    case "usergroup": return pill("@group", "person");
    case "date": return date(["date", String(leaf.timestamp), leaf.format, leaf.url], leaf.fallback ?? leaf.format);
    case "color": return swatch(leaf.value);
    default: return h("span", { class: "unsupported" }, `unsupported rich text: ${leaf.type}`);
  }
}

function swatch(value) {
  const dot = h("span", { class: "swatch" });
  dot.style.backgroundColor = value;
  return h("span", {}, dot, value);
}

/** Slack may send the code points along: `1f4f0` or `1f468-200d-1f52c`. */
function pictograph({ name, unicode = "" }) {
  const points = unicode.split("-").map((point) => Number.parseInt(point, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : `:${name}:`;
}
