// What arrives from the page, the functions' pictures, and scenes as one string of bytes; and how what is told goes there.

import { unpacked } from "./unpack.js";

const KEPT = 12; // functions kept after they were shown

export const lands = new Map(); // by name: the pictures that have arrived
export const waiting = new Set(); // the views on the page, which may wait for pictures

const [AGAIN, SOON] = [5000, 1000]; // milliseconds for which what was told is told again: without an answer, and after it
let count = 0;
let parts = [];

const used = ({ data }) => (data ? [data.land, ...(data.others ?? []).map(({ land }) => land)] : []);

// A function's pictures come in a message of their own, so that nothing else resends them.
export function landscape({ data }) {
  lands.delete(data.id);
  lands.set(data.id, data);
  const seen = new Set([...waiting].flatMap(used));
  for (const id of [...lands.keys()].slice(0, -KEPT)) if (!seen.has(id)) lands.delete(id);
  waiting.forEach((view) => view.refresh());
}

// A scene from its bytes: the length of the facts, the facts as text, the numbers.
export function sceneOf(bytes) {
  const facts = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + facts))), numbers: bytes.subarray(4 + facts) };
}

// The numbers of a scene's race and of those beside it, which follow one another.
export function columnsOf({ numbers, race, size = numbers.length, others = [] }) {
  let from = 0;
  const own = ({ race: { columns }, size: long }) => unpacked(numbers.subarray(from, (from += long)), columns);
  return Promise.all([{ race, size }, ...others].map(own));
}

// What tells the page, through `send`. What was told shortly before is told again, with its number: of two messages that reach the
// page together it hears the later alone, and until its answer is here the sidebar's inputs say what they held before.
export function teller(send) {
  return (values) => {
    parts = [...parts.filter(({ until }) => performance.now() < until), { n: ++count, until: performance.now() + AGAIN, values }];
    send(parts);
  };
}

// The page has heard all up to a number: soon its inputs say so too.
export function heard(number) {
  for (const part of parts) if (part.n <= number) part.until = Math.min(part.until, performance.now() + SOON);
}
