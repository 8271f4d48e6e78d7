// Simulated time: known from the server now and then, carried on here in between; and every text on the page that depends
// on it.

/** The simulated clock. */
export const clock = {
  /** Simulated milliseconds at `syncedAt`. */
  base: Date.now(),
  syncedAt: performance.now(),
  speed: 1,
  /** The IANA name of the zone in which times are shown: the bot's, so that its pictures and the page agree. */
  zone: undefined,

  /** Takes over what the server says. */
  sync({ now, speed, time_zone }) {
    this.base = Date.parse(now);
    this.syncedAt = performance.now();
    this.speed = speed;
    this.zone = time_zone;
  },

  /** The simulated time now, in milliseconds of the Unix epoch. */
  now() {
    return this.base + (performance.now() - this.syncedAt) * this.speed;
  },
};

const formats = new Map();

/** `Intl` formatters are expensive to make: each is made once. */
function formatter(Kind, locale, options) {
  const key = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Kind(locale, options));
  return formats.get(key);
}

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const LONG_DATE = { year: "numeric", month: "long", day: "numeric" };

// The letters of `<t:…:X>`, and `z` for the clock of the page.
const STYLES = {
  t: TIME,
  T: { ...TIME, second: "2-digit" },
  z: { year: "numeric", month: "2-digit", day: "2-digit", timeZoneName: "short" },
  d: { year: "numeric", month: "2-digit", day: "2-digit" },
  D: LONG_DATE,
  f: { ...LONG_DATE, ...TIME },
  F: { weekday: "long", ...LONG_DATE, ...TIME },
};

/** A moment in one of the styles of Discord's timestamps. */
export function absolute(milliseconds, style, locale) {
  return formatter(Intl.DateTimeFormat, locale, { ...(STYLES[style] ?? STYLES.f), timeZone: clock.zone }).format(milliseconds);
}

// How many of a unit make the next one.
const UNITS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];

/** A moment as seen from the simulated now: "in 29 minutes". */
export function relative(milliseconds, locale) {
  let amount = (milliseconds - clock.now()) / 1000;
  for (const [unit, size] of UNITS) {
    const rounded = Math.round(amount);
    if (Math.abs(rounded) < size) return formatter(Intl.RelativeTimeFormat, locale, { numeric: "always" }).format(rounded, unit);
    amount /= size;
  }
  return "";
}

/** Whether two moments are on the same day. */
export function sameDay(one, other) {
  return absolute(one, "d", "en-US") === absolute(other, "d", "en-US");
}

/** A `<time>` element for a moment; relative ones tick. */
export function timeElement(milliseconds, style, locale) {
  const node = document.createElement("time");
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) {
    node.textContent = "?";
    return node;
  }
  node.dateTime = date.toISOString();
  node.title = absolute(milliseconds, "F", locale);
  if (style === "R") {
    node.dataset.relative = String(milliseconds);
    node.dataset.locale = locale;
    node.textContent = relative(milliseconds, locale);
  } else {
    node.textContent = absolute(milliseconds, style, locale);
  }
  return node;
}

/** Brings every relative time on the page up to now. */
export function tickTimes() {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = relative(Number(node.dataset.relative), node.dataset.locale);
    if (node.textContent !== text) node.textContent = text;
  }
}
