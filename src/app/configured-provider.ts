import type { Credential, Endpoint, Provider, ProviderKind } from '../providers/provider.ts';
import type { ResolvedProvider } from './config-resolve-providers.ts';
import type { RunningSimulation } from './simulation.ts';

/** A provider of the configuration, ready to be called. */
export const configuredProvider = (
  name: string,
  provider: ResolvedProvider,
  simulation: RunningSimulation | undefined,
): Provider => {
  const { timeouts, credentials } = provider;
  const kind = atVersion(provider.kind, provider.apiVersion);
  const [first, ...rest] = credentials.map(({ baseUrl, ...credential }) => ({
    ...credential,
    baseUrl: new URL(baseUrl ?? kind.baseUrl ?? simulation?.url ?? 'http://127.0.0.1:9'),
  }));
  return {
    name,
    kind,
    // there is always one, if only without a key
    credentials: [first as Credential, ...rest],
    quirks: { ...kind.quirks, ...provider.quirks },
    timeouts,
  };
};

const atVersion = (kind: ProviderKind, apiVersion = kind.apiVersion): ProviderKind => {
  if (apiVersion === undefined) return kind;
  const [first, ...rest] = kind.endpoints.map((endpoint) => ({
    ...endpoint,
    chatPath: endpoint.chatPath.replace('{apiVersion}', apiVersion),
  }));
  return { ...kind, endpoints: [first as Endpoint, ...rest] };
};
