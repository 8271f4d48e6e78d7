// Puts the page together: what the server says goes to the channel, the composer and the AWS panel, as one person sees it.

import { AwsPanel } from "./aws.js";
import { Channel } from "./channel.js";
import { Composer } from "./composer.js";
import { absolute, clock, tickTimes } from "./clock.js";
import { el, setText } from "./dom.js";
import { Refused, post, subscribe } from "./server.js";
import { TroublePanel } from "./trouble.js";
import { LOCALES, browserLocale, wordsFor } from "./words.js";

/** How often texts that depend on the time are brought up to date, in real milliseconds. */
const TICK = 250;

const PERSON = "doorman.person";
const LANGUAGE = "doorman.language";

const byId = (id) => document.getElementById(id);
const personSelect = byId("person");
const languageSelect = byId("language");
const speedButtons = [...document.querySelectorAll("#speeds button")];

const composer = new Composer(document, () => channel.toEnd());
const channel = new Channel(document, { type: (line) => composer.type(line), refuse: (sentence) => composer.refuse(sentence) });
const aws = new AwsPanel(document);
const trouble = new TroublePanel(document, (what) => tell("/api/trouble", { what }));

let state = null;
/** Whether the connection broke since `state` came: the next one may be another server's, whose revisions mean nothing here. */
let stale = false;
let person = sessionStorage.getItem(PERSON);
/** The language of the page: as chosen on it, otherwise the browser's. It is that of whoever is acted as, as with Discord's own client. */
let locale = localStorage.getItem(LANGUAGE);
if (!(locale in LOCALES)) locale = browserLocale();
/** The language in which the words of the frame are. */
let shownIn = null;
/** Settles when the server knows that language: what is sent before is answered in another. */
let languageTold = null;

function show() {
  if (!state) return;
  const { people } = state.channel;
  const words = wordsFor(locale);
  showPeople(people, words);
  languageTold ??= tellLanguage();
  showWords(words);
  languageSelect.value = locale;
  const view = { state, person, locale, words, mention: mentionIn(state, words), languageTold };
  channel.show(view);
  composer.show(view);
  aws.show(view);
  trouble.show(view);
  showSpeed();
  tick();
  byId("bot").dataset.online = String(state.channel.bot_online);
  setText(byId("bot"), state.channel.bot_online ? words.online : words.offline);
  byId("loading")?.remove();
  document.body.dataset.ready = String(state.channel.bot_online);
}

function showPeople(people, words) {
  const named = people.map(({ key, name }) => [key, words.people[key] ?? name]);
  const drawn = JSON.stringify(named);
  if (personSelect.drawn !== drawn) {
    personSelect.drawn = drawn;
    personSelect.replaceChildren(...named.map(([value, text]) => el("option", { value, text })));
  }
  if (!people.some((known) => known.key === person)) person = people[0]?.key ?? null;
  if (personSelect.value !== person) personSelect.value = person ?? "";
}

function showWords(words) {
  if (shownIn === locale) return;
  shownIn = locale;
  document.documentElement.lang = locale;
  for (const node of document.querySelectorAll("[data-word]")) setText(node, words[node.dataset.word]);
  for (const node of document.querySelectorAll("[data-label-word]")) node.setAttribute("aria-label", said(words, node.dataset.labelWord));
  for (const node of document.querySelectorAll("[data-title-word]")) node.title = said(words, node.dataset.titleWord);
}

/** A word of the page; what says a time says in which zone. */
function said(words, name) {
  const word = words[name];
  return typeof word === "function" ? word(clock.zone) : word;
}

/** Says in which language whoever is acted as is to be answered. */
function tellLanguage() {
  return tell("/api/person-locale", { person, locale });
}

/** Names what the ids in mentions stand for, as far as the server knows. */
function mentionIn({ names, channel: { people } }, words) {
  const roles = { [names.operator_role_id]: "operator", [names.viewer_role_id]: "viewer" };
  return (kind, id) => {
    if (kind === "role") return roles[id] ?? words.someRole;
    if (kind === "channel") return id === names.channel_id ? "ops" : words.someChannel;
    if (id === names.bot_user_id) return "doorman";
    return people.find((known) => known.id === id)?.name ?? words.somebody;
  };
}

function showSpeed() {
  for (const button of speedButtons) button.setAttribute("aria-pressed", String(Number(button.value) === state.speed));
}

function tick() {
  const now = clock.now();
  setText(byId("clock"), absolute(now, "T", locale));
  setText(byId("clock-date"), absolute(now, "z", locale));
  tickTimes();
  aws.tick();
}

personSelect.addEventListener("change", () => {
  person = personSelect.value;
  sessionStorage.setItem(PERSON, person);
  languageTold = null;
  show();
});

languageSelect.addEventListener("change", () => {
  locale = languageSelect.value;
  localStorage.setItem(LANGUAGE, locale);
  languageTold = null;
  show();
});

for (const button of speedButtons) {
  button.addEventListener("click", () => tell("/api/speed", { speed: Number(button.value) }));
}

/** For requests whose outcome shows in the next state. */
async function tell(path, body) {
  try {
    await post(path, body, wordsFor(locale));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    composer.refuse(error.message, error.unreachable);
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
  clock.sync(next);
  const same = !stale && state?.revision === next.revision;
  if (stale) {
    // Another server knows nobody's language yet.
    languageTold = null;
    composer.reached();
    channel.reached();
  }
  state = next;
  stale = false;
  if (same) aws.view.state = next;
  else show();
}, (connected) => {
  stale ||= !connected;
  byId("reconnecting").hidden = connected;
});

setInterval(tick, TICK);
