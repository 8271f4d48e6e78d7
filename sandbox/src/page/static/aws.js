// The AWS side: what exists, in what state, at what price, and what happened.

import { el, keyed, setText } from "./dom.js";
import { absolute, clock, timeElement } from "./clock.js";
import { kindName, stateName } from "./words.js";

/** How long a thing that is no longer listed stays visible, struck out, in real milliseconds. */
const GHOST_FOR = 6000;

/** How many events are shown, newest first. */
const SHOWN_EVENTS = 100;

const MILLISECONDS_PER_HOUR = 3600 * 1000;

/** The order of kinds: what costs first. Kinds not named here come last. */
const ORDER = [
  "nat-gateway", "elastic-ip", "instance", "volume", "vpc-endpoint", "automation", "schedule", "route", "security-group-rule", "role", "instance-profile", "document",
  "vpc", "subnet", "route-table", "security-group", "internet-gateway",
];

const TONES = {
  good: ["available", "running", "active", "associated", "attached", "in-use", "in use", "allocated", "ok", "online", "exists", "enabled", "success"],
  moving: ["pending", "creating", "deleting", "shutting-down", "stopping", "starting", "attaching", "detaching", "pending-acceptance", "rebooting", "inprogress"],
  bad: ["failed", "error", "blackhole", "rejected", "impaired", "expired", "timedout"],
  off: ["deleted", "terminated", "stopped", "released", "detached", "gone", "disabled"],
};

/** Kinds that may stay when everything is closed, and cost nothing: what is installed, and what was once run. */
const STANDING = ["document", "automation", "role"];

/** What colour a state has; states this page has never heard of count as good, since the thing is there. */
export function toneOf(state) {
  const plain = state.toLowerCase();
  return Object.keys(TONES).find((tone) => TONES[tone].includes(plain)) ?? "good";
}

/** US dollars, with as many digits as small amounts need. */
export function dollars(amount, digits = 4) {
  return `$${amount.toFixed(amount >= 100 ? 2 : digits)}`;
}

/** The panel. */
export class AwsPanel {
  constructor(root) {
    this.total = root.querySelector("#aws-total");
    this.spent = root.querySelector("#aws-spent");
    this.summary = root.querySelector("#aws-summary");
    this.groups = root.querySelector("#aws-groups");
    this.empty = root.querySelector("#aws-empty");
    this.network = root.querySelector("#aws-network");
    this.networkGroups = root.querySelector("#aws-network-groups");
    this.networkCount = root.querySelector("#aws-network-count");
    this.events = root.querySelector("#aws-events");
  }

  /** `view`: `state`, `locale`, `words`. */
  show(view) {
    this.view = view;
    const { inventory } = view.state;
    const ofDoorman = inventory.filter((item) => item.managed);
    // A route carries no tags: whose it is shows in where it leads.
    this.isOwn = (item) => item.managed || (item.kind === "route" && ofDoorman.some((target) => item.detail.includes(target.id)));
    const isNetwork = (item) => item.from_start && !item.managed && !item.usd_per_hour;
    const network = inventory.filter(isNetwork);
    const own = inventory.filter((item) => !isNetwork(item));
    this.showGroups(this.groups, own);
    this.showGroups(this.networkGroups, network);
    this.network.hidden = network.length === 0;
    setText(this.networkCount, String(network.length));
    this.empty.hidden = own.some((item) => !STANDING.includes(item.kind) && toneOf(item.state) !== "off");
    this.showEvents();
    this.summary.dataset.bills = String(view.state.usd_per_hour > 0);
    this.tick();
  }

  /** What changes with time alone. */
  tick() {
    if (!this.view) return;
    const { state, words } = this.view;
    const since = clock.now() - Date.parse(state.now);
    setText(this.total, words.perHour(dollars(state.usd_per_hour)));
    // What is charged by the started hour grows in steps, which the server counts.
    const steady = state.steady_usd + (state.steady_usd_per_hour * Math.max(since, 0)) / MILLISECONDS_PER_HOUR;
    const spent = state.stepwise_usd + steady;
    setText(this.spent, words.spent(dollars(spent)));
  }

