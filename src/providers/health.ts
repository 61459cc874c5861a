import type { ErrorCode } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { ErrorClass } from '../core/reply.ts';
import type { World } from '../kit/world.ts';
import { Circuit } from './circuit.ts';
import type { Credential } from './provider.ts';
import { type AnswerKind, TrackRecord } from './track-record.ts';

/** A model, asked with one of its provider's credentials. */
export interface Seat {
  readonly model: Pick<Model, 'id'>;
  readonly credential: Credential;
}

/** What went wrong with a call. */
export interface SeatFailure {
  readonly class: ErrorClass;
  readonly retryAfterMs?: number;
}

/** A longer "retry after" is taken for a mistake. */
const longestPauseMs = 3_600_000;
/** For anything but a rate limit. */
const longestOutageMs = 60_000;
/** A refused key is looked at again so often. */
const quarantineMs = 60_000;

/** Why a credential is left alone. */
export interface Pause {
  readonly code: Extract<ErrorCode, 'rate-limited' | 'upstream-auth'>;
  /** What its provider did. */
  readonly says: string;
}

interface Account {
  /** Another key under the same name is another account. */
  readonly key: string | undefined;
  pausedUntilMs: number;
  pause: Pause | undefined;
  readonly seats: Map<string, State>;
}

interface State {
  readonly circuit: Circuit;
  readonly record: TrackRecord;
}

/**
 * Who is to be left alone for a while. A credential: for as long as it was told to wait, or while its
 * key is refused. A model with a credential: after five failures in a row, for ten
 * seconds, then for as long as one probe at a time fails. Who is only worse than the others is asked after them.
 */
export class Health {
  readonly #accounts = new Map<string, Account>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** `isOwnKey`: it is the caller's own, so what befell the configured one does not count. */
  mayAsk({ model, credential }: Seat, isOwnKey = false): boolean {
    const account = this.#known(credential);
    if (!account) return true;
    const nowMs = this.#world.monotonicMs();
    if (!isOwnKey && account.pausedUntilMs > nowMs) return false;
    return account.seats.get(model.id)?.circuit.mayAsk(nowMs) ?? true;
  }

  /** Whether one of these credentials may ask the model. */
  isHealthy(model: Pick<Model, 'id'>, credentials: readonly Credential[]): boolean {
    for (const credential of credentials) if (this.mayAsk({ model, credential })) return true;
    return false;
  }

  /** Why the credential is left alone just now, whatever the model. */
  pause(credential: Credential): Pause | undefined {
    const account = this.#known(credential);
    return account && account.pausedUntilMs > this.#world.monotonicMs() ? account.pause : undefined;
  }

  /** How long until the seat may be asked. */
  waitMs({ model, credential }: Seat): number {
    const account = this.#known(credential);
    if (!account) return 0;
    const nowMs = this.#world.monotonicMs();
    const circuitMs = account.seats.get(model.id)?.circuit.waitMs(nowMs) ?? 0;
    return Math.max(account.pausedUntilMs - nowMs, circuitMs, 0);
  }

