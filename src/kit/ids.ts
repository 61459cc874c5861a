import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pool = Buffer.alloc(4096);
let next = pool.length;

/**
 * 26 characters that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base 32
 * (the ULID layout).
 */
export const timeSortedId = (nowMs: number): string => {
  if (next + 10 > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  let text = '';
  let time = nowMs;
  for (let digit = 0; digit < 10; digit += 1) {
    text = alphabet[time % 32] + text;
    time = Math.floor(time / 32);
  }
  for (let group = 0; group < 2; group += 1) {
    // 40 bits are eight characters
    const high = pool.readUIntBE(next, 5);
    next += 5;
    let value = high;
    let part = '';
    for (let digit = 0; digit < 8; digit += 1) {
      part = alphabet[value % 32] + part;
      value = Math.floor(value / 32);
    }
    text += part;
  }
  return text;
};
