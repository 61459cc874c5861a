/** Numbers as text for a policy file; little-endian on every machine. */
export const packInt8 = (values: Int8Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

export const packFloats = (values: ArrayLike<number>): string => {
  const bytes = Buffer.alloc(values.length * 4);
  for (let at = 0; at < values.length; at += 1) bytes.writeFloatLE(values[at] ?? 0, at * 4);
  return bytes.toString('base64');
};

export const unpackInt8 = (text: string): Int8Array => {
  const bytes = Buffer.from(text, 'base64');
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** Throws a RangeError where one of them is none, or far beyond all that can be learnt: it would make all others none. */
export const unpackFloats = (text: string): Float32Array => {
  const bytes = Buffer.from(text, 'base64');
  const floats = new Float32Array(bytes.length >> 2);
  for (let at = 0; at < floats.length; at += 1) {
    const float = bytes.readFloatLE(at * 4);
    if (!(Math.abs(float) <= largest)) throw new RangeError(`${float} is no figure of a policy`);
    floats[at] = float;
  }
  return floats;
};

const largest = 1e12;
