// One message of the channel.

import { avatar, el, icon } from "./dom.js";
import { componentRows } from "./components.js";
import { embedsAndFiles } from "./embeds.js";
import { inlineMarkdown, markdown } from "./markdown.js";
import { absolute, sameDay, timeElement } from "./clock.js";

/** Messages of one author this close together share a heading, in milliseconds. */
const GROUP_WITHIN = 7 * 60 * 1000;

/** How much of a message a reply to it quotes, in characters. */
const QUOTED = 90;

/** Whether a message continues the one before it, without a heading of its own. */
export function continues(message, previous) {
  const apart = previous && Date.parse(message.created_at) - Date.parse(previous.created_at);
  return Boolean(previous) && previous.author === message.author && previous.private_to === message.private_to
    && !message.invoked_by && !message.reply_to && apart < GROUP_WITHIN
    && sameDay(Date.parse(message.created_at), Date.parse(previous.created_at));
}

/**
 * Fills `node` (an `article`, kept across edits of its message) with a message. `context`: `locale`, `words`, `mention`,
 * `personName(key)`, `find(id)`, `compact`, `press`, `busy`, `pressError`, `dismiss`.
 */
export function fillMessage(node, message, context) {
  const { words, locale } = context;
  const ledTo = node.classList.contains("led-to");
  node.className = ["message", ledTo && "led-to", context.compact && "compact", message.private_to && "private", message.failed && "failed"].filter(Boolean).join(" ");
  node.setAttribute("aria-label", `${message.author}, ${absolute(Date.parse(message.created_at), "t", locale)}`);
  Object.assign(node.dataset, { testid: "message", messageId: message.id, private: String(Boolean(message.private_to)) });
  const content = [];
  if (message.invoked_by) content.push(invokedLine(message.invoked_by, context));
  else if (message.reply_to) content.push(replyLine(message.reply_to, context));
  content.push(context.compact
    ? el("span", { class: "gutter", "aria-hidden": "true", text: absolute(Date.parse(message.created_at), "t", locale) })
    : avatar(message.author, message.is_bot));
  content.push(el("div", { class: "body" },
    context.compact ? null : heading(message, context),
    message.thinking ? thinking(message, words) : null,
    message.failed ? el("p", { class: "failure" }, icon("alert"), words.failed) : null,
    text(message, context),
    embedsAndFiles(message, context),
    componentRows(message.components, context),
    context.pressError ? el("p", { class: "failure", role: "alert" }, icon("alert"), context.pressError) : null,
    message.private_to ? privateNote(message, context) : null));
  node.replaceChildren(...content);
}

function heading(message, { words, locale }) {
  const created = Date.parse(message.created_at);
  return el("header", { class: "heading" },
    el("span", { class: `author ${message.is_bot ? "author-bot" : ""}`, text: message.author }),
    message.is_bot ? el("span", { class: "tag", text: words.app }) : null,
    timeElement(created, "t", locale));
}

function text(message, context) {
  const edited = message.edited_at && !message.thinking
    ? el("span", { class: "edited", text: context.words.edited, title: absolute(Date.parse(message.edited_at), "F", context.locale) })
    : null;
  if (!message.content) return null;
  const node = el("div", { class: "md content" }, markdown(message.content, context));
  if (edited) (node.lastElementChild?.tagName === "P" ? node.lastElementChild : node).append(" ", edited);
  return node;
}

function thinking(message, words) {
  return el("p", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), words.thinking(message.author));
}

function invokedLine(invoked, { words, personName }) {
  const name = personName(invoked.person);
  const { line } = invoked;
  const typed = line.startsWith("/");
  // Everything up to the first option is the command; what was pressed has none.
  const cut = typed ? line.search(/ [^\s:]+:/) : -1;
  const [command, options] = cut === -1 ? [line, ""] : [line.slice(0, cut), line.slice(cut)];
  return el("div", { class: "above" },
    avatar(name, false, "avatar-small"),
    el("span", { class: "above-name", text: name }), " ", typed ? words.used : words.pressed, " ",
    el("span", { class: "command" }, command, options ? el("span", { class: "command-options", text: options }) : null));
}

function replyLine(id, { words, find, ...context }) {
  const original = find(id);
  const quoted = original ? original.content || original.embeds[0]?.title || original.embeds[0]?.description || "" : "";
  const short = [...quoted.split("\n")[0]].slice(0, QUOTED).join("");
  return el("div", { class: "above" },
    el("span", { class: "unseen", text: words.replyTo }), " ",
    original
      ? [avatar(original.author, original.is_bot, "avatar-small"), el("span", { class: "above-name", text: original.author }), " ",
        el("span", { class: "above-text" }, inlineMarkdown(short, { words, ...context }))]
      : el("span", { class: "above-text", text: words.replyGone }));
}

function privateNote(message, { words, dismiss }) {
  return el("p", { class: "private-note" }, icon("eye"), el("span", { text: words.onlyYou }), " · ",
    el("button", { type: "button", class: "text-button", text: words.dismiss, data: { testid: "dismiss" }, on: { click: () => dismiss(message.id) } }));
}
