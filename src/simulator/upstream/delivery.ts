import type { ServerResponse } from 'node:http';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from '../simulated-model.ts';
import type { Piece } from './wire.ts';

export interface PaceParts {
  readonly pace: Pace;
  /** How many times faster than life; 0 waits for nothing. */
  readonly speed: number;
  /** Answers given side by side are generated in one go but counted each. */
  readonly choices: number;
  readonly isGone: () => boolean;
  /** Told before a piece is handed on: from here on it is generated, and billed. */
  readonly onTokens: (piece: Piece, tokens: number) => void;
}

/**
 * Generates pieces in their time. Yields them in groups: what is due at once comes together. Ends
 * early, without a word, where nobody listens any more.
 */
export async function* generated(
  pieces: readonly Piece[],
  parts: PaceParts,
): AsyncGenerator<readonly Piece[]> {
  const { pace, speed, choices, isGone, onTokens } = parts;
  const start = performance.now();
  const perTokenMs = speed > 0 ? 1000 / (pace.tokensPerSecond * speed) : 0;
  const firstMs = speed > 0 ? pace.firstTokenMs / speed : 0;
  if (firstMs > 0) await sleep(firstMs);
  let tokens = 0;
  let group: Piece[] = [];
  for (const piece of pieces) {
    const dueMs = firstMs + tokens * perTokenMs;
    const aheadMs = speed > 0 ? dueMs - (performance.now() - start) : 0;
    if (group.length >= largestGroup || (group.length > 0 && aheadMs > 1)) {
      yield group;
      group = [];
      // without a wait nobody would hear that the caller has gone
      await (aheadMs > 1 ? sleep(aheadMs) : breathe());
    }
    if (isGone()) return;
    onTokens(piece, piece.tokens * choices);
    tokens += piece.tokens;
    group.push(piece);
  }
  if (group.length > 0) yield group;
}

const largestGroup = 16;

/** Writes, and waits where the caller reads more slowly than we speak. */
export const write = async (response: ServerResponse, bytes: string): Promise<void> => {
  if (bytes === '' || response.destroyed || response.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
};

/** Byte by byte: also in the middle of characters. */
export const drip = async (response: ServerResponse, bytes: Buffer, everyMs: number): Promise<void> => {
  for (const byte of bytes) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await (everyMs > 0 ? sleep(everyMs) : breathe());
  }
};
