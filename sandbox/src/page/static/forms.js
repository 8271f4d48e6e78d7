// Forms ("modals") the bot asks people to fill in.

import { el } from "./dom.js";
import { Refused, post } from "./server.js";

// Discord's numbers.
const TEXT_INPUT = 4;
const PARAGRAPH = 2;

/** Shows the form with which an interaction was answered, and sends what is filled in. */
export function openForm(interactionId, form, words) {
  const inputs = form.components.flatMap((row) => row.components ?? []).filter((input) => input.type === TEXT_INPUT);
  const refusal = el("p", { class: "refusal", role: "alert" });
  const dialog = el("dialog", { class: "form", "aria-label": form.title, data: { testid: "form" } },
    el("form", { method: "dialog" },
      el("h2", { text: form.title }),
      inputs.map(field),
      refusal,
      el("div", { class: "form-actions" },
        el("button", { type: "button", class: "button button-secondary", text: words.cancel, on: { click: () => dialog.close() } }),
        el("button", { type: "submit", class: "button button-primary", text: words.submit, data: { testid: "submit" } }))));
  // The focus is given back by hand: Chromium, left to do it, restores an input that looks focused but takes no text.
  const before = document.activeElement;
  before?.blur();
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus();
  });
  dialog.firstElementChild.addEventListener("submit", async (event) => {
    event.preventDefault();
    const filled = Object.fromEntries(inputs.map((input) => [input.custom_id, dialog.querySelector(`[name="${CSS.escape(input.custom_id)}"]`).value]));
    try {
      await post("/api/submit", { interaction_id: interactionId, inputs: filled }, words);
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal.textContent = error.message;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

function field(input) {
  const attributes = {
    name: input.custom_id,
    required: input.required !== false,
    placeholder: input.placeholder,
    minlength: input.min_length,
    maxlength: input.max_length,
  };
  const control = input.style === PARAGRAPH
    ? el("textarea", { ...attributes, rows: 4, text: input.value ?? "" })
    : el("input", { ...attributes, type: "text", value: input.value });
  return el("label", { class: "form-field" }, el("span", { text: input.label }), control);
}
