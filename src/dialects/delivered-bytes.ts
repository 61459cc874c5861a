/** UTF-8 bytes of the string that begins at `from`, as they will be once its escapes are read. */
export const deliveredIn = (bytes: Buffer, from: number, end: number): number => {
  if (from === 0) return 0;
  let count = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) return count;
    if (byte !== backslash) {
      count += 1;
      continue;
    }
    at += 1;
    if (bytes[at] !== 0x75) count += 1;
    else {
      count += escapedLength(bytes, at + 1);
      at += 4;
    }
  }
  return count;
};

/** Of `\uXXXX`: each half of a pair is two of its four bytes. */
const escapedLength = (bytes: Buffer, at: number): number => {
  const first = hex(bytes[at]);
  const second = hex(bytes[at + 1]);
  const third = hex(bytes[at + 2]);
  if (first === 0xd && second >= 8) return 2;
  if (first === 0 && second === 0 && third < 8) return 1;
  return first === 0 && second < 8 ? 2 : 3;
};

const hex = (byte = 0): number => (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);

const quote = 0x22;
const backslash = 0x5c;
