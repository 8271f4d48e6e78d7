// Discord's markdown, turned into elements. Text stays text; a link is one only when it is http or https.

import { el, icon } from "./dom.js";
import { timeElement } from "./clock.js";

/**
 * Renders `source` as a list of nodes. `context`: `locale`, `words`, and `mention(kind, id)`, which names what a mention stands for.
 */
export function markdown(source, context) {
  return blocks(String(source).replaceAll("\r\n", "\n"), context);
}

/** Only the part of markdown that fits in one line: titles, field names, footers of lists. */
export function inlineMarkdown(source, context) {
  return inline(String(source), context);
}

const FENCE = /```(?:([A-Za-z0-9_+.#-]+)\n)?\n?([\s\S]*?)```/;

function blocks(source, context) {
  const nodes = [];
  let rest = source;
  for (let found = FENCE.exec(rest); found; found = FENCE.exec(rest)) {
    nodes.push(...lines(rest.slice(0, found.index).replace(/\n$/, ""), context));
    nodes.push(codeBlock(found[2].replace(/\n$/, ""), found[1], context));
    rest = rest.slice(found.index + found[0].length).replace(/^\n/, "");
  }
  nodes.push(...lines(rest, context));
  return nodes;
}

function codeBlock(text, language, { words }) {
  // It wraps between words: a hyphen in a command line is no place to break it.
  const code = el("code", {}, text.split(/(\s+)/).map((part) => (part.trim() ? el("span", { class: "code-word", text: part }) : part)));
  const copy = el("button", { class: "copy", type: "button", title: words.copy, "aria-label": words.copy }, icon("copy"));
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not every page may write there: then the text is selected, to be copied by hand.
      getSelection().selectAllChildren(code);
      return;
    }
    copy.replaceChildren(icon("check"));
    copy.setAttribute("aria-label", words.copied);
    setTimeout(() => {
      copy.replaceChildren(icon("copy"));
      copy.setAttribute("aria-label", words.copy);
    }, 1500);
  });
  return el("div", { class: "codeblock", data: { language } }, el("pre", {}, code), copy);
}

const HEADING = /^(#{1,3}) +(.+)$/;
const SUBTEXT = /^-# +(.+)$/;
const QUOTE = /^> ?(.*)$/;
const ITEM = /^( *)(?:([-*])|(\d{1,3})\.) +(.+)$/;

function lines(source, context) {
  if (source === "") return [];
  const nodes = [];
  const all = source.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.some((line) => line.trim() !== "")) {
      nodes.push(el("p", {}, inline(paragraph.join("\n"), context)));
    }
    paragraph = [];
  };
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at];
    let match;
    if (line.startsWith(">>> ")) {
      flush();
      nodes.push(el("blockquote", {}, blocks([line.slice(4), ...all.slice(at + 1)].join("\n"), context)));
      return nodes;
    }
    if ((match = HEADING.exec(line))) {
      flush();
      // The page has headings of its own above these.
      nodes.push(el("div", { class: `h${match[1].length}`, role: "heading", "aria-level": match[1].length + 2 }, inline(match[2], context)));
    } else if ((match = SUBTEXT.exec(line))) {
      flush();
      nodes.push(el("small", { class: "subtext" }, inline(match[1], context)));
    } else if (QUOTE.test(line) && line.startsWith("> ")) {
      flush();
      const quoted = [];
      while (at < all.length && all[at].startsWith("> ")) quoted.push(QUOTE.exec(all[at++])[1]);
      at -= 1;
      nodes.push(el("blockquote", {}, lines(quoted.join("\n"), context)));
    } else if (ITEM.test(line)) {
      flush();
      const items = [];
      while (at < all.length && (match = ITEM.exec(all[at]))) {
        items.push({ depth: match[1].length, ordered: match[3] !== undefined, start: Number(match[3] ?? 1), text: match[4] });
        at += 1;
      }
      at -= 1;
      nodes.push(list(items, context));
    } else if (line.trim() === "" && paragraph.length === 0) {
      nodes.push(el("div", { class: "gap" }));
    } else if (line.trim() === "") {
      flush();
      nodes.push(el("div", { class: "gap" }));
    } else {
      paragraph.push(line);
    }
  }
  flush();
  while (nodes.at(-1)?.className === "gap") nodes.pop();
  return nodes;
}

/** Consecutive items; deeper ones become a list inside the item before them. */
function list(items, context) {
  const { ordered, depth, start } = items[0];
  const node = el(ordered ? "ol" : "ul", { start: ordered && start !== 1 ? start : null });
  for (let at = 0; at < items.length; at += 1) {
    const item = el("li", {}, inline(items[at].text, context));
    const nested = [];
    while (at + 1 < items.length && items[at + 1].depth > depth) nested.push(items[(at += 1)]);
    if (nested.length > 0) item.append(list(nested, context));
    node.append(item);
  }
  return node;
}

