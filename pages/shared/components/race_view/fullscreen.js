// A picture on the full screen; Escape brings it back.

import { corner, icon, tool } from "./tools.js";

const GROW = "M3 3h6v2H5v4H3zM11 3h6v6h-2V5h-4zM3 11h2v4h4v2H3zM15 11h2v6h-6v-2h4z";
const SHRINK = "M7 3h2v6H3V7h4zM11 3h2v4h4v2h-6zM3 11h6v6H7v-4H3zM11 11h6v2h-4v4h-2z";
const PICTURES = ["surface", "map", "curve"];

// One button for each picture, or none where a browser shows no part of a page so, as on an iPhone.
export function fullScreens(root) {
  if (!document.fullscreenEnabled) return;
  for (const name of PICTURES) {
    const figure = root.querySelector(`.rv-${name}`).closest(".rv-box");
    corner(figure).append(fullScreen(figure, `full_${name}`));
  }
  const tip = root.querySelector(".rv-tip"); // nothing outside of what is on the full screen is seen
  root.addEventListener("fullscreenchange", () => (document.fullscreenElement ?? root).append(tip));
}

function fullScreen(target, name) {
  const full = () => target.matches(":fullscreen");
  const refused = (error) => console.warn(error.message); // by the browser, which says so itself
  const button = tool(name, GROW, () => (full() ? document.exitFullscreen() : target.requestFullscreen()).catch(refused));
  const show = () => {
    button.setAttribute("aria-pressed", full());
    button.innerHTML = icon(full() ? SHRINK : GROW);
  };
  target.addEventListener("fullscreenchange", (event) => {
    if (event.target !== target) return; // a picture within
    show();
    // Its keys are those of the playback: the space bar plays, and does not press the button again.
    full() ? target.setAttribute("tabindex", "-1") : target.removeAttribute("tabindex");
    (full() ? target : button).focus({ preventScroll: true });
  });
  show();
  return button;
}