  /** Much worse than others of late: to be asked after them. */
  isEjected({ model, credential }: Seat): boolean {
    const state = this.#known(credential)?.seats.get(model.id);
    return state?.record.isEjected(this.#world.monotonicMs()) ?? false;
  }

  /** Before a call, told at its end: the first one after a pause is the probe. False where the seat is to be left alone. */
  begin(seat: Seat, isOwnKey = false): boolean {
    const mayAsk = this.mayAsk(seat, isOwnKey);
    const state = this.#known(seat.credential)?.seats.get(seat.model.id);
    if (mayAsk && state) {
      const nowMs = this.#world.monotonicMs();
      state.circuit.begin(nowMs);
      state.record.begin(nowMs);
    }
    return mayAsk;
  }

  /** The first sign of an answer: nobody has to wait for its end. */
  answered(seat: Seat): void {
    this.#known(seat.credential)?.seats.get(seat.model.id)?.circuit.succeeded(this.#world.monotonicMs());
  }

  /** Heard to its end. `siblings`: the credentials it might have been asked with. */
  succeeded(seat: Seat, kind: AnswerKind, latencyMs: number, siblings: readonly Credential[]): void {
    const nowMs = this.#world.monotonicMs();
    const { circuit, record } = this.#state(seat);
    circuit.succeeded(nowMs);
    record.succeeded(nowMs, kind, latencyMs, this.#othersMs(seat, kind, siblings));
  }

  /** Answered, but with a no that is the request's own fault: well enough. */
  refused(seat: Seat): void {
    const state = this.#known(seat.credential)?.seats.get(seat.model.id);
    state?.circuit.succeeded(this.#world.monotonicMs());
    state?.record.abandoned();
  }

  /** A caller that hung up says nothing about the model, but a probe must not be waited for for ever. */
  abandoned(seat: Seat): void {
    const state = this.#known(seat.credential)?.seats.get(seat.model.id);
    state?.circuit.abandoned();
    state?.record.abandoned();
  }

  failed(seat: Seat, failure: SeatFailure): void {
    const nowMs = this.#world.monotonicMs();
    const account = this.#account(seat.credential);
    const pauseMs = accountPauseMs(failure);
    if (pauseMs > 0) {
      account.pausedUntilMs = Math.max(account.pausedUntilMs, nowMs + pauseMs);
      account.pause = pauses[failure.class] ?? waiting;
      this.abandoned(seat);
      return;
    }
    const { circuit, record } = this.#state(seat);
    circuit.failed(nowMs, Math.min(failure.retryAfterMs ?? 0, longestOutageMs));
    record.failed(nowMs);
  }

  /** The median of what the others take. */
  #othersMs(
    { model, credential }: Seat,
    kind: AnswerKind,
    siblings: readonly Credential[],
  ): number | undefined {
    if (siblings.length < 2) return undefined;
    const known: number[] = [];
    for (const sibling of siblings) {
      if (sibling === credential) continue;
      const ms = this.#known(sibling)?.seats.get(model.id)?.record.latencyMs(kind);
      if (ms !== undefined) known.push(ms);
    }
    return known.sort((one, other) => one - other)[Math.floor((known.length - 1) / 2)];
  }

  #known({ name, key }: Credential): Account | undefined {
    const account = this.#accounts.get(name);
    return account?.key === key ? account : undefined;
  }

  #account(credential: Credential): Account {
    let account = this.#known(credential);
    if (!account) {
      account = { key: credential.key, pausedUntilMs: 0, pause: undefined, seats: new Map() };
      this.#accounts.set(credential.name, account);
    }
    return account;
  }

  #state({ model, credential }: Seat): State {
    const { seats } = this.#account(credential);
    let state = seats.get(model.id);
    if (!state) {
      state = { circuit: new Circuit(), record: new TrackRecord() };
      seats.set(model.id, state);
    }
    return state;
  }
}

const waiting: Pause = { code: 'rate-limited', says: 'asks for a pause' };

const pauses: Partial<Record<ErrorClass, Pause>> = {
  'bad-key': { code: 'upstream-auth', says: "refused the gateway's credential" },
};

/**
 * What holds for all models of an account; 0 where the model alone is to blame. A lack of credit is not
 * such a thing: some vendors say so of one request that might cost too much, and anybody can write one.
 */
const accountPauseMs = ({ class: sort, retryAfterMs }: SeatFailure): number => {
  switch (sort) {
    case 'rate-limited':
      return Math.min(retryAfterMs ?? 0, longestPauseMs);
    case 'bad-key':
      return Math.min(retryAfterMs ?? quarantineMs, longestPauseMs);
    default:
      return 0;
  }
};

/**
 * Puts those that did worse of late behind the others, but never more than half of them: where most do
 * badly it is not they that are to blame.
 */
export const demote = <Item>(items: readonly Item[], isEjected: (item: Item) => boolean): readonly Item[] => {
  if (items.length < 2 || !items.some(isEjected)) return items;
  const first: Item[] = [];
  const last: Item[] = [];
  const most = Math.floor(items.length / 2);
  for (const item of items) {
    if (last.length < most && isEjected(item)) last.push(item);
    else first.push(item);
  }
  return [...first, ...last];
};
