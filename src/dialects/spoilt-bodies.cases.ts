import fc from 'fast-check';
import { expect } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { DialectName, Model } from '../core/model.ts';
import type { ReplyEvent } from '../core/reply.ts';
import { scanJson } from '../kit/json-scan.ts';
import type { Dialect, Quirks, RequestAddress, StreamTap } from './dialect.ts';

export interface SpoiltBodies {
  readonly dialect: Dialect;
  /** A body with as much of the dialect in it as there is, so that much can be spoilt. */
  readonly body: object;
  readonly address?: RequestAddress;
  readonly models: readonly Model[];
  readonly quirks: Quirks;
  /** As whose request it is written: a dialect leaves its own requests to `passRequest`. */
  readonly writtenFrom: DialectName;
  /** What holds of every body that passed; `given` is the caller's own. */
  readonly checkPassed?: (passed: Buffer, given: Buffer, model: Model) => void;
}

/** Each of 10,000 spoilt bodies is refused with a reason or read: any other error is thrown. */
export const checkSpoiltBodies = (spoilt: SpoiltBodies): void => {
  const { dialect, body, address, models, quirks, writtenFrom, checkPassed } = spoilt;
  const spot = fc.record({
    place: fc.constantFrom(...placesIn(body)),
    junk: fc.constantFrom(...junk),
    isGone: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(spot, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...models),
      (spots, model) => {
        const bytes = Buffer.from(JSON.stringify(spoiltAt(body, spots)));
        try {
          const request = dialect.readRequest(JSON.parse(bytes.toString()) as JsonObject, address);
          const scan = scanJson(bytes);
          const passed = dialect.passRequest({ bytes, scan, request, model, quirks });
          JSON.parse(passed.body.toString());
          checkPassed?.(passed.body, bytes, model);
          dialect.writeRequest({ ...request, dialect: writtenFrom }, { model, quirks });
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          expect(['invalid-request', 'not-translatable']).toContain(error.code);
        }
      },
    ),
    { numRuns: 10_000 },
  );
};

/** Answers made of any two JSON values: each is read, or its upstream is bad. */
export const checkBrokenAnswers = (
  dialect: Dialect,
  answersOf: (value: unknown, inner: unknown) => readonly unknown[],
): void => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, inner) => {
      for (const answer of answersOf(value, inner)) {
        if (!isObject(answer)) continue;
        try {
          dialect.readReply(answer);
        } catch (error) {
          if (!(error instanceof GatewayError) || error.code !== 'upstream-bad') throw error;
        }
        dialect.readError(400, answer, {});
      }
    }),
    { numRuns: 300 },
  );
};

export interface BrokenStreams {
  readonly dialect: Dialect;
  /** What the dialect's own streams are made of, whole and broken. */
  readonly pieces: readonly string[];
  readonly numRuns: number;
  /** `passed` is what the tap has handed on by the stream's last byte; the tap has not ended yet. */
  readonly check: (bytes: Buffer, passed: Buffer, tap: StreamTap) => void;
}

/** Reader and tap hear streams put together from pieces, cut into chunks of any size. */
export const checkBrokenStreams = ({ dialect, pieces, numRuns, check }: BrokenStreams): void => {
  const piece = fc.oneof(
    fc.constantFrom(...framing, ...pieces),
    fc.string({ maxLength: 20, unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (some, size) => {
      const bytes = Buffer.from(some.join(''));
      const reader = dialect.readStream();
      const tap = dialect.tapStream({ hidesUsage: false });
      const out: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        reader.push(bytes.subarray(at, at + size));
        out.push(tap.push(bytes.subarray(at, at + size)));
      }
      reader.end();

      check(bytes, Buffer.concat(out), tap);
    }),
    { numRuns },
  );
};

/** One event that starts like this and grows to over 8 MB is cut off, and `told` is all that is handed on. */
export const checkEndlessEvent = (dialect: Dialect, start: string, told: RegExp): void => {
  const tap = dialect.tapStream({ hidesUsage: false });
  const reader = dialect.readStream();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  tap.push(Buffer.from(start));
  const events: ReplyEvent[] = [...reader.push(Buffer.from(start))];
  let passed = '';
  for (let sent = 0; sent < 200 && !tap.error; sent++) {
    passed += tap.push(chunk).toString();
    events.push(...reader.push(chunk));
  }

  expect(tap.error?.class).toBe('upstream-bad');
  expect(passed).toMatch(told);
  expect(passed.length).toBeLessThan(500);
  expect(tap.push(chunk).length).toBe(0);
  expect(events).toMatchObject([{ type: 'reply-error', error: { class: 'upstream-bad' } }]);
};

const junk = [
  null,
  0,
  -1,
  1.5,
  '',
  'x',
  true,
  [],
  {},
  [null],
  [{}],
  { type: 'x' },
  { text: 1 },
  '\ud800',
  Number.MAX_VALUE,
];

const framing = [
  'data: ',
  'data:',
  '\n',
  '\n\n',
  '\r\n\r\n',
  '\r',
  ': c\n\n',
  '[DONE]',
  '\ufeff',
  '{',
  '}',
  '"',
  '\\',
];

type Place = readonly (string | number)[];

interface Spot {
  readonly place: Place;
  readonly junk: unknown;
  readonly isGone: boolean;
}

/** Every place of a value, so that each can be spoilt. */
const placesIn = (value: unknown, path: Place = []): Place[] => {
  const children = Array.isArray(value)
    ? value.map((inner, at) => [at, inner] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [
    ...(path.length > 0 ? [path] : []),
    ...children.flatMap(([key, inner]) => placesIn(inner, [...path, key])),
  ];
};

const spoiltAt = (body: object, spots: readonly Spot[]): object => {
  const spoilt = structuredClone(body);
  for (const { place, junk: value, isGone } of spots)
    spoil(spoilt, place, (parent, key) => {
      if (isGone) delete parent[key];
      else parent[key] = structuredClone(value);
    });
  return spoilt;
};

const spoil = (
  value: unknown,
  [key, ...rest]: Place,
  change: (parent: Record<string | number, unknown>, key: string | number) => void,
): void => {
  const parent = value as Record<string | number, unknown>;
  if (key === undefined || parent === null || typeof parent !== 'object') return;
  if (rest.length === 0) change(parent, key);
  else spoil(parent[key], rest, change);
};
