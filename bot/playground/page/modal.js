// Law: the views that are open, the newest on top. A view's inputs belong to the person until the app replaces
// the block: an update keeps whatever was entered under the same block and action.

import { h, keptFocus } from "./dom.js";
import { blocks, plain } from "./blocks.js";
import { dialog, shut } from "./popup.js";

const open = new Map();

/**
 * Show a view, or redraw it when it is there already.
 * `hooks`: `context(view)` gives the blocks' ctx, `submit(view, values)` resolves to the server's answer,
 * `close(view, all)` tells the app that the person closed it, or with × the whole stack.
 */
export function showView(view, hooks) {
  const fresh = !open.has(view.id);
  const entry = open.get(view.id) ?? openView(view, hooks);
  const kept = new Map(entry.fields.map((field) => [name(field), field.read()]));
  const focused = entry.fields.find(holdsFocus);
  const restore = keptFocus(entry.box);
  entry.view = view;
  draw(entry, hooks);
  for (const field of entry.fields) {
    const value = kept.get(name(field)) ?? view.state?.[field.block_id]?.[field.action_id];
    if (value?.type === field.read().type) field.write(value);
  }
  const again = focused && entry.fields.find((field) => name(field) === name(focused));
  if (again) again.node.focus();
  else if (!restore(entry.box) && (fresh || (isTop(entry.box) && !entry.box.contains(document.activeElement)))) {
    firstStop(entry.box).focus();
  }
  showErrors(entry, view.errors ?? {});
}

/** Take a view away; the ones below stay. */
export function dropView(id) {
  const entry = open.get(id);
  if (!entry) return;
  open.delete(id);
  shut(entry.box);
}

/** Keep only these views: what a refetched state says is open. */
export function keepViews(ids) {
  for (const id of open.keys()) if (!ids.includes(id)) dropView(id);
}

/** Every input's value, as `view.state.values`. */
export function viewValues(id) {
  const values = {};
  for (const field of open.get(id)?.fields ?? []) (values[field.block_id] ??= {})[field.action_id] = field.read();
  return values;
}

function openView(view, hooks) {
  const entry = { view, fields: [] };
  const leave = () => {
    dropView(entry.view.id);
    hooks.close(entry.view, false);
  };
  const clear = () => {
    hooks.close(entry.view, true);
    keepViews([]);
  };
  const onsubmit = (event) => {
    event.preventDefault();
    if (entry.view.submit) submit(entry, hooks);
  };
  entry.leave = leave;
  const back = open.size > 0;
  entry.box = dialog({ kind: "modal", tag: "form", title: "", body: [], footer: [], leave, clear, back, onsubmit });
  open.set(view.id, entry);
  return entry;
}

function draw(entry, hooks) {
  const { box, view } = entry;
  entry.fields = [];
  const drawn = blocks(view.blocks, { ...hooks.context(view), fields: entry.fields });
  const close = h("button", { type: "button", class: "button", "data-key": "close", onclick: entry.leave }, closeLabel(view));
  const send = view.submit ? h("button", { type: "submit", class: "button primary", "data-key": "submit" }, plain(view.submit)) : null;
  box.querySelector("h2").replaceChildren(plain(view.title));
  const body = box.querySelector(".dialog-body");
  body.replaceChildren(...drawn);
  box.querySelector(".dialog-foot").replaceChildren(...[close, send].filter(Boolean));
  scrolls(body);
}

/** What is longer than the window must be reached by the keyboard, also where it is nothing but text. */
function scrolls(body) {
  if (body.scrollHeight > body.clientHeight) body.setAttribute("tabindex", "0");
  else body.removeAttribute("tabindex");
}

function isTop(box) {
  return [...document.querySelectorAll("dialog[open]")].at(-1) === box;
}

function closeLabel(view) {
  if (view.close) return plain(view.close);
  return view.submit ? "Cancel" : "Close";
}

async function submit(entry, hooks) {
  const button = entry.box.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  showErrors(entry, {});
  button.setAttribute("aria-busy", "true");
  const answer = await hooks.submit(entry.view, viewValues(entry.view.id));
  button.removeAttribute("aria-busy");
  showErrors(entry, answer?.errors ?? {});
}

/** Slack's red line under each refused input; the first one takes the focus. */
function showErrors(entry, errors) {
  for (const old of entry.box.querySelectorAll(".field-error")) old.remove();
  for (const block of entry.box.querySelectorAll("[data-block]")) {
    const text = errors[block.dataset.block];
    block.classList.toggle("refused", Boolean(text));
    if (text) block.append(h("div", { class: "field-error", role: "alert", dir: "auto" }, text));
  }
  entry.box.querySelector(".refused :is(input, textarea, select)")?.focus();
}

function name(field) {
  return `${field.block_id}/${field.action_id}`;
}

function holdsFocus(field) {
  return field.node?.contains(document.activeElement);
}

function firstStop(box) {
  const stops = [".dialog-body :is(input, textarea, select)", ".dialog-body[tabindex]", ".dialog-foot button:last-child"];
  return stops.map((stop) => box.querySelector(stop)).find(Boolean);
}
