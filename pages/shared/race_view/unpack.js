// Numbers as they travel: compressed, rows as differences of their bits, all first bytes first.

const TYPES = { f4: [Uint32Array, Float32Array], f8: [BigUint64Array, Float64Array], i4: [Uint32Array, Int32Array], i1: [Uint8Array, Int8Array] };

export async function unpacked(bytes, layout) {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(plain).arrayBuffer());
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
