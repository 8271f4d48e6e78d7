// Embeds and attachments of a message.

import { el, icon } from "./dom.js";
import { inlineMarkdown, link, markdown, safeUrl } from "./markdown.js";
import { timeElement } from "./clock.js";

/** How many inline fields share a row. */
const FIELDS_IN_A_ROW = 3;

/** The embeds of a message, then the attachments no embed shows. */
export function embedsAndFiles(message, context) {
  const used = new Set();
  const picture = (url, kind) => {
    const file = attachmentAt(message, url);
    if (file) used.add(file.id);
    return file ? image(file, kind) : remoteImage(url);
  };
  const cards = message.embeds.map((embed) => card(embed, picture, context));
  const files = message.attachments.filter((file) => !used.has(file.id)).map(fileOrImage);
  return [...cards, ...files];
}

function card(embed, picture, context) {
  const node = el("div", { class: "embed", data: { testid: "embed" } });
  if (Number.isInteger(embed.color)) {
    node.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  }
  const text = el("div", { class: "embed-text" });
  if (embed.author?.name) text.append(el("div", { class: "embed-author", text: embed.author.name }));
  if (embed.title) {
    const title = inlineMarkdown(embed.title, context);
    text.append(el("div", { class: "embed-title" }, embed.url ? link(embed.url, title) : title));
  }
  if (embed.description) text.append(el("div", { class: "md embed-description" }, markdown(embed.description, context)));
  text.append(...fieldRows(embed.fields ?? [], context));
  node.append(text);
  if (embed.thumbnail?.url) node.append(el("div", { class: "embed-thumbnail" }, picture(embed.thumbnail.url, "thumbnail")));
  if (embed.image?.url) node.append(el("div", { class: "embed-image" }, picture(embed.image.url, "picture")));
  const footer = foot(embed, context);
  if (footer) node.append(footer);
  return node;
}

function fieldRows(fields, context) {
  const rows = [];
  for (const field of fields) {
    const open = rows.at(-1);
    const joins = field.inline && open?.inline && open.fields.length < FIELDS_IN_A_ROW;
    if (joins) open.fields.push(field);
    else rows.push({ inline: Boolean(field.inline), fields: [field] });
  }
  return rows.map((row) => {
    // A row of one or two that follows a full one keeps that one's columns.
    const columns = row.inline ? Math.max(row.fields.length, rows.some(({ fields: full }) => full.length === FIELDS_IN_A_ROW) ? FIELDS_IN_A_ROW : 0) : 1;
    return el("div", { class: `fields fields-${columns}` }, row.fields.map((field) =>
      el("div", { class: "field" },
        el("div", { class: "field-name" }, inlineMarkdown(field.name, context)),
        el("div", { class: "md field-value" }, markdown(field.value, context)))));
  });
}

function foot(embed, { locale }) {
  const parts = [];
  if (embed.footer?.text) parts.push(el("span", { text: embed.footer.text }));
  if (embed.timestamp) parts.push(timeElement(Date.parse(embed.timestamp), "f", locale));
  if (parts.length === 0) return null;
  if (parts.length === 2) parts.splice(1, 0, " · ");
  return el("div", { class: "embed-footer" }, parts);
}

function attachmentAt(message, url) {
  const name = /^attachment:\/\/(.+)$/.exec(url)?.[1];
  return message.attachments.find((file) => (name ? file.filename === name : url.includes(`/${file.id}/`))) ?? null;
}

const fileUrl = (file) => `/api/attachments/${encodeURIComponent(file.id)}`;

function image(file, kind) {
  const picture = el("img", { src: fileUrl(file), alt: file.description ?? file.filename, class: `image-${kind}`, data: { testid: "image" } });
  return el("a", { href: fileUrl(file), target: "_blank", rel: "noopener", class: "image-link" }, picture);
}

/** Pictures elsewhere are not loaded: the page talks to nobody but its own server. */
function remoteImage(url) {
  return safeUrl(url) ? link(url, [icon("link"), ` ${url}`]) : el("span", { text: url });
}

function fileOrImage(file) {
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.content_type ?? "")) {
    return el("div", { class: "attachment-image" }, image(file, "picture"));
  }
  return el("a", { class: "attachment-file", href: fileUrl(file), download: file.filename },
    icon("file"), el("span", { class: "attachment-name", text: file.filename }), el("span", { class: "attachment-size", text: size(file.size) }));
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
