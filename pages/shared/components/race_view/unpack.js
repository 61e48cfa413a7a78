// Numbers as they travel: compressed, rows as differences of their bits, all first bytes first.

const TYPES = { f4: [Uint32Array, Float32Array], f8: [BigUint64Array, Float64Array], i4: [Uint32Array, Int32Array], i1: [Uint8Array, Int8Array] };

// By hand, not through a Blob, whose bytes would travel to another process and back.
async function inflated(bytes) {
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const [buffer] = await Promise.all([new Response(readable).arrayBuffer(), written]);
  return new Uint8Array(buffer);
}

export async function unpacked(bytes, layout) {
  const planes = await inflated(bytes);
  const columns = {};
  let from = 0;
  for (const [name, type, rows] of layout) {
    const [Words, Values] = TYPES[type];
    const width = Words.BYTES_PER_ELEMENT;
    const mixed = new Uint8Array(rows * width);
    for (let byte = 0; byte < width; byte++) {
      for (let row = 0; row < rows; row++) mixed[row * width + byte] = planes[from + byte * rows + row];
    }
    from += rows * width;
    const words = new Words(mixed.buffer);
    for (let row = 1; row < rows; row++) words[row] += words[row - 1];
    columns[name] = new Values(mixed.buffer);
  }
  return columns;
}
