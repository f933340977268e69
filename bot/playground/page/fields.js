// Law: the inputs of a form, each able to say its value in Slack's words (`view.state.values`) and to take it
// back, so that an updated view keeps what was typed. An element type that is not here is answered with null.

import { h } from "./dom.js";

const MAKE = {
  checkboxes,
  datepicker: (part, shape) => native(part, shape, "date", "selected_date", "initial_date"),
  multi_static_select: checkboxes,
  plain_text_input: words,
  radio_buttons: radios,
  static_select: select,
  timepicker: (part, shape) => native(part, shape, "time", "selected_time", "initial_time"),
};

const PAUSE = 300; // milliseconds without a key, after which what was typed is told
let made = 0;

/** {node, id, block_id, action_id, read(), write(value)} for an input element; `group` when it is several boxes. */
export function field(part, block, ctx, plain, text) {
  if (!Object.hasOwn(MAKE, part?.type)) return null;
  made += 1;
  const id = `field-${made}`;
  const options = part.options ?? part.option_groups?.flatMap((group) => group.options);
  const shape = { id, labelId: `${id}-label`, plain, text, options };
  const entry = { ...shape, block_id: block.block_id, action_id: part.action_id, ...MAKE[part.type](part, shape) };
  if (block.dispatch_action) dispatch(entry, part, ctx);
  return entry;
}

/** A `dispatch_action` input also tells the app of each change; text by Enter or, if it says so, while it is typed. */
function dispatch(entry, part, ctx) {
  const tell = () => ctx.act({ block_id: entry.block_id, action_id: entry.action_id, ...entry.read() }, entry.node);
  if (part.type !== "plain_text_input") {
    entry.node.addEventListener("change", tell);
    return;
  }
  const when = part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (when.includes("on_character_entered")) {
    let waiting = null;
    entry.node.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(tell, PAUSE);
    });
  }
  if (when.includes("on_enter_pressed") && !part.multiline) {
    entry.node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      tell();
    });
  }
}

function words(part, { id, plain }) {
  const limits = { maxlength: part.max_length, minlength: part.min_length, placeholder: plain(part.placeholder) };
  const node = part.multiline
    ? h("textarea", { id, class: "field", rows: 4, dir: "auto", ...limits })
    : h("input", { id, class: "field", type: "text", autocomplete: "off", dir: "auto", ...limits });
  node.value = part.initial_value ?? "";
  return {
    node,
    read: () => ({ type: part.type, value: node.value === "" ? null : node.value }),
    write: (value) => { node.value = value.value ?? ""; },
  };
}

function native(part, { id }, type, name, initial) {
  const node = h("input", { id, class: "field short", type });
  node.value = part[initial] ?? "";
  return {
    node,
    read: () => ({ type: part.type, [name]: node.value === "" ? null : node.value }),
    write: (value) => { node.value = value[name] ?? ""; },
  };
}

function select(part, { id, plain, options }) {
  const item = (option) => h("option", { value: options.indexOf(option) }, plain(option.text));
  const groups = part.option_groups?.map((group) => h("optgroup", { label: plain(group.label) }, group.options.map(item)));
  const empty = h("option", { value: "" }, plain(part.placeholder) || "Choose an option");
  const node = h("select", { id, class: "field" }, empty, groups ?? options.map(item));
  const write = ({ selected_option: chosen }) => {
    const at = options.findIndex((option) => option.value === chosen?.value);
    node.value = at < 0 ? "" : String(at);
  };
  write({ selected_option: part.initial_option });
  return { node, write, read: () => ({ type: part.type, selected_option: options[node.value] ?? null }) };
}

function checkboxes(part, shape) {
  const boxes = choices(shape, "checkbox");
  const write = ({ selected_options: chosen }) => check(boxes, shape, chosen ?? []);
  write({ selected_options: part.initial_options });
  const read = () => ({ type: part.type, selected_options: shape.options.filter((_, at) => boxes.ticks[at].checked) });
  return { group: true, node: boxes.node, write, read };
}

function radios(part, shape) {
  const boxes = choices(shape, "radio");
  const write = ({ selected_option: chosen }) => check(boxes, shape, chosen ? [chosen] : []);
  write({ selected_option: part.initial_option });
  const read = () => ({ type: part.type, selected_option: shape.options.find((_, at) => boxes.ticks[at].checked) ?? null });
  return { group: true, node: boxes.node, write, read };
}

function choices({ id, labelId, text, options }, type) {
  const ticks = options.map(() => h("input", { type, name: id }));
  const lines = options.map((option, at) => {
    const detail = option.description ? h("span", { class: "choice-detail" }, text(option.description)) : null;
    return h("label", { class: "choice" }, ticks[at], h("span", { dir: "auto" }, text(option.text), detail));
  });
  const role = type === "radio" ? "radiogroup" : "group";
  return { ticks, node: h("div", { class: "choices", role, "aria-labelledby": labelId }, lines) };
}

function check({ ticks }, { options }, chosen) {
  const values = new Set(chosen.map((option) => option.value));
  options.forEach((option, at) => { ticks[at].checked = values.has(option.value); });
}
