// Rows of buttons and menus under a message.

import { el, icon } from "./dom.js";
import { safeUrl, toMessage } from "./markdown.js";

// Discord's numbers.
const ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const LINK_STYLE = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

/**
 * The rows of a message. `press(customId, values)` is called for a press, `values` being what was chosen from a menu;
 * `busy(customId)` tells whether one is under way.
 */
export function componentRows(components, { words, press, busy }) {
  return components.map((row) => {
    if (row.type !== ROW) return el("p", { class: "unshown", text: words.unknownComponent(row.type) });
    return el("div", { class: "row" }, row.components.map((component) => one(component, words, press, busy)));
  });
}

function one(component, words, press, busy) {
  switch (component.type) {
    case BUTTON:
      return component.style === LINK_STYLE ? linkButton(component) : button(component, press, busy);
    case STRING_SELECT:
      return menu(component, words, press, busy);
    default:
      return el("span", { class: "unshown", text: words.unknownComponent(component.type) });
  }
}

/** The emoji is drawn by the style sheet, so that the text of a button is its label and nothing else. */
const emojiOf = (component) => (component.emoji ? (component.emoji.id ? `:${component.emoji.name}:` : component.emoji.name) : null);

function button(component, press, busy) {
  const underWay = busy(component.custom_id);
  return el("button", {
    type: "button",
    class: `button button-${STYLES[component.style] ?? "secondary"}`,
    text: component.label ?? "",
    disabled: Boolean(component.disabled) || underWay,
    "aria-busy": underWay ? "true" : null,
    "aria-label": component.label ? null : component.emoji?.name,
    data: { testid: "button", customId: component.custom_id, emoji: emojiOf(component) },
    on: { click: () => press(component.custom_id) },
  });
}

function linkButton(component) {
  const url = component.disabled ? null : safeUrl(component.url);
  const properties = { class: "button button-secondary", data: { testid: "button", emoji: emojiOf(component) } };
  const message = component.disabled ? null : toMessage(component.url);
  if (message) return el("a", { ...properties, href: message.href, data: { ...properties.data, ...message.data } }, component.label ?? "", icon("reply"));
  const children = [component.label ?? "", icon("link")];
  if (!url) return el("button", { ...properties, type: "button", disabled: true }, children);
  return el("a", { ...properties, href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function menu(component, words, press, busy) {
  const options = component.options ?? [];
  const several = (component.max_values ?? 1) > 1;
  const list = el("select", {
    class: "menu",
    multiple: several,
    size: several ? Math.min(options.length, 6) : null,
    disabled: Boolean(component.disabled) || busy(component.custom_id),
    "aria-label": component.placeholder ?? words.choose,
    data: { testid: "menu", customId: component.custom_id },
  },
  several ? null : el("option", { text: component.placeholder ?? words.choose, value: "", disabled: true, selected: !options.some((option) => option.default) }),
  options.map((option) => el("option", { text: option.label, value: option.value, title: option.description, selected: Boolean(option.default) })));
  const send = () => press(component.custom_id, [...list.selectedOptions].map((option) => option.value));
  if (!several) {
    list.addEventListener("change", send);
    return list;
  }
  return el("div", { class: "menu-several" }, list, el("button", { type: "button", class: "button button-secondary", text: words.choose, on: { click: send } }));
}
