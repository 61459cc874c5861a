import { type Tier, tiers } from '../core/model.ts';
import { mean } from '../kit/statistics.ts';
import { type AnswerSource, normalText, type SourcedAnswer, withoutReminders } from './answer-source.ts';
import type { OutcomeRecord } from './outcomes.ts';
import type { SimulatedModel, Wire } from './simulated-model.ts';
import type { SimulatedPrompt } from './simulated-prompt.ts';
import { countTokens } from './upstream/tokens.ts';
import { worldModels } from './world-models.ts';

/** Recorded outcomes, made into models that can be asked again. */
export interface Replay extends AnswerSource {
  /** Cheapest tier first; inside a tier the one with the best recorded mean score first. */
  readonly models: readonly SimulatedModel[];
  readonly prompts: readonly ReplayPrompt[];
  /** What was assumed where nothing was recorded: to be printed beside every figure. */
  readonly notes: readonly string[];
  /** What really happened; undefined where this model's outcome was not recorded. */
  recorded(promptId: string, model: string): RecordedOutcome | undefined;
}

export interface ReplayPrompt extends SimulatedPrompt {
  readonly category: string;
}

/** Kept apart from what the simulated upstream charges. */
export interface RecordedOutcome {
  readonly score: number;
  readonly costUsd: number | null;
  readonly latencyMs: number | null;
}

/** Output tokens are taken to cost this many times what input tokens cost. */
const outputRatio = 4;

/** Throws RangeError where no record has both a prompt and outcomes. */
export const createReplay = (records: readonly OutcomeRecord[]): Replay => {
  const byText = new Map<string, OutcomeRecord>();
  const byId = new Map<string, OutcomeRecord>();
  let without = 0;
  let repeated = 0;
  for (const record of records) {
    const text = record.prompt === null ? '' : textKey(record.prompt);
    if (text === '' || record.outcomes === undefined) without += 1;
    else if (byText.has(text)) repeated += 1;
    else {
      byText.set(text, record);
      byId.set(record.id, record);
    }
  }
  const kept = [...byText.values()];
  if (kept.length === 0)
    throw new RangeError('no record has both a prompt and outcomes: there is nothing to replay');
  const { models, notes } = modelsOf(kept);
  return {
    models,
    notes: [
      ...(without > 0 ? [`${without} records have no prompt text or no outcomes and were left out`] : []),
      ...(repeated > 0 ? [`${repeated} prompts repeat another one word for word and were left out`] : []),
      ...notes,
    ],
    prompts: kept.map(({ id, category, prompt }) => ({
      id,
      category,
      system: '',
      messages: [{ role: 'user', text: prompt ?? '' }],
      tools: [],
    })),
    recorded: (promptId, model) => {
      const outcome = byId.get(promptId)?.outcomes?.[model];
      return (
        outcome && {
          score: outcome.score,
          costUsd: outcome.costUsd ?? null,
          latencyMs: outcome.latencyMs ?? null,
        }
      );
    },
    answer: (model, userText) => {
      const record = byText.get(textKey(userText));
      return record && answerOf(record, model.name);
    },
  };
};

const textKey = (text: string): string => normalText(withoutReminders(text));

const answerOf = (record: OutcomeRecord, model: string): SourcedAnswer => ({
  id: record.id,
  text: responseOf(record, model),
  score: record.outcomes?.[model]?.score ?? null,
  difficulty: 0.5,
});

const responseOf = ({ outcomes, responses }: OutcomeRecord, model: string): string => {
  const response = responses?.[model];
  if (response) return response;
  const score = outcomes?.[model]?.score;
  return score === undefined
    ? `[Synthetic text: nothing was recorded of ${model} on this prompt.]`
    : `[Synthetic text: ${model} scored ${score} on this prompt; the words of its answer were not recorded.]`;
};

interface Measured {
  readonly name: string;
  readonly meanScore: number;
  /** Over the prompts with a recorded cost; NaN without any. */
  readonly meanCostUsd: number;
  /** Synthetic tokens over the same prompts. */
  readonly meanWeight: number;
}

