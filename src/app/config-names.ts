import { catalogueProviders } from '../catalog/data.ts';
import { isObject } from '../core/json.ts';
import { tiers } from '../core/model.ts';
import { providerKinds } from '../providers/index.ts';
import type { Config } from './config.ts';
import type { CheckParts } from './config-checks.ts';
import type { Finding, FindingCode } from './config-findings.ts';
import { catalogueOf } from './config-models.ts';
import { type Reference, referencesOf } from './config-references.ts';
import { didYouMean } from './near-names.ts';

/** Names that lead nowhere. */
export const checkNames = (
  config: Config,
  { document, leftOut, original }: CheckParts,
): readonly Finding[] => {
  const names = namesIn(config, document.value);
  const isDoubtful = ({ name, to }: Reference): boolean =>
    leftOut.some(
      ([section, entry]) =>
        section === undefined ||
        (section === 'providers' &&
          to !== 'route' &&
          (entry === undefined || entry === name.split('/', 1)[0] || !name.includes('/'))),
    );
  return referencesOf(config).flatMap((reference): readonly Finding[] => {
    const path = original(reference.path);
    if (document.isBroken(path) || isDoubtful(reference)) return [];
    const wrong = wrongName(reference, names);
    const place = reference.isKey ? document.placeOfKey(path) : document.placeOf(path);
    return wrong ? [{ path, ...wrong, ...(place && { place }) }] : [];
  });
};

type Wrong = Pick<Finding, 'severity' | 'code' | 'message' | 'suggestion'>;

interface Names {
  readonly models: ReadonlySet<string>;
  readonly routes: readonly string[];
  readonly providers: readonly string[];
  readonly providersFrom: Config['providersFrom'];
}

const namesIn = (config: Config, written: unknown): Names => ({
  models: new Set(
    catalogueOf(config)
      .list()
      .map(({ id }) => id as string),
  ),
  // a route that is broken inside has its name all the same
  routes: [
    'auto',
    ...Object.keys(config.routes),
    ...(isObject(written) && isObject(written.routes) ? Object.keys(written.routes) : []),
  ],
  providers: Object.keys(config.providers),
  providersFrom: config.providersFrom,
});

const wrongName = ({ name, to }: Reference, names: Names): Wrong | undefined => {
  switch (to) {
    case 'route':
      return names.routes.includes(name)
        ? undefined
        : unknown('unknown-route', `There is no route "${name}".`, name, names.routes);
    case 'tier':
      return isTier(name) ? undefined : unknown('unknown-tier', `There is no tier "${name}".`, name, tiers);
    case 'vendor':
      return catalogueProviders().includes(name)
        ? undefined
        : unknown('unknown-provider', `The catalogue has no vendor "${name}".`, name, catalogueProviders());
    case 'provider':
      return names.providers.includes(name) ? undefined : unknownProvider(name, names);
    case 'model':
      return names.models.has(name) ? undefined : unknownModel(name, names, [...names.models]);
    case 'model-or-tier':
      return isTier(name) || names.models.has(name)
        ? undefined
        : unknownModel(name, names, [...tiers, ...names.models]);
    case 'correction':
      return correctionOf(name, names);
    case 'model-pattern':
      return matchesSome(name, names)
        ? undefined
        : { ...unknownModel(name, names, [...tiers, ...names.models]), severity: 'warning' };
  }
};

const unknown = (code: FindingCode, message: string, name: string, known: readonly string[]): Wrong => {
  const suggestion =
    didYouMean(name, known) ?? (known.length <= 20 ? `There are: ${known.join(', ')}.` : undefined);
  return { severity: 'error', code, message, ...(suggestion && { suggestion }) };
};

const unknownModel = (name: string, names: Names, known: readonly string[]): Wrong => {
  const [provider = '', ...rest] = name.split('/');
  if (rest.length > 0 && !names.providers.includes(provider)) {
    const elsewhere = [...names.models].filter((model) => model.endsWith(`/${rest.join('/')}`));
    const near = didYouMean(name, elsewhere.length > 0 ? elsewhere : names.models);
    return near
      ? { ...unknownProvider(provider, names), suggestion: near }
      : unknownProvider(provider, names);
  }
  const own = known.filter((model) => model.startsWith(`${provider}/`));
  const isServed = own.length > 0;
  const mayBeTier = rest.length === 0 && known.includes('light');
  const suggestion =
    didYouMean(name, isServed ? own : known) ??
    (rest.length > 0
      ? `"tierwise models --provider ${provider}" lists those there are; add others under "providers.${provider}.models".`
      : `${mayBeTier ? `Tiers are ${tiers.join(', ')}; a` : 'A'} model is written "provider/name"; "tierwise models" lists them.`);
  const code = mayBeTier ? 'unknown-tier' : 'unknown-model';
  const noun = code === 'unknown-tier' ? 'tier or model' : 'model';
  return { severity: 'error', code, message: `There is no ${noun} "${name}".`, suggestion };
};

const unknownProvider = (name: string, { providers, providersFrom }: Names): Wrong => {
  const variables = providerKinds.find(({ type }) => type === name)?.keyVariables ?? [];
  const suggestion =
    variables.length > 0 && providersFrom !== 'file'
      ? `Set ${variables.join(' or ')}, or add "${name}" under "providers".`
      : (didYouMean(name, providers) ?? `Add it under "providers"; there are: ${providers.join(', ')}.`);
  return {
    severity: 'error',
    code: 'unknown-provider',
    message: `No provider "${name}" is configured.`,
    suggestion,
  };
};

/** A correction for a provider that is not used today does no harm. */
const correctionOf = (name: string, names: Names): Wrong | undefined => {
  if (names.models.has(name)) return undefined;
  const [provider = ''] = name.split('/');
  if (
    name.includes('/') &&
    !names.providers.includes(provider) &&
    providerKinds.some(({ catalogue }) => catalogue === provider)
  )
    return undefined;
  return unknownModel(name, names, [...names.models]);
};

const matchesSome = (pattern: string, { models, routes }: Names): boolean => {
  if (isTier(pattern) || routes.includes(pattern) || models.has(pattern)) return true;
  const parts = pattern.split('*');
  if (parts.length === 1) return false;
  const [start = ''] = parts;
  return [...models].some((model) => model.startsWith(start));
};

const isTier = (name: string): boolean => (tiers as readonly string[]).includes(name);
