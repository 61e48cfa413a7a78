// A button that copies the address, and what the page says of the address bar.

import { keep, link } from "./address.js";

export default function ({ data, parentElement }) {
  keep(data);
  const button = parentElement.querySelector("button");
  const text = button.querySelector("span");
  button.title = data.texts.title;
  if (text.textContent !== data.texts.button) text.textContent = data.texts.button; // the same, written again, is laid out again
  button.onclick = async () => {
    const address = link();
    try {
      await navigator.clipboard.writeText(address);
      text.textContent = data.texts.copied;
    } catch {
      // Without https browsers may forbid the clipboard: show the link, selected, so that one key press copies it.
      window.prompt(data.texts.ask, address);
    }
    setTimeout(() => (text.textContent = data.texts.button), 1500);
  };
}