const modelsOf = (records: readonly OutcomeRecord[]): Pick<Replay, 'models' | 'notes'> => {
  const measured = measure(records);
  const hasCosts = measured.every(({ meanCostUsd }) => !Number.isNaN(meanCostUsd));
  const ranked = measured.toSorted((left, right) =>
    hasCosts ? left.meanCostUsd - right.meanCostUsd : left.meanScore - right.meanScore,
  );
  const hasClaude = ranked.some(({ name }) => /claude/i.test(name));
  const placed = ranked.map((model, rank) => {
    const tier = tierOf(rank, ranked.length);
    // so that both wires are spoken whatever the file holds
    const isAnthropic = hasClaude ? /claude/i.test(model.name) : rank % 2 === 1;
    return {
      model,
      play: playerOf(model, tier, isAnthropic ? 'anthropic-messages' : 'openai-chat', hasCosts),
    };
  });
  return {
    models: placed
      .toSorted(
        (left, right) =>
          tiers.indexOf(left.play.tier) - tiers.indexOf(right.play.tier) ||
          right.model.meanScore - left.model.meanScore,
      )
      .map(({ play }) => play),
    notes: [
      'tokens are counted by the simulator, not by the models recorded, so usage in the ledger is synthetic',
      hasCosts
        ? `tiers are thirds of the models by recorded mean cost; prices per token are synthetic (output ${outputRatio} times input), set so that each model’s mean charge here equals its mean recorded cost`
        : 'no costs were recorded for every model: tiers are thirds by mean score, and prices are invented ones of each tier',
      'inside a tier the model with the best recorded mean score is asked first, which is known only in hindsight',
    ],
  };
};

const measure = (records: readonly OutcomeRecord[]): readonly Measured[] => {
  const sums = new Map<string, { scores: number[]; costs: number[]; weights: number[] }>();
  for (const record of records) {
    const promptTokens = countTokens(record.prompt ?? '') + frameTokens;
    for (const [name, { score, costUsd }] of Object.entries(record.outcomes ?? {})) {
      const sum = sums.get(name) ?? { scores: [], costs: [], weights: [] };
      sums.set(name, sum);
      sum.scores.push(score);
      if (costUsd === undefined) continue;
      sum.costs.push(costUsd);
      sum.weights.push(promptTokens + outputRatio * countTokens(responseOf(record, name)));
    }
  }
  return [...sums].map(([name, { scores, costs, weights }]) => ({
    name,
    meanScore: mean(scores),
    meanCostUsd: mean(costs),
    meanWeight: mean(weights),
  }));
};

/** What the frame of the one message adds to a prompt. */
const frameTokens = 4;

const tierOf = (rank: number, count: number): Tier => {
  if (count === 1) return 'frontier';
  if (count === 2) return rank === 0 ? 'light' : 'frontier';
  return tiers[Math.floor((rank * tiers.length) / count)] ?? 'frontier';
};

const playerOf = (
  { name, meanCostUsd, meanWeight }: Measured,
  tier: Tier,
  wire: Wire,
  hasCosts: boolean,
): SimulatedModel => {
  const like = worldModels.find((model) => model.tier === tier && model.wire === wire) as SimulatedModel;
  const perMillion = hasCosts ? (meanCostUsd / meanWeight) * 1e6 : Number(like.prices.input);
  const input = perMillion.toFixed(6);
  const output = (perMillion * outputRatio).toFixed(6);
  return {
    ...like,
    name,
    displayName: `${name} (recorded)`,
    // caches would make the synthetic charges drift from the recorded costs
    prices: {
      input,
      output,
      cacheRead: input,
      cacheWrite5m: input,
      cacheWrite30m: input,
      cacheWrite1h: input,
    },
    cacheWrites: wire === 'openai-chat' ? 'free' : 'explicit',
    contextTokens: 1_000_000,
    capabilities: { ...like.capabilities, forcedTools: true },
  };
};
