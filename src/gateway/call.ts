import { costOf } from '../catalog/cost.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import { addMoney, usdText } from '../core/money.ts';
import type { ReplyCall } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import { pathFor } from '../providers/endpoint-for.ts';
import type { Health, Seat } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import { ask } from './ask.ts';
import type { Asking, ToldReply } from './asking.ts';
import { answerHeaders, attemptsHeader, earlyHeaders, modelHeaders } from './headers.ts';
import type { Heard, HeardSoFar } from './heard.ts';
import { noteHealth } from './note-health.ts';
import type { Outlet } from './outlet.ts';
import { attemptOf } from './settle.ts';
import type { Snapshot } from './snapshot.ts';
import type { Tally } from './tally.ts';
import type { Prepared, Target } from './target.ts';
import type { Timing } from './timing.ts';

export interface CallParts {
  readonly egress: Egress;
  readonly health: Health;
  readonly world: World;
}

/** One call about to be made. */
export interface Calling {
  readonly decided: Decided;
  readonly target: Target;
  readonly credential: Credential;
  readonly prepared: Prepared;
  readonly intent: Intent;
  readonly snapshot: Snapshot;
  readonly outlet: Outlet;
  readonly timing: Timing;
  /** The calls of this request that are over. */
  readonly before: Pick<Tally, 'cost' | 'told'>;
}

/** Calls one model with one credential: once. */
export class Call implements Asking {
  readonly #calling: Calling;
  readonly #parts: CallParts;
  readonly #seat: Seat;
  readonly #startedMs: number;
  readonly call: UpstreamCall;

  constructor(calling: Calling, parts: CallParts) {
    this.#calling = calling;
    this.#parts = parts;
    this.#seat = { model: calling.target.model, credential: calling.credential };
    this.#startedMs = calling.timing.elapsedMs();
    this.call = upstreamCallOf(calling);
  }

  /** Never rejects but for faults of ours. */
  hear(): Promise<Heard> {
    return ask(this);
  }

  /** Once it is over: told to the health of who was asked, and priced. */
  booked(heard: Heard): Attempt {
    const { decided, target } = this.#calling;
    const { provider, isOwnKey } = target;
    noteHealth(this.#parts.health, this.#seat, heard, {
      credentials: provider.credentials,
      isOwnKey,
      isStream: decided.request.stream,
    });
    return this.#priced(heard);
  }

  get decided(): Decided {
    return this.#calling.decided;
  }

  get target(): Target {
    return this.#calling.target;
  }

  get outlet(): Outlet {
    return this.#calling.outlet;
  }

  get egress(): Egress {
    return this.#parts.egress;
  }

  get world(): World {
    return this.#parts.world;
  }

  get keepsText(): boolean {
    return this.#calling.snapshot.storesTexts;
  }

  /** Of those who have to write an answer: bytes that pass need none. */
  get replyCall(): ReplyCall {
    const { decided, target } = this.#calling;
    return {
      request: decided.request,
      exchangeId: decided.id,
      modelName: target.model.name,
      createdSec: Math.floor(decided.receivedAt / 1000),
      estimatedPromptTokens: decided.decision.features.promptTokens,
      owner: { provider: target.provider.name, model: target.model.name },
    };
  }

  headers(reply: ToldReply | undefined): Record<string, string> {
    const { decided, target, prepared, snapshot, timing, before } = this.#calling;
    const { model } = target;
    this.#parts.health.answered(this.#seat);
    timing.mark('upstream');
    const cost = reply?.hasUsage ? costOf(reply.usage, model.prices, reply.serviceTier) : undefined;
    const headers = answerHeaders(
      decided,
      model,
      prepared.warnings,
      cost === undefined ? cost : addMoney(before.cost, cost),
      snapshot.tellsTiming ? timing : undefined,
    );
    const { told } = before;
    return told === undefined ? headers : { ...headers, ...attemptsHeader(told, model) };
  }

  earlyHeaders(): Record<string, string> {
    const { decided, before } = this.#calling;
    return earlyHeaders(decided, before.told !== undefined);
  }

  trailers(soFar: HeardSoFar, isEarly: boolean): Record<string, string> {
    const { target, before } = this.#calling;
    const { told } = before;
    return {
      ...(isEarly && modelHeaders(target.model)),
      ...(isEarly && told !== undefined && attemptsHeader(told, target.model)),
      'x-tierwise-cost': usdText(addMoney(before.cost, this.#priced({ ...soFar, outcome: 'ok' }).cost)),
    };
  }

  #priced(heard: Heard): Attempt {
    const { intent, target, timing } = this.#calling;
    const { model, provider } = target;
    const { goesOnUnheard = false } = provider.kind;
    const totalMs = timing.elapsedMs() - this.#startedMs;
    return attemptOf(heard, intent, model, this.#startedMs, totalMs, goesOnUnheard);
  }
}

const upstreamCallOf = ({ decided, target, credential, prepared }: Calling): UpstreamCall => {
  const { model, provider, endpoint, isOwnKey } = target;
  const path = pathFor(endpoint, model.name, decided.request.stream);
  const call: UpstreamCall = {
    provider,
    credential,
    path,
    query: path.includes('?') ? prepared.query.replace('?', '&') : prepared.query,
    method: 'POST',
    headers: provider.kind.exchangeHeader
      ? { ...prepared.headers, [provider.kind.exchangeHeader]: decided.id }
      : prepared.headers,
    body: prepared.body,
  };
  const ownKey = isOwnKey ? decided.ownKey?.secret : undefined;
  const { envelope } = endpoint;
  return ownKey === undefined && !envelope
    ? call
    : { ...call, ...(envelope && { envelope }), ...(ownKey !== undefined && { ownKey }) };
};
