import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** All pairs of characters: ten bits at once. */
const pairs = Array.from({ length: 1024 }, (_, bits) => `${alphabet[bits >> 5]}${alphabet[bits & 31]}`);
const pool = Buffer.alloc(4096);
let next = pool.length;
let lastMs = -1;
let lastTime = '';

/**
 * 26 characters that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base 32
 * (the ULID layout).
 */
export const timeSortedId = (nowMs: number): string => {
  if (next + 10 > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastTime = timeText(nowMs);
  }
  const text = lastTime + randomText(next) + randomText(next + 5);
  next += 10;
  return text;
};

const timeText = (ms: number): string => {
  let text = '';
  let left = ms;
  for (let pair = 0; pair < 5; pair += 1) {
    text = pairs[left % 1024] + text;
    left = Math.floor(left / 1024);
  }
  return text;
};

/** Five bytes of the pool: 40 bits are eight characters. */
const randomText = (at: number): string => {
  const high =
    ((pool[at] as number) << 12) | ((pool[at + 1] as number) << 4) | ((pool[at + 2] as number) >> 4);
  const low =
    (((pool[at + 2] as number) & 15) << 16) | ((pool[at + 3] as number) << 8) | (pool[at + 4] as number);
  return `${pairs[high >> 10]}${pairs[high & 1023]}${pairs[low >> 10]}${pairs[low & 1023]}`;
};
