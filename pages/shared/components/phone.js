// What fingers need on every page.

import { Turning, passSwipes } from "./touches.js";

const CHART = ".js-plotly-plot";
const known = new WeakSet();

// Streamlit's charts come and go: each is met when it is first touched. A race view sees to its own.
function met({ target }) {
  const chart = target.closest?.(CHART);
  if (!chart || known.has(chart) || chart.closest(".race-view")) return;
  known.add(chart);
  chart.querySelector(".gl-container canvas") ? new Turning(chart) : passSwipes(chart);
}

// Let charts turn with fingers and pass swipes; return what stops that.
export function touchable() {
  document.addEventListener("touchstart", met, { capture: true, passive: true });
  return () => document.removeEventListener("touchstart", met, { capture: true });
}
