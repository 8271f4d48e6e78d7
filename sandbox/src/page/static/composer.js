// Where commands are typed: the input, what completes it, and what was wrong with it.

import { append, el } from "./dom.js";
import { canonical, exactChoice, leavesOf, missing, read } from "./commandline.js";
import { openForm } from "./forms.js";
import { Refused, post } from "./server.js";

/** How long typing must pause before the bot is asked for suggestions, in milliseconds. */
const ASK_AFTER = 150;

/** How many sent lines the up arrow remembers. */
const REMEMBERED = 50;

/** The composer. `onSent()` is called when a command was dispatched. */
export class Composer {
  constructor(root, onSent) {
    this.form = root.querySelector("#composer-form");
    this.input = root.querySelector("#composer");
    this.marks = root.querySelector("#composer-marks");
    this.panel = root.querySelector("#completions-panel");
    this.title = root.querySelector("#completions-title");
    this.list = root.querySelector("#completions");
    this.refusal = root.querySelector("#refusal");
    this.onSent = onSent;
    /** What is offered: `{label, hint, note, insert}`; `active` is the index of the highlighted one or -1. */
    this.items = [];
    this.active = -1;
    this.closed = true;
    this.asked = { line: null, choices: [], timer: 0, pending: false };
    this.sent = [];
    this.recall = -1;

    this.input.addEventListener("input", () => this.edited());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("scroll", () => this.alignMarks());
    this.input.addEventListener("focus", () => this.open());
    this.input.addEventListener("blur", () => this.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter();
    });
    // A press on an item must not take the focus, and with it the list, away.
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.panel.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Follows the person, the language and the commands. `view`: `state`, `person`, `locale`, `words`. */
  show(view) {
    const definitions = JSON.stringify([view.locale, view.state.channel.commands]);
    const other = definitions !== this.definitions || this.view?.person !== view.person;
    this.view = view;
    this.input.placeholder = view.words.messageTo;
    if (!other) return;
    this.definitions = definitions;
    this.leaves = leavesOf(view.state.channel.commands, view.locale);
    this.asked.line = null;
    this.refresh();
  }

  /** Puts a line into the composer, as if it had been typed. */
  type(line) {
    this.input.value = line;
    this.input.focus();
    this.input.setSelectionRange(line.length, line.length);
    this.edited();
  }

  edited() {
    this.recall = -1;
    this.refuse(null);
    this.open();
  }

  open() {
    this.closed = this.input.value === "";
    this.refresh();
  }

  close() {
    this.closed = true;
    this.refresh();
  }

  /** Reads the line and offers what may come next. */
  refresh() {
    if (!this.view) return;
    const { words } = this.view;
    this.reading = read(this.input.value, this.leaves);
    this.drawMarks();
    const { reading } = this;
    this.loading = false;
    let title = "";
    if (reading.stage === "command") {
      title = reading.candidates.length > 0 ? words.commands : words.nothingFits;
      this.items = reading.candidates.map(commandItem);
    } else if (reading.stage === "option") {
      title = `/${reading.leaf.words.join(" ")}  ·  ${words.options}`;
      this.items = reading.candidates.map((option) => optionItem(option, reading.from, words));
    } else if (reading.stage === "value") {
      title = `${reading.option.label}  ·  ${reading.option.description}`;
      const choices = reading.option.autocomplete ? this.suggestions(reading) : reading.candidates;
      if (this.loading && choices.length === 0) title += `  ·  ${words.loading}`;
      this.items = choices.map((choice) => valueItem(choice, reading));
    } else {
      this.items = [];
    }
    this.active = this.preselects() ? 0 : -1;
    this.draw(title);
  }

  /** Whether Enter takes the first offer instead of sending: only where the line cannot be meant as it is. */
  preselects() {
    const { stage, leaf, option, typed } = this.reading;
    if (this.items.length === 0) return false;
    if (stage === "command") return !leaf;
    if (stage !== "value") return false;
    return typed === "" || (!option.autocomplete && !exactChoice(option, typed));
  }

  /** The bot's suggestions for what is being typed: those known, while newer ones are fetched. */
  suggestions(reading) {
    const line = canonical(reading, reading.option);
    const { asked } = this;
    if (asked.line === line) {
      this.loading = asked.pending;
      return asked.choices;
    }
    const sameOption = asked.option === reading.option;
    clearTimeout(asked.timer);
    this.asked = { line, option: reading.option, choices: sameOption ? asked.choices : [], pending: true, timer: setTimeout(() => this.ask(line), ASK_AFTER) };
    this.loading = true;
    return this.asked.choices;
  }

  async ask(line) {
    const { person, words } = this.view;
    let choices = [];
    try {
      ({ choices } = await post("/api/complete", { person, line }, words));
    } catch (error) {
      // A bot that offers nothing is no reason to stop typing.
      if (!(error instanceof Refused)) throw error;
    }
    if (this.asked.line !== line) return;
    this.asked.choices = choices.map(({ name, value }) => ({ label: name, value: String(value) }));
    this.asked.pending = false;
    this.refresh();
  }

