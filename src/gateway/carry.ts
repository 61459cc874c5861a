import { costOf } from '../catalog/index.ts';
import type { Block, ChatRequest, ReasoningOwner } from '../core/chat.ts';
import type { Decided } from '../core/exchange.ts';
import type { Capabilities, Model, ModelId } from '../core/model.ts';
import { noMoney } from '../core/money.ts';
import { type WithoutHosted, withoutHosted } from '../dialects/hosted-tools.ts';
import { isBeginning } from '../sessions/beginning.ts';
import { type CacheAt, cacheAt } from '../sessions/cache-at.ts';
import { opaqueOf, readThoughts } from '../sessions/history.ts';
import { KeptReasoning } from '../sessions/kept-reasoning.ts';
import { type Candidate, cutFor } from '../sessions/portability.ts';
import { prefixOf } from '../sessions/prefix.ts';
import type { Spent } from '../sessions/session-course.ts';
import { type SessionMemory, warmthOf } from '../sessions/session-memory.ts';
import { stripReasoning } from '../sessions/strip.ts';
import type { Vault } from '../sessions/vault.ts';
import type { Heard } from './heard.ts';
import { type Listening, listening } from './listening.ts';
import { Repair } from './repair.ts';
import { cutAtStop } from './stop-cutter.ts';
import { isToBeStored, keepResponse } from './stored-keeping.ts';
import { remembering } from './stored-output.ts';
import type { StoredResponses } from './stored-responses.ts';
import { emulatesStop, type Target } from './target.ts';
import { tenantOf } from './tenant.ts';

/** What goes from one answer of a conversation to the next request, beside what its caller sends along. */
export interface Carrier {
  readonly memory: SessionMemory;
  readonly vault: Vault;
  readonly stored: StoredResponses;
}

/** A request as one model may have it (`docs/reference/portability.md`). */
export interface Carried {
  /** For a translation. */
  readonly request: ChatRequest;
  /** What is cut out of bytes that pass. */
  readonly cut: ReadonlySet<string>;
  /** Kinds of tools that only the caller's vendor runs, and that this one is not told of. */
  readonly leftOut: readonly string[];
  /** Some of what the caller sent along had to stay behind. */
  readonly isLossy: boolean;
  /** The same without any opaque reasoning, for a vendor that refused what is left; undefined where nothing is. */
  withoutThoughts(): Carried | undefined;
  /** Where answers are held to what the caller asked for. */
  readonly repair: Repair | undefined;
  /** The same target, heard: one for each call. */
  listen(): Listening;
  /** After an answer: what the next request of the conversation needs to know of it. */
  note(listening: Listening, heard: Heard, credential: string | undefined): void;
}

