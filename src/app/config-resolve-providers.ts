import { providerKinds } from '../providers/index.ts';
import type { ProviderKind } from '../providers/provider.ts';
import { isMetadataService, isNearby } from './addresses.ts';
import type { ConfigDocument } from './config-document.ts';
import type { Finding, FindingCode } from './config-findings.ts';
import { type ProviderConfig, providerSchema } from './config-providers.ts';
import type { Environment } from './config-variables.ts';

/** A provider with its kind and its key found. */
export interface ResolvedProvider extends ProviderConfig {
  readonly kind: ProviderKind;
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
      ([name, provider]) => [name, resolve(provider, environment)] as const,
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
  providerKinds.filter(({ keyVariables }) => keyVariables.some((variable) => environment[variable]));

/** Started with the gateway, at an address nobody has to know. */
export const isOurOwn = ({ exchangeHeader }: ProviderKind): boolean => exchangeHeader !== undefined;

const byDefault = (
  kinds: readonly ProviderKind[],
  environment: Environment,
): ResolvedProviders['providers'] =>
  Object.fromEntries(
    kinds.map(({ type }) => [
      // half of every model's name: short
      type.replace(/^simulated-/, 'sim-'),
      resolve(providerSchema.parse({ type }), environment),
    ]),
  );

const resolve = (provider: ProviderConfig, environment: Environment): ResolvedProvider => {
  // the schema accepts no type but those of the list
  const kind = providerKinds.find(({ type }) => type === provider.type) as ProviderKind;
  const key = provider.key || kind.keyVariables.map((variable) => environment[variable]).find(Boolean);
  return { ...provider, kind, key };
};

const aboutProvider = (
  name: string,
  provider: ResolvedProvider,
  document: ConfigDocument,
): readonly Finding[] => {
  const findings: Finding[] = [];
  const say = (
    severity: Finding['severity'],
    code: FindingCode,
    key: string,
    message: string,
    suggestion: string,
  ): void => {
    const path = ['providers', name, key];
    if (document.isBroken(path)) return;
    const place = document.placeOf(path);
    findings.push({ severity, code, path, message, suggestion, ...(place && { place }) });
  };
  const { kind, key, baseUrl } = provider;
  const [variable] = kind.keyVariables;
  if (kind.needsKey && !key)
    say(
      'error',
      'no-credential',
      'key',
      `"${name}" has no key.`,
      `Set ${variable}, or write \`key: \${NAME}\` with the variable that holds it.`,
    );
  if (key && isWrittenOut(name, document))
    say(
      'warning',
      'literal-secret',
      'key',
      'The key stands in the file itself, where backups and version control will find it.',
      `Put it into the environment and write \`key: \${${variable ?? `${name.toUpperCase().replace(/\W/g, '_')}_API_KEY`}}\`.`,
    );
  if (baseUrl === undefined) return findings;
  const { protocol, hostname } = new URL(baseUrl);
  if (isMetadataService(hostname))
    say(
      'error',
      'unsafe-address',
      'baseUrl',
      'This address hands out the credentials of the machine; no model answers there.',
      'Name the host that serves the models.',
    );
  else if (protocol === 'http:' && key && !isNearby(hostname))
    say('warning', 'unsafe-address', 'baseUrl', 'The key and all prompts travel unencrypted.', 'Use https.');
  return findings;
};

const isWrittenOut = (name: string, document: ConfigDocument): boolean => {
  const path = ['providers', name, 'key'];
  return document.has(path) && document.variablesAt(path) === undefined;
};
