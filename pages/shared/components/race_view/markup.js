// The elements of a race view, before anything is drawn in them; their texts come with the race.

import { CONTROLS } from "./controls.js";

export const ARROWS = ["slope", "velocity", "step"];

export const HTML = `
  <div class="rv-head"><p class="rv-lead"><i></i><span></span></p><span class="rv-tours"></span></div>
  <p class="rv-tour" tabindex="-1" role="status" hidden></p>
  <p class="rv-told"><i></i><span></span></p>
  <div class="rv-stage">
    <div class="rv-panels"></div>
    <figure class="rv-box rv-s"><div class="rv-wait"><span data-text="surface_waits"></span></div>
      <div class="rv-surface" role="img" data-label="surface"></div>
      <figcaption class="rv-hint"><span data-text="asleep"></span><span data-text="awake"></span></figcaption></figure>
    <figure class="rv-box rv-m"><div class="rv-map" role="img" data-label="map"></div><figcaption class="rv-formula"></figcaption></figure>
    <div class="rv-bar" role="group" data-label="playback">${CONTROLS}</div>
    <div class="rv-live" role="group" data-label="rate" hidden></div>
    <figure class="rv-box rv-c"><div class="rv-curve" role="img" data-label="curve"></div></figure>
    <section class="rv-board"><h2><span data-text="board"></span> <small data-text="board_loss"></small></h2><ol class="rv-list"></ol></section>
    <fieldset class="rv-arrows"><legend data-text="arrows"></legend>${ARROWS
      .map((name) => `<label><input type="checkbox" name="${name}"> <span data-text="a_${name}"></span></label>`)
      .join("")}
      <button type="button" class="rv-png" data-text="save"></button></fieldset>
  </div>
  <p class="rv-keys" data-text="keys"></p>
  <figure class="rv-code" hidden><img data-alt="code"><figcaption></figcaption></figure>
  <p class="rv-note"></p><p class="rv-said" aria-live="polite"></p>
  <div class="rv-tip" hidden></div>`;

// Which arrows are shown; those that a race has none of cannot be chosen.
export function tick(fieldset, arrows) {
  for (const box of fieldset.querySelectorAll("input")) {
    box.checked = arrows[box.name];
    box.parentElement.hidden = !(box.name in arrows);
  }
  fieldset.querySelector("legend").hidden = !Object.keys(arrows).length;
}
