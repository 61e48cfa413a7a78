// One sentence over the pictures: who leads while the race runs, and the verdict once it has come to its end.

import { leaderOf, number } from "./board.js";
import { filled, put } from "./texts.js";

const SEEN = "optimizer race seen";

// Whether this tab has shown a race before; from now on it has.
export function seenBefore() {
  try {
    const seen = sessionStorage.getItem(SEEN);
    sessionStorage.setItem(SEEN, "yes");
    return Boolean(seen);
  } catch {
    return true; // a browser that remembers nothing would play at every change of page
  }
}

export class Lead {
  constructor(line) {
    this.line = line;
    [this.sign, this.words] = line.children;
  }

  show({ clock, tracks, order, texts, verdict, plays }) {
    const step = Math.floor(clock.frame);
    const leader = leaderOf(tracks, order, step);
    const ended = clock.ended && !clock.playing && verdict;
    const before = plays ? texts.soon : clock.playing ? texts.off : texts.ready;
    this.said = ended ? verdict.headline : step ? this.told(leader, step, clock.steps, texts) : before;
    put(this.words, this.said);
    const winner = ended ? tracks[verdict.winner] : step ? leader : null;
    put(this.sign, winner?.sign ?? "");
    this.sign.style.color = winner?.colour ?? "";
    // What the page tells of the end waits for it too.
    const page = document.documentElement;
    const told = clock.playing || plays ? "running" : "told";
    if (page.dataset.race !== told) page.dataset.race = told;
  }

  clear() {
    for (const part of [this.sign, this.words]) put(part, "");
  }

  told(leader, step, steps, texts) {
    if (!leader) return filled(texts.lost, { step, steps });
    return filled(texts.leads, { step, steps, name: leader.label, loss: number(leader.score(step)) });
  }
}
