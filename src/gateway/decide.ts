import type { RequestTags } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { Admitted, Decided } from '../core/exchange.ts';
import type { Features } from '../core/features.ts';
import type { Model } from '../core/model.ts';
import { chanceOf } from '../kit/chance.ts';
import type { Resolved } from '../routing/resolve.ts';
import type { Route } from '../routing/route.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import { tenantOf } from './tenant.ts';

export interface DecideParts {
  readonly describe: (
    request: ChatRequest,
    bodyBytes: number,
    tags: RequestTags,
  ) => { readonly features: Features; readonly ask: string };
  readonly resolve: (name: string) => Resolved;
  readonly routes: ReadonlyMap<string, Route>;
  /** The model a name means, whatever intercepts it. */
  readonly find: (name: string) => Model | undefined;
  readonly now: () => number;
  /** What is remembered of a caller's conversation. */
  readonly recall?: (tenant: string, session: string) => SessionState | undefined;
}

/** What a decision may be given beside the request. */
export interface DecideAid {
  /** What was decided of the same request before: it need not be described again. */
  readonly described?: Decided;
  readonly embedding?: Float32Array | undefined;
  /** Only to see what would be decided: no budget is told. */
  readonly isRehearsal?: boolean;
}

/** Which models, in turn. Pure but for the clock and the pace of budgets; throws GatewayError. */
export const decide = (
  admitted: Admitted,
  { describe, resolve, routes, find, now, recall }: DecideParts,
  { described, embedding, isRehearsal = false }: DecideAid = {},
): Decided => {
  const { request, bytes, caller, tags } = admitted;
  const route = routes.get(admitted.route);
  if (!route)
    throw new GatewayError('unknown-model', `There is no route "${admitted.route}".`, { param: 'model' });
  const { features, ask } = described
    ? { features: described.decision.features, ask: described.ask ?? '' }
    : describe(request, bytes.length, tags);
  const resolved = resolve(request.model);
  const decision = route({
    request,
    features,
    session: recall?.(tenantOf(admitted), admitted.session),
    holder: admitted.holder,
    subject: {
      ...features,
      ask,
      caller: caller.name,
      asked: request.model,
      dialect: request.dialect,
      tags: tags.tags,
      agent: tags.agent ?? '',
      now: now(),
    },
    allowedModels: caller.models,
    named: resolved.type === 'route' ? undefined : resolved,
    asked: find(request.model),
    chance: chanceOf(admitted.id),
    sessionChance: chanceOf(admitted.session),
    embedding,
    isRehearsal,
  });
  return { ...admitted, decision, ask };
};