const wrap = (tag, properties = {}) => (match, context) => el(tag, properties, inline(match[1], context));

// Tried in this order at every position; the first that matches there wins.
const INLINE = [
  [/^\\([^\sA-Za-z0-9])/, (match) => match[1]],
  [/^``([\s\S]+?)``(?!`)/, (match) => el("code", { text: match[1].trim() })],
  [/^`([^`]+)`/, (match) => el("code", { text: match[1] })],
  [/^\*\*\*([\s\S]+?)\*\*\*(?!\*)/, (match, context) => el("strong", {}, el("em", {}, inline(match[1], context)))],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, wrap("strong")],
  [/^__([\s\S]+?)__(?!_)/, wrap("u")],
  [/^\*(?![\s*])([\s\S]*?[^\s*])\*(?!\*)/, wrap("em")],
  [/^_([\s\S]+?)_(?![\p{L}\p{N}_])/u, wrap("em")],
  [/^~~([\s\S]+?)~~/, wrap("s")],
  [/^\|\|([\s\S]+?)\|\|/, (match, context) => spoiler(match[1], context)],
  [/^<t:(-?\d{1,17})(?::([tTdDfFR]))?>/, (match, { locale }) => el("span", { class: "timestamp" }, timeElement(Number(match[1]) * 1000, match[2] ?? "f", locale))],
  [/^<@!?(\d+)>/, (match, context) => mention("@", "user", match[1], context)],
  [/^<@&(\d+)>/, (match, context) => mention("@", "role", match[1], context)],
  [/^<#(\d+)>/, (match, context) => mention("#", "channel", match[1], context)],
  [/^<\/([^:>]+):\d+>/, (match) => el("span", { class: "mention", text: `/${match[1]}` })],
  [/^<a?:(\w+):\d+>/, (match) => `:${match[1]}:`],
];

// The same for links; there is no link within a link.
const LINKS = [
  [/^<(https?:\/\/[^\s>]+)>/, (match) => link(match[1], [match[1]])],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"]*")?\)/, (match, context) => link(match[2], inline(match[1], { ...context, inLink: true }))],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"'\])]/, (match) => link(match[0], [match[0]])],
];

// Where any of the above can begin.
const SPECIAL = /[\\`*_~|<[]|https?:\/\//;

function inline(source, context) {
  const nodes = [];
  let text = "";
  let rest = source;
  let previous = "";
  const take = (length) => {
    text += rest.slice(0, length);
    previous = rest[length - 1] ?? previous;
    rest = rest.slice(length);
  };
  while (rest !== "") {
    const next = rest.search(SPECIAL);
    if (next === -1) {
      take(rest.length);
      break;
    }
    take(next);
    const rule = firstRule(rest, previous, context);
    if (!rule) {
      take(1);
      continue;
    }
    if (text !== "") nodes.push(text);
    text = "";
    nodes.push(rule.make(rule.match, context));
    previous = rest[rule.match[0].length - 1];
    rest = rest.slice(rule.match[0].length);
  }
  if (text !== "") nodes.push(text);
  return nodes;
}

function firstRule(rest, previous, context) {
  // snake_case is not emphasis.
  if (rest[0] === "_" && /[\p{L}\p{N}]/u.test(previous)) return null;
  for (const [pattern, make] of context.inLink ? INLINE : [...INLINE, ...LINKS]) {
    const match = pattern.exec(rest);
    if (match) return { match, make };
  }
  return null;
}

/** A link to a message of a channel, as Discord writes it: the message's id. */
const MESSAGE = /^https:\/\/discord\.com\/channels\/\d+\/\d+\/(\d+)$/;

/** The properties of a link to the message that is at this address; null for any other address. */
export function toMessage(address) {
  const id = MESSAGE.exec(address)?.[1];
  return id ? { href: `#m${id}`, data: { leadsTo: id } } : null;
}

/** A link to another site, or to a message here; text that merely looks like one stays text. */
export function link(address, children) {
  const message = toMessage(address);
  if (message) return el("a", message, children);
  const url = safeUrl(address);
  if (!url) return el("span", {}, children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** The address, when it is one of the web. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function spoiler(text, context) {
  const button = el("button", { class: "spoiler", type: "button", "aria-label": context.words.spoiler });
  button.addEventListener("click", () => {
    button.replaceWith(el("span", { class: "spoiler-open" }, inline(text, context)));
  });
  button.append(el("span", { "aria-hidden": "true" }, inline(text, context)));
  return button;
}

function mention(sign, kind, id, context) {
  return el("span", { class: "mention", text: `${sign}${context.mention(kind, id)}` });
}
