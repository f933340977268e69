// Law: what a person types. Enter sends, Shift+Enter breaks the line, “/” offers the app's commands, and the
// arrows walk through what was sent before (a slash command leaves no message behind, so this is its only trace).

import { h } from "./dom.js";

/** A composer in a form of index.html. `send(text)` is called with what was typed; `commands()` lists what “/” offers. */
export function composer(form, send, commands) {
  const text = form.querySelector("textarea");
  const popup = form.querySelector("[role=listbox]");
  const button = form.querySelector("[type=submit]");
  const history = [];
  let back = 0;
  let chosen = 0;

  const offered = () => {
    const typed = /^\/\S*$/.test(text.value) ? text.value.toLowerCase() : null;
    return typed === null ? [] : commands().filter(({ command }) => command.startsWith(typed));
  };

  /** The list under “/”, or the one command whose arguments are being typed with its usage hint. */
  const suggest = () => {
    const list = offered();
    const named = commands().filter(({ command }) => text.value.startsWith(`${command} `));
    const shown = list.length > 0 ? list : named;
    chosen = Math.max(0, Math.min(chosen, shown.length - 1));
    popup.replaceChildren(...shown.map((command, at) => option(command, at, list.length > 0 && at === chosen)));
    popup.hidden = shown.length === 0;
    text.setAttribute("aria-expanded", String(shown.length > 0));
    if (list.length > 0) text.setAttribute("aria-activedescendant", `${popup.id}-${chosen}`);
    else text.removeAttribute("aria-activedescendant");
  };

  const option = ({ command, usage_hint: usage, description }, at, active) => {
    const pick = (event) => {
      event.preventDefault();
      complete(command);
    };
    return h(
      "div",
      { class: "command", id: `${popup.id}-${at}`, role: "option", "aria-selected": String(active), onmousedown: pick },
      h("span", { class: "command-line", dir: "auto" }, h("strong", {}, command), usage ? ` ${usage}` : ""),
      description ? h("span", { class: "command-about", dir: "auto" }, description) : null,
    );
  };

  const resize = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, innerHeight * 0.4)}px`;
    button.disabled = text.disabled || text.value.trim() === "";
  };

  const set = (value) => {
    text.value = value;
    text.setSelectionRange(value.length, value.length);
    resize();
    suggest();
  };

  const complete = (command) => {
    set(`${command} `);
    text.focus();
  };

  const submit = () => {
    const typed = text.value.trim();
    if (typed === "" || text.disabled) return;
    if (history.at(-1) !== typed) history.push(typed);
    back = 0;
    set("");
    send(typed);
  };

  const recall = (step) => {
    const next = back + step;
    if (next < 0 || next > history.length) return;
    back = next;
    set(back === 0 ? "" : history.at(-back));
  };

  text.addEventListener("input", () => {
    back = 0;
    chosen = 0;
    resize();
    suggest();
  });

  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const list = offered();
    const whole = list.some(({ command }) => command === text.value.toLowerCase());
    const arrow = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Escape") popup.hidden = true;
    else if (event.key === "Tab" && !event.shiftKey && list.length > 0) complete(list[chosen].command);
    else if (event.key === "Enter" && !event.shiftKey && list.length > 0 && !whole) complete(list[chosen].command);
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else if (arrow && list.length > 1 && back === 0) {
      chosen = (chosen - arrow + list.length) % list.length;
      suggest();
    } else if (arrow && (text.value === "" || back > 0)) recall(arrow);
    else return;
    if (event.key !== "Escape") event.preventDefault();
  });

  text.addEventListener("blur", () => { popup.hidden = true; });
  text.addEventListener("focus", suggest);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    text.focus();
  });

  return {
    fill(value) {
      back = 0;
      set(value);
      text.focus();
    },
    focus: () => text.focus(),
    typed: () => text.value,
    /** What the empty line says; a `reason` closes the composer. */
    address(placeholder, reason = "") {
      text.placeholder = reason || placeholder;
      text.setAttribute("aria-label", placeholder);
      text.disabled = Boolean(reason);
      resize();
    },
  };
}
