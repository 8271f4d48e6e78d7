// The page's words, in the language of its reader.

import { english } from "./english.js";
import { korean } from "./korean.js";

/** The languages of the page, by Discord's names for them. */
export const LOCALES = { ko: korean, "en-US": english };

/** The language of this browser, as far as the page speaks it; otherwise English. */
export function browserLocale() {
  for (const language of navigator.languages ?? [navigator.language]) {
    if (/^ko\b/i.test(language)) return "ko";
    if (/^en\b/i.test(language)) return "en-US";
  }
  return "en-US";
}

/** The page's words in a person's language; English for languages it does not speak. */
export function wordsFor(locale) {
  return LOCALES[locale] ?? english;
}

/** A kind of AWS thing in words. */
export function kindName(words, kind) {
  return words.kinds[kind] ?? kind.replaceAll("-", " ");
}

/** A state of an AWS thing in words; in English AWS's own. */
export function stateName(words, state) {
  return words.states[state.toLowerCase()] ?? state;
}
