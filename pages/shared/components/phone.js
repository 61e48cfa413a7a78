// What fingers and narrow screens need on every page.

import { closingMenu } from "./menu.js";
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

export default function () {
  const unlisten = closingMenu();
  document.addEventListener("touchstart", met, { capture: true, passive: true });
  return () => {
    unlisten();
    document.removeEventListener("touchstart", met, { capture: true });
  };
}