  draw(title) {
    const open = !this.closed && this.reading.stage !== "none" && (this.items.length > 0 || this.reading.stage !== "option");
    this.panel.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.title.textContent = title;
    this.list.replaceChildren(...this.items.map((item, at) => el("li", {
      id: `completion-${at}`, role: "option", class: "completion", "aria-selected": String(at === this.active), data: { testid: "completion" },
      on: { click: () => this.accept(at), pointermove: () => this.highlight(at) },
    }, el("span", { class: "completion-label", text: item.label }),
    item.note ? el("span", { class: "completion-note", text: item.note }) : null,
    item.hint ? el("span", { class: "completion-hint", text: item.hint }) : null)));
    this.describeActive();
  }

  highlight(at) {
    if (at === this.active) return;
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    this.list.children[at]?.setAttribute("aria-selected", "true");
    this.describeActive();
  }

  describeActive() {
    if (this.active === -1 || this.panel.hidden) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `completion-${this.active}`);
  }

  key(event) {
    // While a syllable is being composed, Enter and the arrows belong to the input method.
    if (event.isComposing || event.keyCode === 229) return;
    const open = !this.panel.hidden && this.items.length > 0;
    const act = {
      ArrowDown: () => open && this.step(1),
      ArrowUp: () => (open ? this.step(-1) : this.remembered()),
      Tab: () => open && !event.shiftKey && this.accept(Math.max(this.active, 0)),
      Escape: () => this.escape(),
      Enter: () => {
        this.enter();
        return true;
      },
    }[event.key];
    if (act && act() !== false) event.preventDefault();
  }

  step(by) {
    const count = this.items.length;
    const from = this.active === -1 && by < 0 ? 0 : this.active;
    this.highlight((from + by + count) % count);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
  }

  remembered() {
    if ((this.input.value !== "" && this.recall === -1) || this.recall + 1 >= this.sent.length) return false;
    const recall = this.recall + 1;
    this.type(this.sent[recall]);
    this.recall = recall;
    this.close();
    return true;
  }

  escape() {
    if (!this.panel.hidden) this.close();
    else this.refuse(null);
  }

  enter() {
    if (!this.panel.hidden && this.active !== -1) this.accept(this.active);
    else this.send();
  }

  accept(at) {
    this.type(this.items[at].insert(this.input.value));
  }

  async send() {
    const line = this.input.value.trim();
    if (line === "" || this.sending) return;
    const { reading, view: { person, words } } = this;
    if (reading.stage === "none") {
      this.refuse(words.needsSlash);
      return;
    }
    const needed = reading.leaf ? missing(reading) : [];
    if (needed.length > 0) {
      const named = reading.given.some((entry) => entry.option === needed[0]);
      this.type(named ? this.input.value : `${line} ${needed[0].label}:`);
      this.refuse(words.missing(needed.map((option) => option.label).join(", ")));
      return;
    }
    clearTimeout(this.asked.timer);
    this.sending = true;
    this.form.setAttribute("aria-busy", "true");
    try {
      await this.view.languageTold;
      const { interaction_id } = await post("/api/slash", { person, line: reading.leaf ? canonical(reading) : line }, words);
      this.follow(interaction_id);
      this.sent = [line, ...this.sent.filter((other) => other !== line)].slice(0, REMEMBERED);
      if (this.input.value.trim() === line) this.type("");
      this.onSent();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse(error.message, error.unreachable);
      this.close();
    } finally {
      this.sending = false;
      this.form.removeAttribute("aria-busy");
    }
  }

  /** Opens the form, if that is how the bot answers. That it does not answer at all shows in the channel. */
  async follow(interactionId) {
    const { words } = this.view;
    try {
      const { form } = await post("/api/outcome", { interaction_id: interactionId }, words);
      if (form) openForm(interactionId, form, words);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  /** The server is there again: what was said of its absence is over. */
  reached() {
    if (this.refusedUnreachable) this.refuse(null);
  }

  /** Shows why a line was not sent; null shows nothing. */
  refuse(sentence, unreachable = false) {
    this.refusedUnreachable = unreachable;
    this.refusal.textContent = sentence ?? "";
    this.input.toggleAttribute("aria-invalid", sentence !== null);
  }

  /** Sets off the command and the names of options, on a layer behind the input that has the same text. */
  drawMarks() {
    const line = this.input.value;
    const parts = [];
    let at = 0;
    for (const mark of this.reading.marks) {
      parts.push(line.slice(at, mark.from), el("mark", { class: `mark-${mark.kind}`, text: line.slice(mark.from, mark.to) }));
      at = mark.to;
    }
    this.marks.replaceChildren();
    append(this.marks, [...parts, line.slice(at)]);
    this.alignMarks();
  }

  alignMarks() {
    this.marks.scrollLeft = this.input.scrollLeft;
  }
}

function commandItem(leaf) {
  const label = `/${leaf.words.join(" ")}`;
  const note = leaf.options.map((option) => (option.required ? option.label : `[${option.label}]`)).join(" ");
  return { label, note, hint: leaf.description, insert: () => `${label} ` };
}

function optionItem(option, from, words) {
  return {
    label: option.label,
    note: option.required ? words.required : "",
    hint: option.description,
    insert: (line) => `${line.slice(0, from).trimEnd()} ${option.label}:`,
  };
}

function valueItem(choice, reading) {
  return {
    label: choice.label,
    note: choice.label === choice.value ? "" : choice.value,
    insert: (line) => `${line.slice(0, reading.from).trimEnd()} ${reading.option.label}:${choice.value} `,
  };
}
