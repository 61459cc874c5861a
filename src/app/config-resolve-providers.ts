import { providerKinds } from '../providers/index.ts';
import type { ProviderKind } from '../providers/provider.ts';
import { isMetadataService, isNearby } from './addresses.ts';
import type { ConfigDocument } from './config-document.ts';
import type { ConfigPath, Finding, FindingCode } from './config-findings.ts';
import { placeOf } from './config-place.ts';
import { type ProviderConfig, providerSchema } from './config-providers.ts';
import type { Environment } from './config-variables.ts';

/** A provider with its kind and its keys found. */
export interface ResolvedProvider extends ProviderConfig {
  readonly kind: ProviderKind;
  /** Its accounts; without a key where none is needed (or none was found, which is then reported). */
  readonly credentials: readonly [ResolvedCredential, ...ResolvedCredential[]];
  /** What of its place nothing tells, though its address is made of it. */
  readonly lacks?: 'region' | 'project' | undefined;
}

/** An account as the configuration has it. */
export interface ResolvedCredential {
  readonly name: string;
  readonly key: string | undefined;
  readonly weight: number;
  /** Undefined where the kind knows its address. */
  readonly baseUrl: string | undefined;
  readonly region?: string;
}

export interface ResolvedProviders {
  readonly providers: Readonly<Record<string, ResolvedProvider>>;
  readonly providersFrom: 'file' | 'environment' | 'simulated';
  readonly findings: readonly Finding[];
}

/** The providers a file names; else every vendor whose key is in the environment; else the built-in simulated ones. */
export const resolveProviders = (
  written: Readonly<Record<string, ProviderConfig>> | undefined,
  environment: Environment,
  document: ConfigDocument,
): ResolvedProviders => {
  if (written) {
    const entries = Object.entries(written).map(
      ([name, provider]) => [name, resolve(name, provider, environment)] as const,
    );
    return {
      providers: Object.fromEntries(entries),
      providersFrom: 'file',
      findings: entries.flatMap(([name, provider]) => aboutProvider(name, provider, document)),
    };
  }
  const vendors = detectedKinds(environment);
  if (vendors.length > 0)
    return { providers: byDefault(vendors, environment), providersFrom: 'environment', findings: [] };
  return {
    providers: byDefault(providerKinds.filter(isOurOwn), environment),
    providersFrom: 'simulated',
    findings: [],
  };
};

/** Kinds whose vendor's key is in the environment. */
export const detectedKinds = (environment: Environment): readonly ProviderKind[] =>
  providerKinds.filter(
    (kind) => isFoundByKey(kind) && kind.keyVariables.some((variable) => environment[variable]),
  );

/** A key in the environment is all it takes. */
export const isFoundByKey = ({ keyVariables, isFoundByKey: isFound = true }: ProviderKind): boolean =>
  isFound && keyVariables.length > 0;

/** Started with the gateway, at an address nobody has to know. */
export const isOurOwn = ({ exchangeHeader }: ProviderKind): boolean => exchangeHeader !== undefined;

const byDefault = (
  kinds: readonly ProviderKind[],
  environment: Environment,
): ResolvedProviders['providers'] =>
  Object.fromEntries(
    kinds.map(({ type }) => {
      // half of every model's name: short
      const name = type.replace(/^simulated-/, 'sim-');
      return [name, resolve(name, providerSchema.parse({ type }), environment)];
    }),
  );

const resolve = (name: string, provider: ProviderConfig, environment: Environment): ResolvedProvider => {
  // the schema accepts no type but those of the list
  const kind = providerKinds.find(({ type }) => type === provider.type) as ProviderKind;
  const found =
    kind.keyVariables.map((variable) => environment[variable]).find(Boolean) ?? keyOfParts(kind, environment);
  const key = provider.key || (provider.keys ? undefined : found);
  const place = kind.place && placeOf(kind.place, provider, key ?? provider.keys?.[0]?.key, environment);
  const baseUrl = provider.baseUrl ?? place?.baseUrl;
  const region = place?.region !== undefined && { region: place.region };
  const [first, ...rest] = (provider.keys ?? []).map((entry, index) => ({
    name: entry.name ?? (index === 0 ? name : `${name}#${index + 1}`),
    key: entry.key,
    weight: entry.weight,
    baseUrl: entry.baseUrl ?? baseUrl,
    ...region,
  }));
  const alone: ResolvedCredential = { name, key, weight: 1, baseUrl, ...region };
  return {
    ...provider,
    kind,
    key,
    baseUrl,
    credentials: first ? [first, ...rest] : [alone],
    ...((first ? [first, ...rest] : [alone]).some((one) => one.baseUrl === undefined) && {
      lacks: place?.lacks,
    }),
  };
};

const keyOfParts = ({ keyParts = [] }: ProviderKind, environment: Environment): string | undefined => {
  const parts = keyParts.map((variable) => environment[variable] || undefined);
  const isWhole = parts.length > 0 && parts.slice(0, -1).every((part) => part !== undefined);
  return isWhole ? parts.filter((part) => part !== undefined).join(':') : undefined;
};