/** Gives back what was kept for the conversation, and leaves out what this target would refuse. */
export const carryOver = (
  asked: Decided,
  target: Target,
  modelOf: (id: ModelId) => Model | undefined,
  carrier: Carrier,
  isBare = false,
): Carried => {
  const { vault, memory, stored } = carrier;
  const without = withoutTheirTools(asked, target);
  const decided = without ? { ...asked, request: without.request } : asked;
  const tenant = tenantOf(decided);
  const kept = new KeptReasoning(vault, tenant, decided.session);
  const capabilitiesOf = ({ provider, model }: ReasoningOwner): Capabilities | undefined =>
    modelOf(`${provider}/${model}` as ModelId)?.capabilities;
  const { caller, upstream, model, provider } = target;
  const isPassed = caller === upstream && !decided.isRewritten;
  const carriesItself = caller.carriesReasoning?.(decided.request) ?? false;
  const whole = isPassed ? decided.request : kept.restore(decided.request);
  const thoughts = readThoughts(whole, (data) => kept.ownerOf(data));
  const fitting = cutFor(thoughts, candidateOf(decided, target), capabilitiesOf);
  const isBound = model.capabilities.boundReasoning && !isPassed;
  const isBroken = isBound && !kept.isUnbroken(stripReasoning(whole, fitting));
  const cut = isBare || isBroken ? new Set(thoughts.map(({ opaque }) => opaque.data)) : fitting;
  const request = stripReasoning(whole, cut);
  const owner: ReasoningOwner = { provider: provider.name, model: model.name };
  const repair = !isPassed && Repair.isNeeded(request) ? new Repair(request, model) : undefined;
  return {
    request,
    cut,
    leftOut: without?.leftOut ?? nobodys,
    isLossy: cut.size > 0 && decided.request.turns.some(({ blocks }) => blocks.some(isIn(cut))),
    withoutThoughts: () =>
      thoughts.every(({ opaque }) => cut.has(opaque.data))
        ? undefined
        : carryOver(asked, target, modelOf, carrier, true),
    repair,
    listen: () => {
      if (isPassed) return listening(target);
      const told = emulated(target, decided.request, repair);
      if (!isToBeStored(decided)) return listening(told);
      const { dialect, answer } = remembering(told.caller);
      return listening({ ...told, caller: dialect }, answer);
    },
    note: (listened, heard, credential) => {
      const holder = { provider: provider.name, credential, model: model.id };
      keepResponse(decided, listened, heard, holder, stored);
      if (heard.outcome !== 'ok') return;
      if (isOfConversation(decided))
        memory.note(tenant, decided.session, {
          model: model.id,
          provider: provider.name,
          credential,
          isToolLoop: heard.endReason === 'tool-calls',
          ...warmthOf(heard.usage, decided.receivedAt, keptUntold(target)),
          spent: spentOn(decided, target, heard),
        });
      const { turn } = listened;
      const { opaqueData } = turn ?? heard;
      if (opaqueData.length === 0) return;
      if (isPassed || isBound) kept.sign(opaqueData, owner, isBound ? prefixOf(request) : undefined);
      if (turn && !carriesItself) kept.keep(decided.request, turn, owner);
    },
  };
};

/** Titles and probes that clients send on their own, in the name of a conversation, say nothing of where it is. */
const isOfConversation = ({ decision: { features } }: Decided): boolean => features.task !== 'background';

const spentOn = (decided: Decided, { model }: Target, { usage, serviceTier }: Heard): Spent => ({
  kind: `${decided.tags.agent ?? ''}|${decided.route}`,
  isBeginning: isBeginning(
    decided.request,
    decided.decision.features.isCompacted || decided.holder !== undefined || decided.goesOnFrom !== undefined,
  ),
  usage,
  cost: usage ? costOf(usage, model.prices, serviceTier) : noMoney,
  receivedAt: decided.receivedAt,
  features: decided.decision.features,
  switching: decided.decision.switching,
});

/** Of a cache that its vendor fills without telling it in the usage; undefined where writes are told. */
const keptUntold = ({ model, endpoint }: Target): CacheAt | undefined => {
  const cache = cacheAt(model, undefined, endpoint.dialect);
  return cache.stepTokens > 0 ? cache : undefined;
};

/** What the model cannot be told is done to its answer. */
const emulated = (target: Target, { stop }: ChatRequest, repair: Repair | undefined): Target => ({
  ...target,
  ...(repair && { caller: repair.judging(target.caller) }),
  ...(emulatesStop(target, stop) && { upstream: cutAtStop(target.upstream, stop) }),
});

const nobodys: readonly string[] = [];

/** Undefined where the target has all of them, or the route would rather refuse. */
const withoutTheirTools = (
  { request, decision }: Decided,
  { caller, upstream }: Target,
): WithoutHosted | undefined =>
  decision.leavesOutHostedTools && caller !== upstream ? withoutHosted(request) : undefined;

const candidateOf = ({ request }: Decided, { model, endpoint }: Target): Candidate => ({
  provider: model.provider,
  model: model.name,
  dialect: endpoint.dialect,
  capabilities: model.capabilities,
  isNamed: request.model === model.name || request.model === model.id,
});

const isIn =
  (cut: ReadonlySet<string>) =>
  (block: Block): boolean => {
    const opaque = opaqueOf(block);
    return opaque !== undefined && cut.has(opaque.data);
  };
