// Building the page's elements. Text always goes in as text: nothing on this page is ever parsed as HTML, because most of
// what it shows was written by somebody else.

/**
 * Makes an element. `properties`: `class`, `text`, `data` (an object of data attributes), `on` (an object of listeners);
 * anything else is an attribute, left out when null, undefined or false and empty when true.
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "data") for (const [key, datum] of Object.entries(value)) setData(node, key, datum);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function setData(node, key, datum) {
  if (datum !== null && datum !== undefined) node.dataset[key] = String(datum);
}

/** Appends nodes and strings; null, false and undefined are left out, arrays are flattened. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);
  }
  return node;
}

/** Sets the text of a node, touching the document only when it differs. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes `parent` hold exactly the elements for `items`, in their order, reusing by key the elements it already has.
 * `update(item, element)` gets the element of before, or null, and returns the one to show. Elements whose item is gone are
 * given to `leave(element)`, or removed.
 */
export function keyed(parent, items, keyOf, update, leave = (element) => element.remove()) {
  const before = new Map();
  for (const element of parent.children) if (element.dataset.key !== undefined) before.set(element.dataset.key, element);
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const old = before.get(key) ?? null;
    before.delete(key);
    const element = update(item, old);
    element.dataset.key = key;
    if (old && old !== element) {
      if (cursor === old) cursor = old.nextElementSibling;
      old.remove();
    }
    while (cursor && cursor !== element && before.has(cursor.dataset.key)) cursor = cursor.nextElementSibling;
    if (cursor === element) cursor = cursor.nextElementSibling;
    else parent.insertBefore(element, cursor);
  }
  for (const element of before.values()) leave(element);
}

const SVG = "http://www.w3.org/2000/svg";

// 24 × 24, drawn with strokes.
const ICONS = {
  copy: ["M9 9h10v11H9z", "M5 15V4h10"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  eye: ["M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z", "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z"],
  alert: ["M12 3.5L22 20.5H2z", "M12 10v4.5", "M12 17.6v.2"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  link: ["M14 5h5v5", "M19 5l-9 9", "M17 14v5H5V7h5"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  reply: ["M4 18v-5a4 4 0 0 1 4-4h11", "M15 5l4 4-4 4"],
  door: ["M6 21V3.5h12V21", "M3.5 21h17", "M14.5 12v.6"],
  hash: ["M9 4L7 20", "M17 4l-2 16", "M4.5 9h16", "M3.5 15h16"],
};

/** One of the page's own icons, hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A round avatar: the door for the bot, initials for a person. */
export function avatar(name, isBot, extra = "") {
  const tone = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7) % 6;
  const node = el("span", { class: `avatar ${isBot ? "avatar-bot" : `tone-${tone}`} ${extra}`, "aria-hidden": "true" });
  node.append(isBot ? icon("door") : initials(name));
  return node;
}

function initials(name) {
  const words = name.trim().split(/[\s_-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...(words[0] ?? "?")].slice(0, 1);
  return letters.join("").toUpperCase();
}
