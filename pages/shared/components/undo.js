// Undo and redo: every changed experiment is an entry of the browser's history, so these are its Back and Forward within a page.

const ways = { undo: -1, redo: 1 };

// Whether the entry so far away is another state of this very page. Browsers without the list of entries only know that there are some.
function same(by) {
  if (!window.navigation) return history.length > 1;
  const { currentEntry, entries } = navigation;
  const there = entries.call(navigation)[currentEntry.index + by];
  return Boolean(there) && new URL(there.url).pathname === location.pathname;
}

export default function ({ data, parentElement }) {
  const buttons = Object.keys(ways).map((way) => [parentElement.querySelector(`.${way}`), ways[way]]);
  const show = () => buttons.forEach(([button, by]) => (button.disabled = !same(by)));
  for (const [button, by] of buttons) {
    button.lastChild.textContent = data[button.className];
    button.onclick = () => history.go(by);
  }
  show();
  window.navigation?.addEventListener("currententrychange", show);
  return () => window.navigation?.removeEventListener("currententrychange", show);
}
