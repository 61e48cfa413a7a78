// Waiting for the browser: for a picture that is seen, and for the rest of the page.

const RUNNING = "[data-testid=stApp][data-test-script-state=running]";
const [SOON, EVERY, AT_MOST] = [350, 100, 3000]; // milliseconds

// Whether more of the page may come.
export const running = () => Boolean(document.querySelector(RUNNING));

const rest = (time) => new Promise((done) => setTimeout(done, time));

// After the next picture that the browser shows; soon in any case, since a hidden page shows none.
export const painted = () => Promise.race([new Promise((done) => requestAnimationFrame(() => setTimeout(done))), rest(SOON)]);

// Once the rest of the page has come and stands: to draw the first scene takes seconds, in which no input can be used.
export async function complete() {
  for (let waited = 0; waited < AT_MOST && running(); waited += EVERY) await rest(EVERY);
  await new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: AT_MOST }) : done()));
}

// Tell the server that a newcomer sees the race, so that it sends the rest. It sends that soon in any case.
export function tellSeen(newcomer) {
  fetch(new URL(`../../seen?${new URLSearchParams({ newcomer })}`, import.meta.url)).catch(() => {});
}
