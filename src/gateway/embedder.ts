import { hash } from 'node:crypto';
import { costOf } from '../catalog/cost.ts';
import type { EmbeddingNote } from '../core/decision.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import type { ModelId, Prices } from '../core/model.ts';
import { noMoney } from '../core/money.ts';
import type { EmbeddingKind } from '../core/prediction.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import type { World } from '../kit/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Circuit } from '../providers/circuit.ts';
import { type Embedded, embedTexts, type OngoingEmbedding } from '../providers/embed-texts.ts';
import type { Health } from '../providers/health.ts';
import type { Credential, Provider } from '../providers/provider.ts';
import type { Egress } from '../providers/send.ts';
import { embeddingText, foldEmbedding } from '../routing/classifier/embedding.ts';
import { intentFor } from './intent.ts';
import type { Outlet } from './outlet.ts';
import { tenantOf } from './tenant.ts';
import type { Timing } from './timing.ts';

/** Who is asked for embeddings, as the configuration has it. */
export interface EmbeddingSource {
  readonly provider: Provider;
  /** As its vendor calls it. */
  readonly model: string;
  /** "openai/text-embedding-3-small": what the ledger calls it. */
  readonly id: ModelId;
  /** Undefined where nobody knows what it costs. */
  readonly prices: Prices | undefined;
  /** Undefined: as many as the model makes by itself. */
  readonly dimensions: number | undefined;
  /** So long a decision waits at most. */
  readonly deadlineMs: number;
  /** Asks whose embeddings are remembered. */
  readonly cached: number;
  /** What the policy in force was trained with, where this source can give it. */
  readonly kind: () => EmbeddingKind | undefined;
}

export interface EmbedderParts {
  readonly egress: Egress;
  readonly ledger: Ledger;
  readonly health: Health;
  readonly world: World;
}

/** One request that could be decided better with an embedding. */
export interface EmbedQuestion {
  readonly source: EmbeddingSource;
  readonly kind: EmbeddingKind;
  /** Decided without: who asks, and what is kept of the call before it is made. */
  readonly decided: Decided;
  readonly outlet: Outlet;
  readonly timing: Timing;
}

/** What came of it. */
export interface EmbedAnswer {
  readonly note: EmbeddingNote;
  readonly embedding?: Float32Array;
  /** The call that was made, to be paid for. */
  readonly attempt?: Attempt;
}

/**
 * Asks an embeddings endpoint for what a policy wants to see of an ask, and waits for it no longer than it may.
 * An ask that was there before is remembered. Who fails, or comes late, five times in a row is left alone for ten
 * seconds; then one call at a time finds out whether it is well again.
 */
export class Embedder {
  readonly #parts: EmbedderParts;
  readonly #cache = new Map<string, Float32Array>();
  readonly #circuits = new WeakMap<Provider, Map<string, Circuit>>();

  constructor(parts: EmbedderParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async ask(question: EmbedQuestion): Promise<EmbedAnswer> {
    const { source, kind, decided, timing } = question;
    const startedMs = timing.elapsedMs();
    const text = embeddingText(decided.ask ?? '');
    // by caller: who is told "cached" would know what another one has asked
    const asked = [tenantOf(decided), source.id, kind.dimensions, text];
    const key = hash('sha256', JSON.stringify(asked), 'base64');
    const known = this.#remembered(key);
    const answer = (
      outcome: EmbeddingNote['outcome'],
      rest: Omit<EmbedAnswer, 'note'> = {},
    ): EmbedAnswer => ({
      note: { model: source.id, outcome, waitedMs: Math.round(timing.elapsedMs() - startedMs) },
      ...rest,
    });
    if (known) return answer('cached', { embedding: known });
    const credential = source.provider.credentials.find((one) => !this.#parts.health.pause(one));
    const circuit = this.#circuitOf(source);
    const nowMs = this.#parts.world.monotonicMs();
    if (!credential || !circuit.mayAsk(nowMs)) return answer('resting');
    circuit.begin(nowMs);
    const made = await this.#call(text, credential, question);
    const attempt = made.attempt && { attempt: made.attempt };
    const { embedded, isUnheard } = made;
    if (isUnheard) {
      circuit.abandoned();
      return answer('late', attempt);
    }
    const vector = embedded?.ok ? embedded.vectors[0] : undefined;
    const fits = vector?.length === kind.dimensions;
    const embedding = fits ? foldEmbedding(vector) : undefined;
    if (!embedding) {
      circuit.failed(this.#parts.world.monotonicMs(), 0);
      return answer(embedded ? 'failed' : 'late', attempt);
    }
    circuit.succeeded(this.#parts.world.monotonicMs());
    this.#remember(key, embedding, source.cached);
    return answer('answered', { embedding, ...attempt });
  }

  async #call(text: string, credential: Credential, question: EmbedQuestion): Promise<Made> {
    const { source, kind, decided, outlet, timing } = question;
    const { provider, model, dimensions, deadlineMs } = source;
    const { egress, ledger } = this.#parts;
    const startedMs = timing.elapsedMs();
    const ending = endOf(deadlineMs, outlet);
    let ongoing: OngoingEmbedding | undefined;
    const attempt = (embedded: Embedded | undefined, isUnheard: boolean): Attempt =>
      attemptOf({
        ...{ source, kind, decided, embedded, isUnheard, text, startedMs },
        totalMs: timing.elapsedMs() - startedMs,
        wasSent: ongoing?.wasSent ?? false,
      });
    try {
      // what cannot be kept is not sent; the request itself will say so, if it still is so then
      const kept = ledger.intend(intentOf(decided, source, text)).then(yes, no);
      const isKept = await Promise.race([kept, ending.ended]);
      if (isKept !== true) return { embedded: undefined, isUnheard: true };
      ongoing = embedTexts({ provider, credential, model, dimensions, texts: [text] }, egress);
      const embedded = await Promise.race([ongoing.embedded, ending.ended]);
      if (typeof embedded !== 'string')
        return { embedded, isUnheard: false, attempt: attempt(embedded, false) };
      ongoing.abort();
      const isUnheard = embedded === 'gone';
      return { embedded: undefined, isUnheard, attempt: attempt(undefined, isUnheard) };
    } finally {
      ending.clear();
    }
  }

  #circuitOf({ provider, model }: EmbeddingSource): Circuit {
    const circuits = this.#circuits.get(provider) ?? new Map<string, Circuit>();
    this.#circuits.set(provider, circuits);
    const circuit = circuits.get(model) ?? new Circuit();
    circuits.set(model, circuit);
    return circuit;
  }

  /** Whoever was asked for last goes last. */
  #remembered(key: string): Float32Array | undefined {
    const known = this.#cache.get(key);
    if (!known) return undefined;
    this.#cache.delete(key);
    this.#cache.set(key, known);
    return known;
  }

  #remember(key: string, embedding: Float32Array, most: number): void {
    this.#cache.set(key, embedding);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= most) break;
      this.#cache.delete(oldest);
    }
  }
}

