import type { DialectName, Model } from '../core/model.ts';
import type { Endpoint, ProviderKind } from './provider.ts';

/**
 * How a model is spoken to: in the caller's own dialect where its provider serves it there with all that
 * is asked (some GPTs take tools on one of two protocols only), else in the first that does; where it reasons,
 * rather where its thoughts can be given back to it. Undefined where the provider serves the model in no dialect it speaks.
 */
export const endpointFor = (
  { endpoints }: ProviderKind,
  { capabilities }: Pick<Model, 'capabilities'>,
  caller: DialectName,
  hasTools: boolean,
): Endpoint | undefined => {
  let best: Endpoint | undefined;
  let bestRank = 0;
  for (const endpoint of endpoints) {
    const { dialect } = endpoint;
    if (!capabilities.dialects.includes(dialect)) continue;
    const takesAll = !hasTools || capabilities.toolDialects.includes(dialect);
    const keepsThoughts = endpoint.keepsReasoning === true && capabilities.reasoning.type !== 'none';
    const rank = (takesAll ? 4 : 0) + (dialect === caller ? 2 : 0) + (keepsThoughts ? 1 : 0) + 1;
    if (rank > bestRank) {
      best = endpoint;
      bestRank = rank;
    }
  }
  return best;
};

/** The path of a call, the model's name in it made safe: no name leaves the vendor's own folder. */
export const pathFor = (
  { chatPath, streamPath, hasUndividedNames = false }: Endpoint,
  modelName: string,
  isStream: boolean,
): string => {
  const path = isStream ? (streamPath ?? chatPath) : chatPath;
  if (!path.includes('{model}')) return path;
  return path.replace('{model}', () => (hasUndividedNames ? escapedPart(modelName) : escaped(modelName)));
};

/** Names like "models/x" keep their slash; a step up or an empty one does not survive. */
const escaped = (name: string): string => name.split('/').map(escapedPart).join('/');

const escapedPart = (part: string): string => (/^\.*$/.test(part) ? '_' : encodeURIComponent(part));