const aboutProvider = (
  name: string,
  provider: ResolvedProvider,
  document: ConfigDocument,
): readonly Finding[] => {
  const findings: Finding[] = [];
  const say: Say = (severity, code, inside, message, suggestion) => {
    const path = ['providers', name, ...inside];
    if (document.isBroken(path)) return;
    const place = document.placeOf(path);
    findings.push({ severity, code, path, message, suggestion, ...(place && { place }) });
  };
  const { kind, key, keys } = provider;
  const [variable] = kind.keyVariables;
  const wanted = variable ?? `${name.toUpperCase().replace(/\W/g, '_')}_API_KEY`;
  if (kind.needsKey && !key && !keys)
    say(
      'error',
      'no-credential',
      ['key'],
      `"${name}" has no key.`,
      `Set ${variable}, or write \`key: \${NAME}\` with the variable that holds it.`,
    );
  if (key && keys)
    say(
      'error',
      'wrong-value',
      ['keys'],
      '"key" and "keys" exclude each other.',
      'Write the one key as the first of "keys".',
    );
  for (const inside of keyPlaces(['providers', name], document))
    if (isWrittenOut(['providers', name, ...inside], document))
      say(
        'warning',
        'literal-secret',
        inside,
        'The key stands in the file itself, where backups and version control will find it.',
        `Put it into the environment and write \`key: \${${wanted}}\`.`,
      );
  // what the schema refused is not among them: numbers would be wrong
  if (!document.has(['providers', name, 'keys', keys?.length ?? 0])) aboutKeys(provider, say);
  aboutKeyForms(provider, say);
  aboutPlace(provider, say, (key) => document.has(['providers', name, key]));
  if (kind.apiVersion === undefined && provider.apiVersion !== undefined)
    say('warning', 'wrong-value', ['apiVersion'], `Paths of ${kind.type} have no date.`, 'Leave it out.');
  if (provider.baseUrl !== undefined) aboutAddress(provider.baseUrl, ['baseUrl'], provider, say);
  keys?.forEach(({ baseUrl }, index) => {
    if (baseUrl !== undefined) aboutAddress(baseUrl, ['keys', index, 'baseUrl'], provider, say);
  });
  return findings;
};

type Say = (
  severity: Finding['severity'],
  code: FindingCode,
  inside: ConfigPath,
  message: string,
  suggestion: string,
) => void;

const aboutKeyForms = ({ kind, key, keys = [] }: ResolvedProvider, say: Say): void => {
  const tell = (text: string, inside: ConfigPath): void => {
    const problem = kind.keyProblem?.(text);
    if (problem !== undefined)
      say('error', 'wrong-value', inside, `The key ${problem}.`, `Look up what a key of ${kind.type} is.`);
  };
  if (key) tell(key, ['key']);
  keys.forEach((entry, index) => {
    tell(entry.key, ['keys', index, 'key']);
  });
};

const aboutPlace = (
  { kind, lacks, region, project }: ResolvedProvider,
  say: Say,
  isWritten: (key: string) => boolean,
): void => {
  const { place } = kind;
  // what is written and yet missing was refused, which is told
  if (place && lacks && !isWritten(lacks)) {
    const variables = lacks === 'region' ? place.regionVariables : (place.projectVariables ?? []);
    say(
      'error',
      'missing-field',
      [lacks],
      `The address of ${kind.type} is made of a ${lacks}, and none that could be one is told.`,
      `Write \`${lacks}: NAME\`, or set ${variables[0]}.`,
    );
  }
  for (const [name, isTaken] of [
    ['region', place !== undefined],
    ['project', place?.projectVariables !== undefined],
  ] as const)
    if (!isTaken && (name === 'region' ? region : project) !== undefined)
      say('warning', 'wrong-value', [name], `Addresses of ${kind.type} have no ${name}.`, 'Leave it out.');
};

/** `key`, and `key` of each of `keys`. */
const keyPlaces = (provider: ConfigPath, document: ConfigDocument): readonly ConfigPath[] => {
  const places: ConfigPath[] = [['key']];
  for (let index = 0; document.has([...provider, 'keys', index]); index++)
    places.push(['keys', index, 'key']);
  return places;
};

/** Two names for one account would count its limits twice; one name for two would mix them up. */
const aboutKeys = ({ credentials, baseUrl }: ResolvedProvider, say: Say): void => {
  const accounts = new Map<string, number>();
  const names = new Set<string>();
  credentials.forEach(({ name, key, baseUrl: own = baseUrl }, index) => {
    if (names.has(name))
      say(
        'error',
        'duplicate-name',
        ['keys', index, 'name'],
        `Another key of this provider is named "${name}" already.`,
        'Logs and metrics tell keys apart by this name.',
      );
    names.add(name);
    const account = `${key}\u0000${own}`;
    const earlier = accounts.get(account);
    if (earlier !== undefined)
      say(
        'error',
        'duplicate-name',
        ['keys', index, 'key'],
        `This is the key of keys[${earlier}] again, at the same address.`,
        'Give that one a greater weight instead.',
      );
    else accounts.set(account, index);
  });
};

const aboutAddress = (
  baseUrl: string,
  inside: ConfigPath,
  { kind, credentials }: ResolvedProvider,
  say: Say,
): void => {
  const { protocol, hostname, pathname } = new URL(baseUrl);
  if (isMetadataService(hostname))
    say(
      'error',
      'unsafe-address',
      inside,
      'This address hands out the credentials of the machine; no model answers there.',
      'Name the host that serves the models.',
    );
  else if (protocol === 'http:' && credentials.some(({ key }) => key) && !isNearby(hostname))
    say('warning', 'unsafe-address', inside, 'The key and all prompts travel unencrypted.', 'Use https.');
  if (kind.basePath !== undefined && !pathname.endsWith(kind.basePath))
    say(
      'warning',
      'wrong-value',
      inside,
      `Addresses of ${kind.type} end in "${kind.basePath}".`,
      `Unless something in between adds it, write it: "${new URL(kind.basePath, baseUrl).href}".`,
    );
};

const isWrittenOut = (path: ConfigPath, document: ConfigDocument): boolean =>
  document.has(path) && document.variablesAt(path) === undefined;
