// Where the page, and the file that plays alone, come in.

import { sceneOf, teller } from "./messages.js";
import { View } from "./view.js";

export { landscape } from "./messages.js";

const views = new WeakMap();

export function show(root, data, tell) {
  const view = views.get(root) ?? new View(root);
  views.set(root, view);
  const turn = (view.turn = (view.turn ?? 0) + 1);
  view.update(data, tell);
  return () => {
    if (turn < view.turn && root.isConnected) return; // shown anew before this program was there: only then is it called so late
    view.remove();
    views.delete(root);
  };
}

let style;

// The style sheet beside this file, once for all views of a page.
function styled() {
  style ??= document.head.appendChild(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("view.css", import.meta.url) }));
}

// The entry for the page.
export default function ({ data, parentElement, setTriggerValue }) {
  styled();
  const root = parentElement.querySelector(".race-view");
  const view = sceneOf(data);
  const page = document.documentElement; // written only where it changes: the browser works out every style on the page again
  if (page.lang !== view.language) page.lang = view.language;
  const tell = view.fixed ? () => {} : teller((parts) => setTriggerValue("chosen", parts)); // of a race that no link has, nobody hears
  return show(root, view, tell);
}
