// The channel: its messages, where the reader is among them, and what they press.

import { el, icon, keyed } from "./dom.js";
import { absolute, sameDay } from "./clock.js";
import { continues, fillMessage } from "./message.js";
import { leavesOf } from "./commandline.js";
import { openForm } from "./forms.js";
import { Refused, post } from "./server.js";

/** A reader this close to the end, in pixels, follows new messages. */
const AT_END_WITHIN = 48;

/** How many commands an empty channel offers, and those of these names before others: what is worth trying first. */
const OFFERED = 4;
const FIRST = ["nat", "launch", "status", "help"];

const DISMISSED = "doorman.dismissed";

/** How long a message is set off after somebody was led to it, in milliseconds. */
const LED_TO = 2000;

/** The channel. `type(line)` puts a line into the composer, `refuse(sentence)` says there why something cannot be. */
export class Channel {
  constructor(root, { type, refuse }) {
    this.scroller = root.querySelector("#scroller");
    this.log = root.querySelector("#log");
    this.empty = root.querySelector("#empty");
    this.jump = root.querySelector("#jump");
    this.type = type;
    this.refuse = refuse;
    this.atEnd = true;
    /** Messages that came while the reader was elsewhere. */
    this.unread = 0;
    this.known = new Set();
    this.dismissed = new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
    /** `message id, custom id` of presses under way, and the refusal of a press that failed, by message. */
    this.pressing = new Set();
    this.pressErrors = new Map();

    this.scroller.addEventListener("scroll", () => {
      this.atEnd = this.distance() < AT_END_WITHIN;
      if (this.atEnd) this.unread = 0;
      this.showJump();
    }, { passive: true });
    this.jump.addEventListener("click", () => this.toEnd());
    this.log.addEventListener("click", (event) => {
      const led = event.target.closest("[data-leads-to]");
      if (!led) return;
      event.preventDefault();
      this.goTo(led.dataset.leadsTo);
    });
    // Pictures arrive and cards grow after they were placed: someone at the end stays at the end.
    const follow = new ResizeObserver(() => { if (this.atEnd) this.toEnd(); });
    follow.observe(this.log);
    follow.observe(this.scroller);
  }

