import { isObject } from '../core/json.ts';
import type { Config } from './config.ts';
import type { ConfigPath } from './config-findings.ts';

/** A place in the configuration that names something defined elsewhere. */
export interface Reference {
  readonly path: ConfigPath;
  readonly name: string;
  readonly to:
    | 'vendor'
    | 'model'
    | 'tier'
    | 'model-or-tier'
    | 'route'
    | 'provider'
    | 'model-pattern'
    | 'correction';
  /** The name is the key of its entry, not the value. */
  readonly isKey?: true;
}

/** Every name in a configuration that has to exist. */
export const referencesOf = (config: Config): readonly Reference[] => [
  ...Object.entries(config.providers).flatMap(([name, { catalogue }]) =>
    one(catalogue, ['providers', name, 'catalogue'], 'vendor'),
  ),
  ...Object.keys(config.models).map(
    (name): Reference => ({ path: ['models', name], name, to: 'correction', isKey: true }),
  ),
  ...inTiers(config.tiers, ['tiers']),
  ...Object.entries(config.routes).flatMap(([name, route]) => inRoute(route, ['routes', name])),
  ...config.intercept.flatMap((rule, index) => inIntercept(rule, ['intercept', index])),
  ...one(config.baseline, ['baseline'], 'model'),
  ...one(config.embeddings?.provider, ['embeddings', 'provider'], 'provider'),
  ...config.keys.flatMap(({ routes, models }, index) => [
    ...listed(routes, ['keys', index, 'routes'], 'route'),
    ...listed(models, ['keys', index, 'models'], 'model-pattern'),
  ]),
];

const inTiers = (tiers: object | undefined, path: ConfigPath): readonly Reference[] =>
  Object.entries(tiers ?? {}).flatMap(([tier, models]) => listed(models, [...path, tier], 'model'));

const inRoute = (route: Config['routes'][string], path: ConfigPath): readonly Reference[] => [
  ...inTiers(route.tiers, [...path, 'tiers']),
  ...inStrategy(route.strategy, [...path, 'strategy']),
  ...listed(route.passThroughKeys, [...path, 'passThroughKeys'], 'provider'),
];

/** Whatever its type, a strategy names models and tiers under these keys; `weights` has them as its own keys. */
const naming: ReadonlySet<string> = new Set(['use', 'otherwise', 'among', 'ask']);

const inStrategy = (config: unknown, path: ConfigPath): readonly Reference[] => {
  if (Array.isArray(config)) return config.flatMap((entry, index) => inStrategy(entry, [...path, index]));
  if (!isObject(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    if (key === 'when') return [];
    if (naming.has(key)) return listed(value, [...path, key], 'model-or-tier');
    if (key === 'verifier' && isObject(value)) return one(value.model, [...path, key, 'model'], 'model');
    if (key === 'weights' && isObject(value))
      return Object.keys(value).map(
        (name): Reference => ({ path: [...path, key, name], name, to: 'model-or-tier', isKey: true }),
      );
    return inStrategy(value, [...path, key]);
  });
};

const inIntercept = (rule: Config['intercept'][number], path: ConfigPath): readonly Reference[] => [
  ...one(rule.route, [...path, 'route'], 'route'),
  ...one(rule.tier, [...path, 'tier'], 'tier'),
  ...one(rule.model, [...path, 'model'], 'model'),
];

const one = (name: unknown, path: ConfigPath, to: Reference['to']): readonly Reference[] =>
  typeof name === 'string' ? [{ path, name, to }] : [];

const listed = (names: unknown, path: ConfigPath, to: Reference['to']): readonly Reference[] =>
  Array.isArray(names)
    ? names.flatMap((name, index) => one(name, [...path, index], to))
    : one(names, path, to);
