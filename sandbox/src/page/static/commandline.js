// The line being typed, read against the commands the bot has registered. Nothing here touches the page.

// Discord's numbers for types of options.
const SUB_COMMAND = 1;
const SUB_COMMAND_GROUP = 2;
const BOOLEAN = 5;
const CHAT_INPUT = 1;

const local = (thing, key, locale) => thing[`${key}_localizations`]?.[locale] ?? thing[key];

/**
 * Every command that can be sent, subcommands one by one: `path` (the registered words), `words` (the same in the person's
 * language), `description`, `options`.
 */
export function leavesOf(commands, locale) {
  return commands.filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT).flatMap((command) => below(command, [], [], locale));
}

function below(node, path, words, locale) {
  path = [...path, node.name];
  words = [...words, local(node, "name", locale)];
  const options = node.options ?? [];
  const deeper = options.filter((option) => option.type === SUB_COMMAND || option.type === SUB_COMMAND_GROUP);
  if (deeper.length > 0) return deeper.flatMap((option) => below(option, path, words, locale));
  return [{ path, words, description: local(node, "description", locale), options: options.map((option) => optionOf(option, locale)) }];
}

function optionOf(option, locale) {
  const choices = option.type === BOOLEAN
    ? [{ label: "True", name: "True", value: "true" }, { label: "False", name: "False", value: "false" }]
    : (option.choices ?? []).map((choice) => ({ label: local(choice, "name", locale), name: choice.name, value: String(choice.value) }));
  return {
    name: option.name,
    label: local(option, "name", locale),
    description: local(option, "description", locale),
    required: Boolean(option.required),
    autocomplete: Boolean(option.autocomplete),
    choices,
  };
}

const same = (one, other) => one.toLowerCase() === other.toLowerCase();
const begins = (whole, part) => whole.toLowerCase().startsWith(part.toLowerCase());

/**
 * Reads `line`. The answer's `stage` is
 * - `"none"`: not a command;
 * - `"command"`: the command's own words are being typed; `candidates` fit so far, `leaf` is the one already complete, if any;
 * - `"option"`: a name of an option of `leaf` may follow; `candidates` are those, `from` is where the name begins;
 * - `"value"`: the value of `option` is being typed; `typed` is what is there, `from` is where it (or its name) begins.
 *
 * With a `leaf`: `given` (`[{option, value}]` in the order typed), `extra` (text for which the command has no option) and `marks`,
 * the stretches of the line to set off.
 */
export function read(line, leaves) {
  if (!line.startsWith("/")) return { stage: "none", candidates: [], marks: [] };
  const found = leafAt(line, leaves);
  if (!found) return { stage: "command", candidates: candidatesFor(line.slice(1), leaves), leaf: null, marks: [] };
  const { leaf, end } = found;
  const marks = [{ from: 0, to: end, kind: "command" }];
  if (end === line.length) {
    const others = candidatesFor(line.slice(1), leaves).filter((candidate) => candidate !== leaf);
    return { stage: "command", candidates: [leaf, ...others], leaf, given: [], extra: "", marks };
  }
  const { given, pieces, extra } = values(line, end, leaf);
  marks.push(...pieces.filter((piece) => piece.nameFrom !== null).map((piece) => ({ from: piece.nameFrom, to: piece.valueFrom, kind: "option" })));
  const base = { leaf, given, extra, marks };
  const unused = (word) => leaf.options.filter((option) =>
    !given.some((entry) => entry.option === option) && (begins(option.label, word) || begins(option.name, word)));
  const last = pieces.at(-1);
  if (!last) return { ...base, stage: "option", candidates: extra ? [] : unused(""), from: line.length };
  const raw = line.slice(last.valueFrom);
  // The last word may be the beginning of the next option's name, or part of a value with spaces.
  const space = raw.search(/\s\S*$/);
  if (raw.trim() !== "" && space !== -1) {
    const word = raw.slice(space + 1);
    const candidates = unused(word);
    if (word === "" || candidates.length > 0) return { ...base, stage: "option", candidates, from: last.valueFrom + space + 1 };
  }
  if (last.nameFrom === null) {
    const named = [last.option, ...unused(raw)].filter((option) => begins(option.label, raw) || begins(option.name, raw));
    if (named.length > 0) return { ...base, stage: "option", candidates: named, from: last.valueFrom };
  }
  const typed = raw.trim();
  return { ...base, stage: "value", option: last.option, typed, candidates: choicesFor(last.option, typed), from: last.from };
}

