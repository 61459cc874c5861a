/** FNV-1a over code units, and what spreads it: for tables, places and lots, never for secrets. */
export const emptyHash = 0x811c9dc5 | 0;

export const hashWith = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/** A whole number of 32 bits, signed. From another `start`, texts hash independently. */
export const hashOf = (text: string, start = emptyHash): number => {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = hashWith(hash, text.charCodeAt(at));
  return hash;
};

/** Unsigned, over all bits: hashes of texts that differ in one letter end far apart (MurmurHash3's finaliser). */
export const spreadHash = (hash: number): number => {
  let spread = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  spread = Math.imul(spread ^ (spread >>> 13), 0xc2b2ae35);
  return (spread ^ (spread >>> 16)) >>> 0;
};
