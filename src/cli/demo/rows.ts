import type { Exchange } from '../../core/exchange.ts';
import type { Tier } from '../../core/model.ts';
import type { ScoreRow } from '../../simulator/scorecard.ts';
import type { SimulatedModel } from '../../simulator/simulated-model.ts';
import type { Driven } from './drive.ts';
import type { Workload } from './workload.ts';

/** Rows for the scorecard, with what happened to the answers on their way. */
export interface Graded {
  readonly rows: readonly ScoreRow[];
  readonly failed: readonly Driven[];
  /** Answers that are not, to the letter, what the model said. */
  readonly altered: number;
  /** What the routed run costs, charged as all its controls are. */
  readonly listCostUsd: number;
}

/**
 * Puts beside each answer what every model would have made of the same prompt. All of them, the routed
 * one too, are charged alike, so that no cache or translation favours one of them.
 */
export const grade = (
  driven: readonly Driven[],
  exchanges: readonly Exchange[],
  { models, source, score, outcomes }: Workload,
): Graded => {
  const byId = new Map<string, Exchange>(exchanges.map((exchange) => [exchange.id, exchange]));
  const byName = new Map(models.map((model) => [model.name, model]));
  const rows: ScoreRow[] = [];
  const failed: Driven[] = [];
  let altered = 0;
  let listCostUsd = 0;
  for (const one of driven) {
    const exchange = one.exchange === undefined ? undefined : byId.get(one.exchange);
    const answeredBy = exchange?.model ?? exchange?.decision.plan[0]?.ask[0];
    const model = byName.get(nameOf(answeredBy ?? ''));
    if (!one.ok) failed.push(one);
    if (!exchange || !model) continue;
    const said = one.ok ? one.text : '';
    if (one.ok && said !== expectedOf(one, model, source)) altered += 1;
    const others = outcomes(one.prompt);
    const costUsd = others[model.name]?.costUsd ?? 0;
    listCostUsd += costUsd;
    rows.push({
      id: one.prompt.id,
      promptTokens: exchange.decision.features.promptTokens,
      routed: {
        model: model.name,
        tier: (exchange.tier ?? exchange.decision.tier) satisfies Tier,
        score: one.ok ? score(one.prompt, model, said) : 0,
        costUsd,
        latencyMs: exchange.totalMs,
      },
      models: others,
    });
  }
  return { rows, failed, altered, listCostUsd };
};

const expectedOf = (
  { prompt }: Driven,
  model: SimulatedModel,
  source: Workload['source'],
): string | undefined => source.answer(model, prompt.messages.at(-1)?.text ?? '')?.text;

const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);