  distance() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }

  toEnd() {
    this.atEnd = true;
    this.unread = 0;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.showJump();
  }

  /** Leads the reader to a message. */
  goTo(id) {
    const message = this.log.querySelector(`[data-message-id="${CSS.escape(id)}"]`);
    if (!message) {
      this.refuse(this.view.words.messageGone);
      return;
    }
    this.atEnd = false;
    message.scrollIntoView({ block: "center" });
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
    message.classList.add("led-to");
    setTimeout(() => message.classList.remove("led-to"), LED_TO);
  }

  /** The server is there again: what was said of its absence is over. */
  reached() {
    for (const [id, refusal] of this.pressErrors) if (refusal.unreachable) this.pressErrors.delete(id);
  }

  showJump() {
    this.jump.hidden = this.unread === 0 || this.atEnd;
    if (this.unread > 0 && this.view) this.jump.replaceChildren(icon("down"), this.view.words.newMessages(this.unread));
  }

  /** Shows the channel as `view.person` sees it. `view`: `state`, `person`, `locale`, `words`, `mention`. */
  show(view) {
    const otherReader = this.view?.person !== view.person;
    this.view = view;
    const { state, person } = view;
    const visible = state.channel.messages.filter((message) =>
      !this.dismissed.has(message.id) && (message.private_to === null || message.private_to === undefined || message.private_to === person));
    const fresh = visible.filter((message) => !this.known.has(message.id)).length;
    for (const message of visible) this.known.add(message.id);
    if (!this.atEnd && !otherReader) this.unread += fresh;
    if (otherReader) this.atEnd = true;
    this.render(visible);
    this.showEmpty(visible.length === 0);
    if (this.atEnd) this.toEnd();
    this.showJump();
  }

  render(messages) {
    const rows = [];
    messages.forEach((message, at) => {
      const previous = messages[at - 1];
      const created = Date.parse(message.created_at);
      if (!previous || !sameDay(created, Date.parse(previous.created_at))) rows.push({ day: created });
      rows.push({ message, compact: continues(message, previous) });
    });
    keyed(this.log, rows, (row) => (row.message ? `m${row.message.id}` : `d${absolute(row.day, "d", "en-US")}`),
      (row, old) => (row.message ? this.messageRow(row, old) : this.dayRow(row, old)));
  }

  dayRow({ day }, old) {
    const text = absolute(day, "D", this.view.locale);
    if (old?.textContent === text) return old;
    return el("div", { class: "day", role: "separator" }, el("span", { text }));
  }

  messageRow({ message, compact }, old) {
    const { locale, person, words, state } = this.view;
    const busy = (customId) => this.pressing.has(`${message.id} ${customId}`);
    const pressError = this.pressErrors.get(message.id)?.message ?? null;
    const quoted = message.reply_to ? this.find(message.reply_to) : null;
    const buttons = message.components.flatMap((row) => row.components ?? []);
    // A message is drawn anew only when something it shows is different.
    const drawn = JSON.stringify([message, quoted, compact, locale, person, pressError, buttons.map((button) => busy(button.custom_id))]);
    if (old && old.drawn === drawn) return old;
    const node = old ?? el("article", {});
    const focused = node.contains(document.activeElement) ? document.activeElement.dataset.customId : undefined;
    fillMessage(node, message, {
      ...this.view,
      compact,
      pressError,
      busy,
      find: (id) => this.find(id),
      personName: (key) => state.channel.people.find((known) => known.key === key)?.name ?? key,
      press: (customId, values) => this.press(message.id, customId, values),
      dismiss: (id) => this.dismiss(id),
    });
    if (focused) node.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
    node.drawn = drawn;
    return node;
  }

  find(id) {
    return this.view.state.channel.messages.find((message) => message.id === id) ?? null;
  }

  async press(messageId, customId, values) {
    const { person, words } = this.view;
    const key = `${messageId} ${customId}`;
    if (this.pressing.has(key)) return;
    this.pressing.add(key);
    this.pressErrors.delete(messageId);
    this.show(this.view);
    try {
      await this.view.languageTold;
      const pressed = { person, message_id: messageId, custom_id: customId };
      const answer = values === undefined
        ? await post("/api/press", pressed, words)
        : await post("/api/select", { ...pressed, values }, words);
      if (answer.form) openForm(answer.interaction_id, answer.form, words);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.pressErrors.set(messageId, error);
    } finally {
      this.pressing.delete(key);
      this.show(this.view);
    }
  }

  dismiss(id) {
    this.dismissed.add(id);
    sessionStorage.setItem(DISMISSED, JSON.stringify([...this.dismissed]));
    this.show(this.view);
  }

  showEmpty(isEmpty) {
    this.empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const { state, words, locale } = this.view;
    const killed = state.trouble.bot_killed;
    const drawn = JSON.stringify([locale, state.channel.bot_online, killed, state.channel.commands.length]);
    if (this.empty.drawn === drawn) return;
    this.empty.drawn = drawn;
    const leaves = leavesOf(state.channel.commands, locale);
    const firsts = leaves.filter((leaf, at) => leaves.findIndex((other) => other.path[0] === leaf.path[0]) === at);
    const place = ({ path: [name] }) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
    const offers = firsts.sort((one, other) => place(one) - place(other)).slice(0, OFFERED).map((leaf) =>
      el("button", { type: "button", class: "offer", on: { click: () => this.type(`/${leaf.words.join(" ")} `) } },
        el("strong", { text: `/${leaf.words.join(" ")}` }), el("span", { text: leaf.description })));
    this.empty.replaceChildren(
      el("div", { class: "empty-mark", "aria-hidden": "true" }, icon("door")),
      el("h2", { text: killed ? words.killed : state.channel.bot_online ? words.begin : words.starting }),
      el("p", { text: words.beginMore }),
      el("div", { class: "offers" }, offers));
  }
}
