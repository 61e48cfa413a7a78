// What arrives from the page: the functions' pictures, and scenes as one string of bytes.

import { unpacked } from "./unpack.js";

const KEPT = 12; // functions kept after they were shown

export const lands = new Map(); // by name: the pictures that have arrived
export const waiting = new Set(); // the views on the page, which may wait for pictures

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
