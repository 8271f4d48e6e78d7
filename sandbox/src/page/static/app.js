// Puts the page together: what the server says goes to the channel, the composer and the AWS panel, as one person sees it.

import { AwsPanel } from "./aws.js";
import { Channel } from "./channel.js";
import { Composer } from "./composer.js";
import { absolute, clock, tickTimes } from "./clock.js";
import { el, setText } from "./dom.js";
import { Refused, post, subscribe } from "./server.js";
import { wordsFor } from "./words.js";

/** How often texts that depend on the time are brought up to date, in real milliseconds. */
const TICK = 250;

const PERSON = "doorman.person";

const byId = (id) => document.getElementById(id);
const personSelect = byId("person");
const languageSelect = byId("language");
const speedButtons = [...document.querySelectorAll("#speeds button")];

const composer = new Composer(document, () => channel.toEnd());
const channel = new Channel(document, (line) => composer.type(line));
const aws = new AwsPanel(document);

let state = null;
/** Whether the connection broke since `state` came: the next one may be another server's, whose revisions mean nothing here. */
let stale = false;
let person = sessionStorage.getItem(PERSON);

function show() {
  if (!state) return;
  const { people } = state.channel;
  showPeople(people);
  const me = people.find((known) => known.key === person);
  const locale = me?.locale ?? "en-US";
  const words = wordsFor(locale);
  showWords(words, locale);
  languageSelect.value = locale;
  const view = { state, person, locale, words, mention: mentionIn(state) };
  channel.show(view);
  composer.show(view);
  aws.show(view);
  showSpeed();
  tick();
  byId("bot").dataset.online = String(state.channel.bot_online);
  setText(byId("bot"), state.channel.bot_online ? words.online : words.offline);
  document.body.dataset.ready = String(state.channel.bot_online);
}

function showPeople(people) {
  const listed = [...personSelect.options].map((option) => option.value).join();
  if (listed !== people.map((known) => known.key).join()) {
    personSelect.replaceChildren(...people.map((known) => el("option", { value: known.key, text: known.name === known.key ? known.name : `${known.name} (${known.key})` })));
  }
  if (!people.some((known) => known.key === person)) person = people[0]?.key ?? null;
  if (personSelect.value !== person) personSelect.value = person ?? "";
}

function showWords(words, locale) {
  if (document.documentElement.lang === locale) return;
  document.documentElement.lang = locale;
  for (const node of document.querySelectorAll("[data-word]")) setText(node, words[node.dataset.word]);
  for (const node of document.querySelectorAll("[data-label-word]")) node.setAttribute("aria-label", words[node.dataset.labelWord]);
  for (const node of document.querySelectorAll("[data-title-word]")) node.title = words[node.dataset.titleWord];
}

/** Names what the ids in mentions stand for, as far as the server knows. */
function mentionIn({ names, channel: { people } }) {
  const roles = { [names.operator_role_id]: "operator", [names.viewer_role_id]: "viewer" };
  return (kind, id) => {
    if (kind === "role") return roles[id] ?? "role";
    if (kind === "channel") return id === names.channel_id ? "ops" : "channel";
    if (id === names.bot_user_id) return "doorman";
    return people.find((known) => known.id === id)?.name ?? "member";
  };
}

function showSpeed() {
  for (const button of speedButtons) button.setAttribute("aria-pressed", String(Number(button.value) === state.speed));
}

function tick() {
  const now = clock.now();
  const locale = document.documentElement.lang || "en-US";
  setText(byId("clock"), absolute(now, "T", locale));
  setText(byId("clock-date"), absolute(now, "d", locale));
  tickTimes();
  aws.tick();
}

personSelect.addEventListener("change", () => {
  person = personSelect.value;
  sessionStorage.setItem(PERSON, person);
  show();
});

languageSelect.addEventListener("change", () => tell("/api/person-locale", { person, locale: languageSelect.value }));

for (const button of speedButtons) {
  button.addEventListener("click", () => tell("/api/speed", { speed: Number(button.value) }));
}

/** For requests whose outcome shows in the next state. */
async function tell(path, body) {
  try {
    await post(path, body, wordsFor(document.documentElement.lang).unreachable);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    composer.refuse(error.message);
    show();
  }
}

const tabs = [...document.querySelectorAll("[role=tab]")];

function select(tab) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  document.body.dataset.tab = tab.dataset.tab;
  if (tab.dataset.tab === "channel" && channel.atEnd) channel.toEnd();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
    select(other);
    other.focus();
  });
}

// Typing a slash anywhere means the composer.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  composer.type("/");
});

subscribe((next) => {
  clock.sync(next.now, next.speed);
  const same = !stale && state?.revision === next.revision;
  state = next;
  stale = false;
  if (same) aws.view.state = next;
  else show();
}, (connected) => {
  stale ||= !connected;
  byId("reconnecting").hidden = connected;
});

setInterval(tick, TICK);
