import { emptyHash, hashOf, spreadHash } from './hash.ts';

/**
 * A number in [0, 1) that is always the same for the same text, and spread evenly over texts: whoever
 * draws lots with it can draw them again. Texts with another `salt` draw independently.
 */
export const chanceOf = (text: string, salt = 0): number =>
  spreadHash(hashOf(text, emptyHash ^ salt)) / 0x1_0000_0000;
