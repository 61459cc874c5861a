import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../core/errors.ts';
import { replaceFile } from '../kit/replace-file.ts';

/** A policy that was in force, kept to go back to. */
const shelved = z.object({
  /** Name and version: "own@3f2a9c41". */
  policy: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Why it was put in force, in plain words. */
  why: z.string(),
});
export type Shelved = z.output<typeof shelved>;

const shelfState = z.object({
  format: z.literal('tierwise-shelf/1'),
  /** What learning goes out from; null where that ships with the package, or there is none. */
  base: z.string().nullable(),
  /** Labels up to here are in the base already: it was trained on this ledger. */
  baseUpTo: z.number().default(0),
  /** Policies that were published, newest last; the last is the one in force. */
  published: z.array(shelved),
  /** Labels up to here have been learnt from. */
  learntUpTo: z.number(),
  /** With labels up to here, the last try was made. */
  triedUpTo: z.number(),
});
export type ShelfState = z.output<typeof shelfState>;

/** The folder with older policies, and the file that is in force. */
export interface PolicyShelf {
  readonly folder: string;
  readonly inForce: string;
}

/** Published policies that are kept to go back to. */
const mostKept = 5;

const emptyShelf: ShelfState = {
  format: 'tierwise-shelf/1',
  base: null,
  baseUpTo: 0,
  published: [],
  learntUpTo: 0,
  triedUpTo: 0,
};

export const readShelf = ({ folder }: PolicyShelf): ShelfState => {
  const path = join(folder, stateName);
  if (!existsSync(path)) return emptyShelf;
  try {
    return shelfState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new GatewayError(
      'invalid-config',
      `${path} cannot be read; remove it, and learning begins again from the policy in force.`,
      { cause },
    );
  }
};

export const writeShelf = (shelf: PolicyShelf, state: ShelfState): void =>
  replace(join(shelf.folder, stateName), JSON.stringify(state, null, 2));

/** Keeps a policy that others are made from. */
export const shelveBase = (shelf: PolicyShelf, policy: string, bytes: Uint8Array): void =>
  replace(fileOf(shelf, policy), bytes);

export const readShelved = (shelf: PolicyShelf, policy: string): Buffer =>
  readFileSync(fileOf(shelf, policy));

/** Puts a policy in force and keeps it; of those before it, the newest few stay. */
export const publishTo = (
  shelf: PolicyShelf,
  state: ShelfState,
  bytes: Uint8Array,
  published: Shelved,
): ShelfState => {
  replace(fileOf(shelf, published.policy), bytes);
  const all = [...state.published.filter(({ policy }) => policy !== published.policy), published];
  const next = { ...state, published: all.slice(-mostKept) };
  writeShelf(shelf, next);
  replace(shelf.inForce, bytes);
  for (const { policy } of all.slice(0, -mostKept))
    if (policy !== state.base) rmSync(fileOf(shelf, policy), { force: true });
  return next;
};

/** A policy that was put in force, and its bytes. */
export interface Shelvable {
  readonly policy: string;
  readonly bytes: Uint8Array;
}

/**
 * Puts a policy in force that somebody chose, and keeps the one before it to go back to. Learning goes out
 * from it, with the labels that come from now on and those before.
 */
export const putInForce = (
  shelf: PolicyShelf,
  { policy, bytes }: Shelvable,
  before: Shelvable | undefined,
  now: number,
): ShelfState => {
  const state = readShelf(shelf);
  const isKept = before === undefined || state.published.at(-1)?.policy === before.policy;
  if (!isKept) shelveBase(shelf, before.policy, before.bytes);
  const published = isKept
    ? state.published
    : [
        ...state.published.filter((one) => one.policy !== before.policy),
        { policy: before.policy, at: now, why: 'was in force' },
      ];
  const begun = { ...state, published, base: policy, learntUpTo: 0, triedUpTo: 0 };
  return publishTo(shelf, begun, bytes, { policy, at: now, why: 'published from a file' });
};

/**
 * Puts the policy before the one in force back in its place; learning then waits for new labels. Throws
 * `invalid-config` where there is none before it.
 */
export const rollBack = (shelf: PolicyShelf, now: number): { readonly from: string; readonly to: string } => {
  const state = readShelf(shelf);
  const dropped = state.published.at(-1);
  const to = state.published.at(-2)?.policy ?? state.base;
  if (!dropped || to === null || to === dropped.policy)
    throw new GatewayError(
      'invalid-config',
      `There is no policy to go back to in ${shelf.folder}: name another file under "policy" instead.`,
    );
  replace(shelf.inForce, readShelved(shelf, to));
  const base = state.base === dropped.policy ? to : state.base;
  writeShelf(shelf, { ...state, base, published: state.published.slice(0, -1), triedUpTo: now });
  return { from: dropped.policy, to };
};

const stateName = 'shelf.json';

const fileOf = ({ folder }: PolicyShelf, policy: string): string =>
  join(folder, `${policy.replaceAll(/[^\w@.-]/g, '_')}.json`);

/** What learning keeps is nobody else's to read. */
const replace = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceFile(path, content, 0o600);
};
