import type { PlanStep } from '../core/decision.ts';
import type { ModelId } from '../core/model.ts';

/** As many as any plan has. */
const mostSteps = 4;

/**
 * A plan that begins with the model that has the conversation. A cascade begins at the step where that model is;
 * else what was planned is asked after it, where it fails.
 */
export const heldPlan = (plan: readonly PlanStep[], model: ModelId): readonly PlanStep[] => {
  if (plan[0]?.ask[0] === model) return plan;
  const at = plan.findIndex(({ ask }) => ask.includes(model));
  const isCascade = plan.some(({ acceptIf }) => acceptIf !== undefined);
  if (at >= 0 && isCascade) return plan.slice(at);
  const others = plan.filter(({ ask }) => !ask.includes(model));
  return [{ ask: [model] }, ...others.slice(0, mostSteps - 1)];
};
