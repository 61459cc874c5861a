import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Tier } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import type { OutcomeReader } from '../ledger/signals.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import type { ImplicitSignal } from './implicit-signals.ts';
import { type LedgerRow, ledgerRows, ledgerSource } from './ledger-rows.ts';
import { namedAsIn } from './names-in-policy.ts';
import { newestRows } from './newest-rows.ts';
import { expectationOf, meansOf, type PairedLoss, pairedLoss } from './paired-loss.ts';
import {
  type PolicyShelf,
  publishTo,
  readShelf,
  readShelved,
  type ShelfState,
  shelveBase,
  writeShelf,
} from './policy-shelf.ts';
import type { TrainingRow, TrainOptions } from './trainer.ts';

/** When and from what the running gateway learns. */
export interface LearnTask {
  readonly shelf: PolicyShelf;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** So many exchanges have to be labelled anew before anything is tried. */
  readonly minLabels: number;
  readonly halfLifeMs: number;
  /** Share of the new labels, the newest of them, that is kept back to compare by. */
  readonly hold: number;
  readonly implicit: Readonly<Record<ImplicitSignal, number>>;
}

/** What a round of learning came to. */
export type LearnOutcome =
  | { readonly type: 'waiting'; readonly labels: number; readonly wanted: number }
  /** What was learnt is worse than what is in force, or there is nothing to tell by. */
  | { readonly type: 'kept'; readonly why: string; readonly loss: PairedLoss | undefined }
  | {
      readonly type: 'published';
      readonly policy: string;
      readonly before: string | undefined;
      readonly rows: number;
      readonly loss: PairedLoss;
    };

export interface LearnParts {
  readonly reader: OutcomeReader;
  /** Of a policy file; throws where it cannot be used. */
  readonly read: (bytes: Uint8Array) => { readonly predictor: Predictor; readonly file: PolicyFile };
  /** The policy that ships with the package. */
  readonly builtIn: () => Uint8Array | undefined;
  /** A policy made of another (of nothing, where there is none) and rows. */
  readonly learn: (
    base: PolicyFile | undefined,
    rows: readonly TrainingRow[],
    options: TrainOptions,
  ) => PolicyFile;
  readonly write: (file: PolicyFile) => Uint8Array;
}

/** Newest rows only: what is in memory is bounded, whatever the ledger holds. */
const most = { rows: 50_000, askChars: 200_000_000 };
/** Fewer rows than these to compare by say nothing. */
const leastHeld = 5;
const seed = 1;

/**
 * One round: reads what was said since the last, learns from the older part of it, compares old and new on
 * the newest, and publishes what is not worse, made of all of it. Always goes out from the policy that was
 * there before any of this, so that no label counts twice. Blocks its thread.
 */
export const learnOnce = (task: LearnTask, parts: LearnParts): LearnOutcome => {
  const { shelf, now, minLabels } = task;
  const { state, current } = stand(task, parts);
  const since = Math.max(state.learntUpTo, state.triedUpTo);
  const labels = parts.reader.labelledSince(since + 1);
  if (labels < minLabels) return { type: 'waiting', labels, wanted: minLabels };

  const isNews = ({ labelledAt, receivedAt }: LedgerRow) => (labelledAt ?? receivedAt) > state.baseUpTo;
  const rows = newestRows(ledgerRows(parts.reader, task), most).filter(isNews);
  const tierOf = tiersIn(rows);
  const { held, training } = split(rows, state.learntUpTo, task.hold);
  const base = state.base === null ? builtInFile(parts) : parts.read(readShelved(shelf, state.base)).file;
  const keep = (why: string, loss?: PairedLoss): LearnOutcome => {
    writeShelf(shelf, { ...state, triedUpTo: now });
    return { type: 'kept', why, loss };
  };
  if (held.length < leastHeld)
    return keep(
      `only ${held.length} labelled answers can be held out to compare by; ${leastHeld} are wanted`,
    );
  if (training.length === 0)
    return keep('all labels are of the same conversations: nothing is left to learn from');
  const learnFrom = (own: readonly TrainingRow[]): PolicyFile =>
    parts.learn(base, base ? namedAsIn(base, own) : own, {
      name: 'own',
      seed,
      tierOf,
      sources: [{ name: ledgerSource, rows: own.length }],
    });
  const candidate = parts.read(parts.write(learnFrom(training))).predictor;
  const loss = pairedLoss(
    held,
    current ? expectationOf(current, tierOf) : meansOf(training),
    expectationOf(candidate, tierOf),
    seed,
  );
  // not: unless it is better
  if (!(loss.difference.value <= 0)) return keep('what was learnt is worse on the newest labels', loss);

  const bytes = parts.write(learnFrom(rows.map(({ row }) => row)));
  const { policy } = parts.read(bytes).predictor;
  const learnt = { ...state, learntUpTo: now, triedUpTo: now };
  publishTo(shelf, learnt, bytes, { policy, at: now, why: `learnt from ${rows.length} rows of the ledger` });
  return { type: 'published', policy, before: current?.policy, rows: rows.length, loss };
};