  showGroups(parent, items) {
    const place = (kind) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
    const kinds = [...new Set(items.map((item) => item.kind))].sort((one, other) => place(one) - place(other));
    keyed(parent, kinds, (kind) => kind, (kind, old) => {
      const group = old ?? el("section", { class: "aws-group" }, el("h3", {}), el("ul", {}));
      const [title, list] = group.children;
      setText(title, kindName(this.view.words, kind));
      keyed(list, items.filter((item) => item.kind === kind), (item) => item.id, (item, row) => this.row(item, row), (row) => this.leave(row));
      return group;
    }, (group) => {
      for (const row of [...group.lastElementChild.children]) this.leave(row);
      if (group.lastElementChild.children.length === 0) group.remove();
    });
  }

  row(item, old) {
    const { locale, words } = this.view;
    const isOwn = this.isOwn(item);
    // Routes and rules often have no name, but do something.
    const label = item.name || item.detail || item.id;
    const drawn = JSON.stringify([item, isOwn, locale]);
    if (old?.drawn === drawn && !old.leaving) return old;
    const row = old && !old.leaving ? old : el("li", {});
    const changed = old && row.dataset.state !== item.state;
    row.className = `aws-item tone-${toneOf(item.state)}`;
    Object.assign(row.dataset, { testid: "aws-item", kind: item.kind, state: item.state, id: item.id, managed: String(isOwn) });
    row.replaceChildren(
      el("span", { class: "dot", "aria-hidden": "true" }),
      el("div", { class: "aws-what" },
        el("span", { class: "aws-name", translate: item.name ? "no" : null, text: label }),
        label === item.id ? null : el("span", { class: "aws-id", text: item.id })),
      el("div", { class: "aws-price" }, item.usd_per_hour ? `${dollars(item.usd_per_hour)}/h` : ""),
      el("div", { class: "aws-detail", text: this.detail(item, label) }),
      el("div", { class: "aws-foot" },
        el("span", { class: "aws-state", text: stateName(words, item.state) }),
        el("span", { class: `aws-tag ${isOwn ? "aws-tag-own" : ""}`, text: isOwn ? words.doorman : words.byHand, title: tagText(item.tags) }),
        el("span", { class: "aws-since" }, timeElement(Date.parse(item.since), "R", locale))));
    row.drawn = drawn;
    if (changed) row.animate?.([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], { duration: 1200, easing: "ease-out" });
    return row;
  }

  /** When it acts, what it is, and how its agent is. */
  detail(item, label) {
    const { locale, words } = this.view;
    return [
      item.acts_at ? absolute(Date.parse(item.acts_at), "f", locale) : null,
      label === item.detail ? null : words.details[item.detail] ?? item.detail,
      item.agent ? words.agent[item.agent] : null,
    ].filter(Boolean).join(" · ");
  }

  /** A thing no longer listed stays struck out for a while rather than vanishing under the reader's eyes. */
  leave(row) {
    if (row.leaving) return;
    row.leaving = true;
    row.dataset.state = "gone";
    row.className = "aws-item tone-off";
    setText(row.querySelector(".aws-state"), this.view.words.gone);
    setText(row.querySelector(".aws-price"), "");
    setTimeout(() => {
      const group = row.closest(".aws-group");
      row.remove();
      if (group && group.querySelector("li") === null) group.remove();
    }, GHOST_FOR);
  }

  showEvents() {
    const { state, locale, words } = this.view;
    const newest = state.events.slice(-SHOWN_EVENTS).reverse();
    const drawn = JSON.stringify([locale, newest.length, newest[0]?.seq]);
    if (this.eventsDrawn === drawn) return;
    this.eventsDrawn = drawn;
    if (newest.length === 0) {
      this.events.replaceChildren(el("li", { class: "aws-no-events", text: words.noEvents }));
      return;
    }
    this.events.replaceChildren(...newest.map((event) => el("li", { class: `aws-event tone-${toneOf(event.state ?? "gone")}`, data: { testid: "aws-event" } },
      el("time", { datetime: event.at, text: absolute(Date.parse(event.at), "T", locale) }),
      el("span", { class: "dot", "aria-hidden": "true" }),
      el("span", { class: "aws-event-text" },
        kindName(words, event.kind), " ",
        el("span", { class: "aws-event-name", translate: "no", text: event.label, title: event.id }), " ",
        el("span", { class: "aws-state", text: event.state ? stateName(words, event.state) : words.gone })))));
  }
}

function tagText(tags) {
  return Object.entries(tags ?? {}).map(([key, value]) => `${key} = ${value}`).join("\n");
}
