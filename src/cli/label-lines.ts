import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { GatewayError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { type Signal, signalSources } from '../core/signal.ts';
import { readLabel } from '../ledger/label.ts';
import type { SignalNotes } from '../storage/signal-notes.ts';

/** What became of a file of labels. */
export interface LabelledLines {
  readonly taken: number;
  /** Lines that were not taken, from 1 on, and why. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

/** Signals that one transaction takes. */
const mostAtOnce = 500;
const longestLine = 16 * 1024;

/**
 * Takes labels from a file of JSON lines (`{"exchange": "01J…", "score": 0.5}`), whatever its size. A bad
 * line is told and passed over.
 */
export const labelLines = async (path: string, notes: SignalNotes, at: number): Promise<LabelledLines> => {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  const problems: { line: number; problem: string }[] = [];
  let batch: Signal[] = [];
  let taken = 0;
  let line = 0;
  const flush = (): void => {
    notes.note(batch);
    taken += batch.length;
    batch = [];
  };
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      batch.push(signalIn(text, notes, at));
    } catch (cause) {
      if (!(cause instanceof GatewayError)) throw cause;
      problems.push({ line, problem: cause.message });
    }
    if (batch.length === mostAtOnce) flush();
  }
  flush();
  return { taken, problems };
};

const signalIn = (text: string, notes: SignalNotes, at: number): Signal => {
  if (text.length > longestLine) throw wrong(`The line is over ${longestLine} characters.`);
  const value = parsed(text);
  if (!isObject(value) || typeof value.exchange !== 'string')
    throw wrong('"exchange" has to be the id of an exchange, or of its answer.');
  const { exchange: id, ...label } = value;
  const found = notes.find(id);
  if (!found) throw wrong(`There is no exchange "${id.slice(0, 80)}" in this ledger.`);
  return readLabel(found.exchange.id, label, { at, source: 'owner', sources: signalSources });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong('The line is not JSON.', cause);
  }
};

const wrong = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid-request', message, { cause });
