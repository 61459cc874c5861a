import type { GatewayError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { tiers } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { globTest } from '../kit/glob.ts';
import { isLoopback } from './addresses.ts';
import type { Config } from './config.ts';
import type { ConfigDocument } from './config-document.ts';
import type { ConfigPath, Finding } from './config-findings.ts';
import { catalogueOf } from './config-models.ts';
import { checkNames } from './config-names.ts';
import { embeddingsUnused } from './embedding-source.ts';
import { policyAt, policyOf, policyPlace } from './policy-file.ts';
import { tiersOf } from './tiers-of.ts';
import { unreachableRules } from './unreachable-rules.ts';

export interface CheckParts {
  readonly document: ConfigDocument;
  /** What the schema refused and is therefore not in the configuration: nothing is concluded from its absence. */
  readonly leftOut: readonly ConfigPath[];
  /** Where in the document something in the configuration stands. */
  readonly original: (path: ConfigPath) => ConfigPath;
}

/** What no schema sees: whether names exist, rules can be reached, and who could reach the gateway. */
export const checkConfig = (config: Config, parts: CheckParts): readonly Finding[] => [
  ...checkNames(config, parts),
  ...checkModels(config, parts),
  ...checkKeys(config, parts),
  ...checkRoutes(config, parts),
  ...checkExposure(config, parts),
  ...checkPolicy(config, parts),
  ...checkEmbeddings(config, parts),
];

/** What learning has made is only warned of: without it the policy that ships with the package is in force. */
const checkPolicy = (config: Config, parts: CheckParts): readonly Finding[] => {
  const place = policyPlace(config);
  if (!place) return [];
  const tell = (message: string, suggestion: string): readonly Finding[] => [
    at(parts, [place.isRequired ? 'policy' : 'learning'], {
      severity: place.isRequired ? 'error' : 'warning',
      code: 'bad-policy',
      message,
      suggestion,
    }),
  ];
  try {
    if (!policyAt(place.path) && place.isRequired)
      return tell(
        `There is no file ${place.path}.`,
        '"tierwise publish FILE" puts one there; leave "policy" out for the one that ships with the package.',
      );
    return [];
  } catch (cause) {
    return tell((cause as GatewayError).message, `The file is ${place.path}.`);
  }
};

/** A provider that has no such endpoint, and a policy that would not look at what it says. */
const checkEmbeddings = (config: Config, parts: CheckParts): readonly Finding[] => {
  const { embeddings, providers } = config;
  const provider = embeddings && providers[embeddings.provider];
  if (!provider) return [];
  if (!provider.kind.surfaces.includes('embeddings'))
    return [
      at(parts, ['embeddings', 'provider'], {
        severity: 'error',
        code: 'wrong-value',
        message: `"${embeddings.provider}" answers no embeddings in the form of OpenAI.`,
        suggestion: 'Name a provider that does, or add one of the type "openai-compatible".',
      }),
    ];
  const trouble = embeddingsUnused(config, policyInForce(config));
  return trouble === undefined
    ? []
    : [at(parts, ['embeddings', 'model'], { severity: 'warning', code: 'unused-embeddings', ...trouble })];
};

/** What is wrong with its file is told elsewhere. */
const policyInForce = (config: Config): Predictor | undefined => {
  try {
    return policyOf(config);
  } catch {
    return undefined;
  }
};

const checkModels = (config: Config, parts: CheckParts): readonly Finding[] => {
  const { document, leftOut } = parts;
  if (leftOut.some(([section]) => section === undefined || section === 'providers' || section === 'tiers'))
    return [];
  const catalogue = catalogueOf(config);
  const serving = new Set(catalogue.list().map(({ provider }) => provider));
  const idle = Object.entries(config.providers)
    .filter(
      ([name, { catalogue: vendor }]) =>
        !serving.has(name) && vendor === undefined && !document.isBroken(['providers', name]),
    )
    .map(([name]) => name);
  return [
    ...idle.map((name) =>
      atKey(parts, ['providers', name], {
        severity: serving.size === 0 ? 'error' : 'warning',
        code: 'no-models',
        message: `No model of "${name}" is known.`,
        suggestion: howToList(name, config.providers[name]?.kind.nameExample),
      }),
    ),
    ...checkServed(config, catalogue.list(), parts),
    ...(serving.size === 0 ? [] : tiersOf(config, catalogue).warnings).map((message) =>
      at(parts, ['tiers'], { severity: 'warning', code: 'empty-tier', message }),
    ),
  ];
};

const howToList = (name: string, example: string | undefined): string =>
  example === undefined
    ? `List them under "providers.${name}.models", or name a vendor of the catalogue with "catalogue".`
    : `Name those it serves, as it does: \`only: ["${example}"]\`.`;

/** Names in `only` have to be models of the catalogue; where only some are set up, they have to be named. */
const checkServed = (
  { providers }: Config,
  models: readonly { readonly provider: string; readonly name: string }[],
  parts: CheckParts,
): readonly Finding[] =>
  Object.entries(providers).flatMap(([name, { only, kind }]) => {
    if (only === undefined)
      return kind.hasDeployments
        ? [
            atKey(parts, ['providers', name], {
              severity: 'warning',
              code: 'no-models',
              message: `"${name}" serves only what is deployed there, and all models of its vendor are taken to be.`,
              suggestion: `Name them: \`only: [gpt-5.1]\`; deployments of other names belong under "models".`,
            }),
          ]
        : [];
    const own = models.filter(({ provider }) => provider === name);
    return only.flatMap((pattern, index) => {
      const fits = globTest(pattern);
      if (own.some((model) => fits(model.name))) return [];
      return [
        at(parts, ['providers', name, 'only', index], {
          severity: 'error',
          code: 'unknown-model',
          message: `The catalogue has no model "${pattern}" for "${name}".`,
          suggestion: `List it under "providers.${name}.models", with its prices.`,
        }),
      ];
    });
  });

const checkKeys = ({ keys }: Config, parts: CheckParts): readonly Finding[] => [
  ...repeated(keys.map(({ name }) => name)).map(({ index, name }) =>
    at(parts, ['keys', index, 'name'], {
      severity: 'error',
      code: 'duplicate-name',
      message: `Another key is named "${name}" already.`,
      suggestion: 'Reports and rules tell callers apart by this name.',
    }),
  ),
  ...repeated(keys.map(({ hash }) => hash.toLowerCase())).map(({ index, first }) =>
    at(parts, ['keys', index, 'hash'], {
      severity: 'error',
      code: 'duplicate-name',
      message: `This is the key of "${keys[first]?.name}" again.`,
      suggestion: '"tierwise keys create NAME" makes another one.',
    }),
  ),
];

const checkRoutes = ({ routes, providers }: Config, parts: CheckParts): readonly Finding[] =>
  Object.entries(routes).flatMap(([name, route]) => [
    ...repeated(
      route.passThroughKeys.map((provider) => providers[provider]?.kind.endpoints[0].dialect ?? ''),
    ).map(({ index, first }) =>
      at(parts, ['routes', name, 'passThroughKeys', index], {
        severity: 'error',
        code: 'ambiguous-key',
        message: `A key that a caller brings could be meant for "${route.passThroughKeys[first]}" or for this one: both are asked in the same way.`,
        suggestion: 'Give each its own route: a key must never go to a host it is not for.',
      }),
    ),
    ...(isTier(name)
      ? [
          atKey(parts, ['routes', name], {
            severity: 'error',
            code: 'duplicate-name',
            message: `"${name}" is the name of a tier.`,
            suggestion: 'Callers ask for both by name: give the route another one.',
          }),
        ]
      : []),
    ...checkRules(rulesOf(route.strategy), ['routes', name, 'strategy', 'rules'], parts),
  ]);

interface Rule {
  readonly name?: string;
  readonly when?: unknown;
}

const checkRules = (rules: readonly Rule[], path: ConfigPath, parts: CheckParts): readonly Finding[] => [
  ...repeated(rules.map(({ name }) => name ?? '')).map(({ index, name }) =>
    at(parts, [...path, index, 'name'], {
      severity: 'error',
      code: 'duplicate-name',
      message: `Another rule is named "${name}" already.`,
      suggestion: 'The ledger tells rules apart by their names.',
    }),
  ),
  ...unreachableRules(rules).map(({ index, takenBy }) =>
    at(parts, [...path, index], {
      severity: 'warning',
      code: 'unreachable-rule',
      message: `This rule never gets its turn: "${rules[takenBy]?.name ?? takenBy}" above takes all that it would match.`,
      suggestion: 'Put it above, or narrow the other one.',
    }),
  ),
];

const checkExposure = ({ server, keys }: Config, parts: CheckParts): readonly Finding[] => {
  const { document, leftOut } = parts;
  const isKeyless =
    keys.length === 0 && !leftOut.some(([section]) => section === undefined || section === 'keys');
  if (!isKeyless || isLoopback(server.host) || document.isBroken(['server', 'host'])) return [];
  return [
    at(parts, ['server', 'host'], {
      severity: 'error',
      code: 'unsafe-exposure',
      message: `At ${server.host} other machines could reach the gateway, and nobody would need a key to spend your money.`,
      suggestion: 'Make a key with "tierwise keys create NAME --write", or listen on 127.0.0.1.',
    }),
  ];
};

const at = (
  { document, original }: CheckParts,
  inConfig: ConfigPath,
  finding: Omit<Finding, 'path' | 'place'>,
): Finding => {
  const path = original(inConfig);
  const place = document.placeOf(path);
  return { path, ...finding, ...(place && document.has(path) && { place }) };
};

const atKey = (
  { document, original }: CheckParts,
  inConfig: ConfigPath,
  finding: Omit<Finding, 'path' | 'place'>,
): Finding => {
  const path = original(inConfig);
  const place = document.placeOfKey(path);
  return { path, ...finding, ...(place && { place }) };
};

const rulesOf = (strategy: unknown): readonly Rule[] =>
  isObject(strategy) && Array.isArray(strategy.rules) ? (strategy.rules as readonly Rule[]) : [];

/** Names that were there before; empty ones do not count. */
const repeated = (names: readonly string[]): readonly { index: number; first: number; name: string }[] =>
  names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return name !== '' && first < index ? [{ index, first, name }] : [];
  });

const isTier = (name: string): boolean => (tiers as readonly string[]).includes(name);
