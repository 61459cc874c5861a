/**
 * A number in [0, 1) that is always the same for the same text, and spread evenly over texts: whoever
 * draws lots with it can draw them again. Texts with another `salt` draw independently.
 */
export const chanceOf = (text: string, salt = 0): number => {
  // FNV-1a, then the finaliser of MurmurHash3: names that differ in one letter end far apart
  let hash = 0x811c9dc5 ^ salt;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
};
