// The address bar says the experiment, and every entry of the browser's history is one: Back undoes a change.

const PAUSE = 2000; // milliseconds without a key or a click after which a visitor begins something new
const PATIENCE = 5000; // milliseconds that the page may take to follow the visitor

const push = history.pushState.bind(history);
const replace = history.replaceState.bind(history);

let wanted; // what the page said last, and on which path
let kept = 0; // when it said it
let entry; // what the present entry of the history shows
let gesture = { number: 0, at: 0 }; // the visitor's latest keys and clicks without a pause, counted
let moved = { keys: "", gesture: 0 }; // what was changed last, and in which gesture
let walked = 0; // since when the visitor waits for the page to follow, back or forward
let timers = [];

const canonical = (text) => String(text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
const written = (query) => Object.entries(query).map(([key, text]) => `${key}=${canonical(text)}`).sort().join("&");
const numeric = (keys, ...queries) => keys.every((key) => queries.every((query) => Number.isFinite(Number(query[key] ?? 0))));

// The address that says what the page wants; parameters that are not the app's stay as they are.
function address() {
  const own = new RegExp(wanted.keys);
  const search = new URLSearchParams([...new URLSearchParams(location.search)].filter(([key]) => !own.test(key)));
  Object.entries(wanted.query).forEach(([key, text]) => search.append(key, text));
  return location.pathname + (search.size ? `?${search}` : "");
}

// Streamlit writes a changed input into the address bar itself, but after some sequences of changes it stops doing so. What it wrote
// for a visitor who has just changed something is more than the page has said: that is left alone until the page answers.
function repair() {
  if (walked || wanted.path !== location.pathname) return;
  const waits = gesture.at > kept ? gesture.at + PATIENCE - performance.now() : 0;
  if (waits > 0) return void timers.push(setTimeout(repair, waits));
  const own = new RegExp(wanted.keys);
  const shown = Object.fromEntries([...new URLSearchParams(location.search)].filter(([key]) => own.test(key)));
  if (written(shown) !== written(wanted.query)) replace(history.state, "", address());
}

// A typed number ends with Enter, and the next one begins something new; a slider's keys, or clicks on + and -, belong together.
// Counted when they happen: on a busy server their effects arrive much later, and with pauses of their own.
for (const kind of ["keydown", "pointerdown"]) {
  window.addEventListener(
    kind,
    (event) => {
      const now = performance.now();
      if (event.key === "Enter" || now - gesture.at > PAUSE) gesture.number++;
      gesture.at = now;
    },
    { capture: true, passive: true },
  );
}

// A changed experiment becomes an entry of its own, unless one gesture moves the same number further.
function follow({ query, quiet }) {
  const before = entry.query;
  const changed = Object.keys({ ...before, ...query }).filter((key) => query[key] !== before[key] && !quiet.includes(key));
  if (!changed.length) return;
  const keys = changed.sort().join();
  const further = moved.keys === keys && moved.gesture === gesture.number && numeric(changed, query, before);
  moved = { keys, gesture: gesture.number };
  if (further) return;
  replace(history.state, "", entry.url);
  push({}, "", address());
}

// Take what the page shows by now. `walks` counts how often it has followed the visitor back or forward.
export function keep(data) {
  const arrived = wanted?.path !== location.pathname || wanted.walks !== data.walks;
  if (walked && wanted?.walks === data.walks && performance.now() - walked < PATIENCE) return; // said before the visitor walked
  walked = 0;
  wanted = { ...data, path: location.pathname };
  kept = performance.now();
  if (!arrived) follow(data);
  repair();
  entry = { query: data.query, url: address() };
  timers.forEach(clearTimeout);
  timers = [300, 900, 1800, 3000].map((delay) => setTimeout(repair, delay)); // after Streamlit's own writing, which comes in several goes
}

// Return the address to share: without what the page keeps only for this visitor.
export function link() {
  const url = new URL(address(), location.href);
  for (const key of Object.keys(wanted.query)) if (!(key in wanted.link)) url.searchParams.delete(key);
  return url.href;
}

const place = (url) => [url.pathname, ...(wanted?.places ?? []).map((key) => url.searchParams.get(key))].join();
let here = new URL(location.href);

// A new page, section or lesson begins at its top.
function open(url) {
  if (place(url) !== place(here)) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  here = url;
}

// Streamlit makes an entry of every parameter that Python writes, in the middle of a change: here only another page is one.
// On the way there it takes the inputs' parameters out of the address, so that the entry that is left has to get them back.
history.pushState = (state, title, to) => {
  const url = new URL(to, location.href);
  open(url);
  const leaves = url.pathname !== location.pathname;
  if (leaves && wanted?.path === location.pathname) replace(history.state, "", entry.url);
  (leaves ? push : replace)(state, title, to);
};

window.addEventListener("popstate", () => {
  walked = performance.now();
  moved.keys = "";
  open(new URL(location.href));
});
