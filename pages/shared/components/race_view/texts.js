// The texts that came with the race, in the visitor's language: nothing that is shown is written in these programs.

// Writes a text only where it is another: a browser lays out anew what is written, be it the same.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Give every part of a page that names its text that text: as content, as what it is called aloud, as what pointing at it tells.
export function spell(root, texts) {
  for (const part of root.querySelectorAll("[data-text]")) part.textContent = texts[part.dataset.text];
  for (const part of root.querySelectorAll("[data-label]")) part.setAttribute("aria-label", texts[part.dataset.label]);
  for (const part of root.querySelectorAll("[data-title]")) part.title = texts[part.dataset.title];
  for (const part of root.querySelectorAll("[data-alt]")) part.alt = texts[part.dataset.alt];
}
