import { costOf } from '../../src/catalog/index.ts';
import type { Model, ModelId, Tier } from '../../src/core/model.ts';
import { noUsage, type Usage } from '../../src/core/usage.ts';
import type { AgentWorkload, CallPattern } from './agent-workload.ts';

/** Something a person wants of an agent. All that is left to chance is drawn beforehand, the same for every policy. */
export interface SimulatedAsk {
  readonly difficulty: number;
  /** Difficulty as a predictor sees it. */
  readonly seen: number;
  readonly pauseMs: number;
  readonly calls: readonly CallPattern[];
  /** What is done once more where it failed and the user asks again; undefined where the user gives up. */
  readonly again: readonly CallPattern[] | undefined;
  /** A model solves it whose chance is higher; the second is for the second try. */
  readonly luck: readonly [number, number];
  /** Failure is seen in the results of tools. */
  readonly showsErrors: boolean;
  /** How each call looks by itself, beside `seen`. */
  readonly noise: readonly number[];
}

export interface SimulatedSession {
  readonly firstPrompt: number;
  readonly asks: readonly SimulatedAsk[];
}

/** Put together from recorded stretches. `random`: uniform in [0, 1). */
export const drawSession = (workload: AgentWorkload, random: () => number): SimulatedSession => {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const count = pick(workload.asks);
  return {
    firstPrompt: pick(workload.firstPrompts),
    asks: Array.from({ length: count }, (_, at) => {
      const difficulty = random();
      const calls = pick(workload.stretches);
      const again = pick(workload.stretches);
      return {
        difficulty,
        seen: difficulty + 0.15 * normal(),
        pauseMs: at === 0 ? 0 : pick(workload.pausesMs),
        calls,
        again: random() < 0.8 ? again : undefined,
        luck: [random(), random()],
        showsErrors: random() < 0.7,
        noise: Array.from({ length: calls.length + again.length }, () => 0.1 * normal()),
      };
    }),
  };
};

/**
 * Chosen so that, with difficulties spread evenly, the tiers solve the shares of tasks that GPT-5 Mini, Haiku 4.5
 * and Opus 4.6 solved of the recorded coding tasks.
 */
const ability: Readonly<Record<Tier, number>> = { light: 0.56, mid: 0.67, frontier: 0.76 };
const blur = 0.06;
export const chanceOf = (tier: Tier, difficulty: number): number =>
  1 / (1 + Math.exp((difficulty - ability[tier]) / blur));

/** The cheapest tier that is likely to solve it. */
export const tierFor = (difficulty: number): Tier =>
  difficulty < ability.light - blur ? 'light' : difficulty < ability.mid - blur ? 'mid' : 'frontier';

/** What a policy may see of a call. */
export interface SimulatedCall {
  readonly nowMs: number;
  readonly promptTokens: number;
  readonly isToolLoop: boolean;
  readonly toolDepth: number;
  readonly toolErrors: number;
  readonly reasks: number;
  readonly isCompacted: boolean;
  /** The tier that the predictor wants for the ask, and for the call by itself. */
  readonly tierOfAsk: Tier;
  readonly tierOfCall: Tier;
}

export interface SimulatedPolicy {
  readonly name: string;
  /** Made for each session anew. */
  begin(): {
    choose(call: SimulatedCall): Model;
    answered?(model: Model, call: SimulatedCall, usage: Usage, answeredAtMs: number): void;
  };
}

export interface SessionOutcome {
  readonly costUsd: number;
  readonly solved: number;
  readonly asks: number;
  readonly switches: number;
  readonly calls: number;
}

/** An agent sums its conversation up at this length, and goes on with this many tokens (as recorded). */
const fullTokens = 167_000;
const summaryTokens = 37_000;
const summaryOutputTokens = 2000;
const lifeMs = 5 * 60_000;
const callMs = 4000;

/** Plays a session, priced call by call: every model's cache lives five minutes from its last use. */
export const play = (session: SimulatedSession, policy: SimulatedPolicy): SessionOutcome => {
  const player = policy.begin();
  const caches = new Map<ModelId, { tokens: number; usedAt: number }>();
  let [nowMs, prompt, isCompacted, costUsd, switches, calls, solved] = [
    0,
    session.firstPrompt,
    false,
    0,
    0,
    0,
    0,
  ];
  let last: Model | undefined;
  const bill = (model: Model, outputTokens: number): Usage => {
    const entry = caches.get(model.id);
    const read = entry && nowMs - entry.usedAt < lifeMs ? Math.min(entry.tokens, prompt) : 0;
    const usage = { ...noUsage, cacheReadTokens: read, cacheWrite5mTokens: prompt - read, outputTokens };
    costUsd += Number(costOf(usage, model.prices)) / 1e9;
    caches.set(model.id, { tokens: prompt, usedAt: nowMs });
    return usage;
  };
  const grow = (tokens: number): void => {
    if (last && prompt + tokens > fullTokens) {
      bill(last, summaryOutputTokens);
      caches.clear();
      prompt = summaryTokens;
      isCompacted = true;
    }
    prompt += tokens;
  };
  for (const ask of session.asks) {
    nowMs += ask.pauseMs;
    let noiseAt = 0;
    let isSolved = false;
    for (const [attempt, stretch] of [ask.calls, ask.again].entries()) {
      if (!stretch || isSolved) break;
      const luck = ask.luck[attempt] ?? 1;
      let toolErrors = 0;
      for (const [at, pattern] of stretch.entries()) {
        nowMs += pattern.gapMs;
        grow(pattern.newTokens);
        const call: SimulatedCall = {
          ...{ nowMs, isCompacted, toolErrors, promptTokens: prompt, reasks: attempt },
          ...{ isToolLoop: at > 0, toolDepth: at },
          tierOfAsk: tierFor(ask.seen),
          tierOfCall: tierFor(ask.seen + (ask.noise[noiseAt++] ?? 0)),
        };
        const model = player.choose(call);
        if (last && last.id !== model.id) switches += 1;
        last = model;
        calls += 1;
        const usage = bill(model, pattern.outputTokens);
        nowMs += callMs;
        player.answered?.(model, call, usage, nowMs);
        isSolved = luck < chanceOf(model.tier, ask.difficulty);
        const showsNow = ask.showsErrors && at >= stretch.length / 2;
        toolErrors = !isSolved && showsNow ? toolErrors + 1 : 0;
      }
    }
    if (isSolved) solved += 1;
  }
  return { costUsd, solved, asks: session.asks.length, switches, calls };
};
