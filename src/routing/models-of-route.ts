import type { ModelId } from '../core/model.ts';
import type { RouteParts } from './route-parts.ts';
import { routeModels } from './strategies/listed.ts';

/** All that a route may choose: the models of its tiers, and whatever its strategy names beside them. */
export const modelsOfRoute = (
  strategy: unknown,
  { tiers, model }: Pick<RouteParts, 'tiers' | 'model'>,
): ReadonlySet<ModelId> => {
  const found = new Set(routeModels(tiers));
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      const named = model(value as ModelId);
      if (named) found.add(named.id);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value)) {
        // weights have their models for keys
        look(key);
        look(entry);
      }
    }
  };
  look(strategy);
  return found;
};