interface Made {
  /** Undefined where nothing came in time. */
  readonly embedded: Embedded | undefined;
  /** Nobody waits any more, or the call could not be kept: that says nothing of the endpoint. */
  readonly isUnheard: boolean;
  readonly attempt?: Attempt;
}

const yes = (): true => true;
const no = (): false => false;

interface Ending {
  readonly ended: Promise<'late' | 'gone'>;
  clear(): void;
}

/** Whatever comes first: the deadline, or that nobody waits any more. */
const endOf = (deadlineMs: number, outlet: Outlet): Ending => {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<'late' | 'gone'>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, 'late');
    const stop = (): void => resolve('gone');
    outlet.onGone(stop);
    outlet.onCut(stop);
  });
  return { ended, clear: () => clearTimeout(timer) };
};

/** No model makes more tokens of a text than it has bytes. */
const boundOf = (text: string): Usage => ({ ...noUsage, inputTokens: Buffer.byteLength(text) });

const chargeOf = (usage: Usage, { prices }: EmbeddingSource) => (prices ? costOf(usage, prices) : noMoney);

const versionOf = ({ prices }: EmbeddingSource): string => prices?.version ?? 'unknown';

const intentOf = (decided: Decided, source: EmbeddingSource, text: string): Intent => {
  const reservedUsage = boundOf(text);
  const call = {
    attempt: 0,
    model: source.id,
    reserved: chargeOf(reservedUsage, source),
    reservedUsage,
    priceVersion: versionOf(source),
  };
  return { ...intentFor(decided, call), isBeforehand: true };
};

interface Ended extends Pick<EmbedQuestion, 'source' | 'kind' | 'decided'>, Omit<Made, 'attempt'> {
  readonly text: string;
  readonly startedMs: number;
  readonly totalMs: number;
  readonly wasSent: boolean;
}

const attemptOf = (ended: Ended): Attempt => {
  const { source, kind, embedded, isUnheard, text, startedMs, totalMs, wasSent } = ended;
  const status = embedded?.status ?? null;
  const vector = embedded?.ok ? embedded.vectors[0] : undefined;
  const problem = !embedded
    ? { code: isUnheard ? ('client-gone' as const) : null, message: lateText(ended) }
    : !embedded.ok
      ? { code: embedded.code, message: embedded.message }
      : vector?.length !== kind.dimensions
        ? {
            code: 'upstream-bad' as const,
            message: `answered with ${vector?.length} numbers, and the policy was trained on ${kind.dimensions}`,
          }
        : undefined;
  const told = embedded?.ok ? embedded.tokens : undefined;
  // refused is free, and what was broken off may have been worked out all the same
  const isCharged = wasSent && (status === null || (status >= 200 && status < 300));
  const usage: Usage = isCharged
    ? { ...noUsage, inputTokens: told ?? Math.ceil(Buffer.byteLength(text) / 3) }
    : noUsage;
  return {
    model: source.id,
    provider: source.provider.name,
    tier: 'light',
    startedMs,
    firstByteMs: null,
    totalMs,
    status,
    outcome: embedded ? (problem ? 'failed' : 'ok') : 'cancelled',
    code: problem?.code ?? null,
    message: problem?.message ?? null,
    usage,
    cost: chargeOf(usage, source),
    isEstimated: isCharged && (told === undefined || source.prices === undefined),
    upstreamId: null,
    endReason: null,
    priceVersion: versionOf(source),
    role: 'embedding',
  };
};

const lateText = ({ isUnheard, source }: Ended): string =>
  isUnheard ? 'nobody waited any more' : `took longer than the ${source.deadlineMs} ms it has`;