/** Where learning stands: a policy that somebody else put in force is what it goes out from, from now on. */
const stand = (
  { shelf }: LearnTask,
  parts: LearnParts,
): { readonly state: ShelfState; readonly current: Predictor | undefined } => {
  const state = readShelf(shelf);
  if (!existsSync(shelf.inForce)) {
    const shipped = parts.builtIn();
    const begun = state.base === null && state.published.length === 0 ? state : { ...state, ...fresh };
    const read = shipped && parts.read(shipped);
    // one that knows no model is beaten by anything: the means of what was said are the better mark
    return { state: begun, current: read && read.file.models.length > 0 ? read.predictor : undefined };
  }
  const bytes = readFileSync(shelf.inForce);
  const { predictor, file } = parts.read(bytes);
  const isOurs = state.base === predictor.policy || state.published.at(-1)?.policy === predictor.policy;
  if (isOurs) return { state, current: predictor };
  shelveBase(shelf, predictor.policy, bytes);
  // trained by hand on this ledger: what was said until then it knows, and cannot be compared on
  const isOfLedger = file.sources.some(({ name }) => name === ledgerSource);
  const known = isOfLedger ? Math.floor(statSync(shelf.inForce).mtimeMs) : 0;
  const next = { ...state, ...fresh, base: predictor.policy, baseUpTo: known, learntUpTo: known };
  writeShelf(shelf, next);
  return { state: next, current: predictor };
};

const fresh = { base: null, baseUpTo: 0, published: [], learntUpTo: 0, triedUpTo: 0 };

const builtInFile = ({ builtIn, read }: LearnParts): PolicyFile | undefined => {
  const shipped = builtIn();
  return shipped && read(shipped).file;
};

/** The tier in which a model answered last. */
const tiersIn = (rows: readonly LedgerRow[]): ((model: string) => Tier) => {
  const tiers = new Map<string, Tier>();
  for (const { model, tier } of rows) if (!tiers.has(model)) tiers.set(model, tier);
  return (model) => tiers.get(model) ?? 'mid';
};

interface Split {
  readonly held: readonly TrainingRow[];
  readonly training: readonly TrainingRow[];
}

/** Whole groups of the newest labels that nothing in force has learnt from, against all the rest. */
const split = (rows: readonly LedgerRow[], learntUpTo: number, hold: number): Split => {
  const isNew = ({ from, labelledAt = 0 }: LedgerRow) => from === 'label' && labelledAt > learntUpTo;
  const wanted = rows.filter(isNew).length * hold;
  const groups = new Set<string>();
  let count = 0;
  for (const ledgerRow of rows) {
    if (!isNew(ledgerRow)) continue;
    if (count >= wanted && !groups.has(ledgerRow.row.group)) continue;
    groups.add(ledgerRow.row.group);
    count += 1;
  }
  return {
    held: rows.filter((one) => isNew(one) && groups.has(one.row.group)).map(({ row }) => row),
    training: rows.filter(({ row }) => !groups.has(row.group)).map(({ row }) => row),
  };
};
