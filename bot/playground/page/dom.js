// Law: every node of the page is made here, from text. Nothing is ever parsed as HTML, and an address
// becomes a link only when `safeUrl` lets it through, so a message can draw nothing Slack would not.

const SVG = "http://www.w3.org/2000/svg";
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** An element; `on…` properties are listeners, null and false ones are left out, strings become text nodes. */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** One of the drawings that index.html keeps as `<symbol id="icon-…">`. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The address when it is absolute and of a harmless scheme, else null. The URL parser decides, not a pattern:
 *  it strips the control characters that hide `java\tscript:`. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page and tells the other side nothing. */
export function link(href, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** The square with a person's or an app's initials, in a colour that is always the same for the same id. */
export function tile(id, name) {
  const words = name.trim().split(/[\s_-]+/u).filter(Boolean);
  const initials = words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 0);
  return h("span", { class: `tile hue-${hue}`, "aria-hidden": "true" }, initials);
}

/**
 * Where the keyboard is within `box`, as a way to bring it back once the box was drawn anew: to the element of the
 * same key, or else the one in its place if there are as many; false if there is none, or it was not in the box.
 */
export function keptFocus(box) {
  const keyed = (place) => [...place.querySelectorAll("[data-key]")];
  const before = keyed(box);
  const at = before.indexOf(document.activeElement?.closest("[data-key]"));
  return (place) => {
    if (at < 0) return false;
    const after = keyed(place);
    const same = after.find((element) => element.dataset.key === before[at].dataset.key);
    const again = same ?? (after.length === before.length ? after[at] : null);
    again?.focus();
    return Boolean(again);
  };
}