/** The longest command whose words the line begins with, in either language, and where they end. */
function leafAt(line, leaves) {
  let best = null;
  for (const leaf of leaves) {
    let end = 0;
    const fits = leaf.path.every((word, at) => {
      const rest = line.slice(end + 1);
      const spelled = [word, leaf.words[at]].find((spelling) => begins(rest, spelling) && /^(\s|$)/.test(rest.slice(spelling.length)));
      if (spelled === undefined) return false;
      end += 1 + spelled.length;
      return true;
    });
    if (fits && (!best || end > best.end)) best = { leaf, end };
  }
  return best;
}

function candidatesFor(typed, leaves) {
  const wanted = typed.trim().replace(/\s+/g, " ");
  const spellings = (leaf) => [leaf.words.join(" "), leaf.path.join(" ")];
  const first = leaves.filter((leaf) => spellings(leaf).some((spelling) => begins(spelling, wanted)));
  const rest = leaves.filter((leaf) => !first.includes(leaf) && spellings(leaf).some((spelling) => spelling.toLowerCase().includes(wanted.toLowerCase())));
  return [...first, ...rest];
}

/**
 * What is given after the command's words: `name:value` parts whose values reach to the next name, and before the first of them
 * a word for each option not named, the last of which takes all that is left.
 */
function values(line, end, leaf) {
  const named = [];
  for (const match of line.slice(end).matchAll(/(?<=\s)([^\s:]+):/gu)) {
    const option = leaf.options.find((known) => same(known.name, match[1]) || same(known.label, match[1]));
    const nameFrom = end + match.index;
    if (option) named.push({ option, nameFrom, from: nameFrom, valueFrom: nameFrom + match[0].length });
  }
  const free = line.slice(end, named[0]?.nameFrom ?? line.length);
  const unnamed = leaf.options.filter((option) => !named.some((piece) => piece.option === option));
  const words = [...free.matchAll(/\S+/g)].slice(0, unnamed.length);
  const pieces = [
    ...words.map((word, at) => ({ option: unnamed[at], nameFrom: null, from: end + word.index, valueFrom: end + word.index })),
    ...named,
  ];
  const given = pieces.map((piece, at) => ({ option: piece.option, value: line.slice(piece.valueFrom, pieces[at + 1]?.from ?? line.length).trim() }));
  return { given, pieces, extra: unnamed.length === 0 ? free.trim() : "" };
}

function choicesFor(option, typed) {
  return option.choices.filter((choice) => [choice.label, choice.name, choice.value].some((text) => text.toLowerCase().includes(typed.toLowerCase())));
}

/** The choice that `typed` names exactly. */
export function exactChoice(option, typed) {
  return option.choices.find((choice) => [choice.label, choice.name, choice.value].some((text) => same(text, typed))) ?? null;
}

/** The options that must be given and are not. */
export function missing(reading) {
  return reading.leaf.options.filter((option) => option.required && !reading.given.some((entry) => entry.option === option && entry.value !== ""));
}

/**
 * The line as the bot's definitions spell it, with every value named: what is sent. `focused` keeps an option whose value is still
 * empty, for completion; it comes last.
 */
export function canonical(reading, focused = null) {
  const entries = reading.given.filter((entry) => entry.option !== focused && entry.value !== "");
  if (focused) entries.push(reading.given.find((entry) => entry.option === focused) ?? { option: focused, value: "" });
  const spelled = entries.map(({ option, value }) => `${option.name}:${exactChoice(option, value)?.value ?? value}`);
  return [`/${reading.leaf.path.join(" ")}`, ...spelled, reading.extra].filter(Boolean).join(" ");
}
