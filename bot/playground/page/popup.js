// Law: what opens over the page and goes away again: menus, dialogs, notices. The browser's own popover and
// dialog do the layering, the light dismissal and Esc; here is only what Slack's look and a keyboard need.

import { h, icon, keptFocus } from "./dom.js";

/**
 * A button that opens a menu of `items` ({label, detail?, href?, selected?, pick}).
 * `groups` is a list of {title?, items}. Arrow keys walk it, Esc or a click beside it closes it.
 */
export function menuButton(properties, face, groups) {
  const button = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...properties }, face);
  const menu = h("div", { class: "menu", popover: "auto", role: "menu", "aria-label": properties["aria-label"] });
  for (const group of groups) {
    if (group.title) menu.append(h("div", { class: "menu-title", role: "presentation" }, group.title));
    menu.append(...group.items.map((item) => menuItem(item, menu)));
  }
  button.addEventListener("click", () => openMenu(button, menu));
  menu.addEventListener("keydown", walk);
  menu.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed") menu.remove();
  });
  return button;
}

function menuItem({ label, detail, href, selected, pick }, menu) {
  const link = href ? { href, target: "_blank", rel: "noopener noreferrer" } : { type: "button" };
  const choose = () => {
    menu.hidePopover();
    pick();
  };
  return h(
    href ? "a" : "button",
    { class: "menu-item", role: "menuitem", dir: "auto", "aria-current": selected && "true", ...link, onclick: choose },
    label,
    detail ? h("span", { class: "menu-detail" }, detail) : null,
  );
}

function openMenu(button, menu) {
  // Inside a modal dialog everything outside it is inert, so the menu has to live in the dialog.
  (button.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  const place = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, innerWidth - menu.offsetWidth - 8));
  const below = place.bottom + 4;
  const top = below + menu.offsetHeight < innerHeight - 8 ? below : place.top - menu.offsetHeight - 4;
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, top)}px`;
  (menu.querySelector("[aria-current]") ?? menu.querySelector(".menu-item"))?.focus();
}

function walk(event) {
  const items = [...event.currentTarget.querySelectorAll(".menu-item")];
  const here = items.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

/**
 * A modal dialog on top of what is there. `leave` is asked when Esc wants it gone, `clear` when × does; whoever
 * opened it closes it with `shut`. The focus starts on the last button and returns to where it was. With `back` it
 * lies on another of its kind, to which an arrow leads.
 */
export function dialog({ kind, title, body, footer, leave, clear = leave, back = false, tag = "div", onsubmit = null }) {
  const heading = h("h2", { id: `dialog-${crypto.randomUUID()}`, dir: "auto" }, title);
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close dialog", onclick: () => clear() }, icon("close"));
  const arrow = back ? h("button", { type: "button", class: "icon-button", "aria-label": "Go back", onclick: () => leave() }, icon("back")) : null;
  const content = h(
    tag,
    { class: "dialog-content", novalidate: tag === "form", onsubmit },
    h("header", { class: "dialog-head" }, arrow, heading, close),
    h("div", { class: "dialog-body" }, body),
    h("footer", { class: "dialog-foot" }, footer),
  );
  const box = h("dialog", { class: kind, role: "dialog", "aria-modal": "true", "aria-labelledby": heading.id }, content);
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  box.addEventListener("keydown", keepFocus);
  before.set(box, comesBack());
  document.body.append(box);
  box.showModal();
  footer.at(-1)?.focus();
  return box;
}

/** Close a dialog and forget it; the focus goes back, also to what was drawn anew meanwhile. */
export function shut(box) {
  box.close();
  box.remove();
  if (document.activeElement === document.body) before.get(box)();
}

const before = new WeakMap(); // dialog → what brings the focus back

function comesBack() {
  const place = document.activeElement?.closest("dialog, article");
  const restore = place ? keptFocus(place) : () => false;
  return () => {
    const again = place?.dataset.ts ? document.querySelector(`article[data-ts="${place.dataset.ts}"]`) : place;
    const top = [...document.querySelectorAll("dialog[open]")].at(-1);
    if (top && top !== again) top.querySelector("[data-key=close]")?.focus();
    else if (!again?.isConnected || !restore(again)) document.getElementById("composer-text").focus();
  };
}

function keepFocus(event) {
  if (event.key !== "Tab") return;
  const stops = [...event.currentTarget.querySelectorAll("button, [href], input, select, textarea, [tabindex]")]
    .filter((stop) => !stop.disabled && stop.offsetParent !== null);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

/** Ask first, when the element has Slack's `confirm` object; true when the answer is yes or nothing is asked. */
export function confirmed(question, draw) {
  if (!question) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (yes) => {
      shut(box);
      resolve(yes);
    };
    const style = question.style === "danger" ? "danger" : "primary";
    const deny = h("button", { type: "button", class: "button", onclick: () => answer(false) }, draw(question.deny));
    const yes = h("button", { type: "button", class: `button ${style}`, onclick: () => answer(true) }, draw(question.confirm));
    const box = dialog({
      kind: "confirm",
      title: draw(question.title),
      body: [h("div", { class: "rich", dir: "auto" }, draw(question.text))],
      footer: [deny, yes],
      leave: () => answer(false),
    });
  });
}

/** A line in the corner that says what just went wrong or happened, and leaves by itself. */
export function notice(text) {
  const stack = document.getElementById("notices");
  const away = () => {
    line.remove();
    if (stack.children.length === 0) stack.hidePopover();
  };
  const line = h(
    "div",
    { class: "notice" },
    h("span", { dir: "auto" }, text),
    h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss notice", onclick: away }, icon("close")),
  );
  stack.append(line);
  while (stack.children.length > 4) stack.firstChild.remove();
  // Shown anew each time: only the latest to enter the top layer lies above an open dialog.
  stack.hidePopover();
  stack.showPopover();
  setTimeout(away, 12_000);
}
