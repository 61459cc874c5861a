/**
 * The commonest event of a stream, known by its bytes: `event: content_block_delta`, then data that
 * begins as the vendor writes it, with or without spaces between. Anything else is read the slow way.
 */
const head = Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta","index":');
const middle = Buffer.from(',"delta":{"type":"');

const quote = 0x22;
const space = 0x20;

/** Offset of the delta's text, just behind its opening quote; 0 where the delta has none that counts, -1 where it is no such event. */
export const plainDelta = (bytes: Buffer, start: number): number => {
  let at = matched(bytes, start, head);
  if (at < 0) return -1;
  while (isDigit(bytes[at] as number)) at += 1;
  at = matched(bytes, at, middle);
  if (at < 0) return -1;
  const kind = bytes[at];
  // text_delta and thinking_delta, input_json_delta; of citations nothing is shown, and signatures are kept
  if (kind !== 0x74 && kind !== 0x69) return kind === 0x63 ? 0 : -1;
  at = pastQuote(bytes, pastQuote(bytes, at));
  // "text" or "thinking" for the one, "partial_json" for the other
  if (bytes[at] !== (kind === 0x74 ? 0x74 : 0x70)) return -1;
  return pastQuote(bytes, pastQuote(bytes, at));
};

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

const pastQuote = (bytes: Buffer, from: number): number => {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += 1;
  return at + 1;
};

/** Offset behind the literal, spaces between its tokens allowed; -1 where something else stands there. */
const matched = (bytes: Buffer, from: number, literal: Buffer): number => {
  let at = from;
  for (let index = 0; index < literal.length; index++) {
    const wanted = literal[index] as number;
    if (bytes[at] !== wanted) {
      while (bytes[at] === space) at += 1;
      if (bytes[at] !== wanted) return -1;
    }
    at += 1;
  }
  while (bytes[at] === space) at += 1;
  return at;
};
