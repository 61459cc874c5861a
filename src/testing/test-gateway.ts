import { randomBytes } from 'node:crypto';
import { type AccessKey, KeyRing } from '../access/keys.ts';
import type { Acceptance, Decision, PlanStep } from '../core/decision.ts';
import { GatewayError } from '../core/errors.ts';
import type { Exchange, Intent } from '../core/exchange.ts';
import type { Capabilities, DialectName, Model, ModelId, Prices, Tier } from '../core/model.ts';
import { noMoney } from '../core/money.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { admit } from '../gateway/admit.ts';
import type { Carrier } from '../gateway/carry.ts';
import { Embedder } from '../gateway/embedder.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { FetchMedia } from '../gateway/inline-media.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { StoredResponses } from '../gateway/stored-responses.ts';
import { realWorld } from '../kit/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { DownloadError } from '../providers/download.ts';
import { Health } from '../providers/health.ts';
import { providerKinds } from '../providers/index.ts';
import type { Credential, Provider, ProviderKind, Timeouts } from '../providers/provider.ts';
import { RetryBudget, type RetryLimits } from '../providers/retry-budget.ts';
import { Egress } from '../providers/send.ts';
import { type RunningServer, startServer } from '../server/server.ts';
import { SessionMemory } from '../sessions/session-memory.ts';
import { noShelf, Vault } from '../sessions/vault.ts';
import { createSurfaces } from '../surfaces/surfaces.ts';
import { sampleFeatures } from './sample-features.ts';
import { sampleModel, samplePrices } from './sample-model.ts';

export interface TestModel {
  readonly name: string;
  readonly url: string;
  /** Kind of its provider. */
  readonly kind: string;
  readonly tier?: Tier;
  readonly timeouts?: Partial<Timeouts>;
  /** Keys of its provider, a credential each; by default one. */
  readonly keys?: readonly string[];
  readonly capabilities?: Partial<Capabilities>;
  /** Default: a dollar a million tokens, ten at the frontier. */
  readonly prices?: Prices;
}

export interface TestGatewayOptions {
  /** Before an intent is kept: may refuse it. */
  readonly intend?: (intent: Intent) => Promise<void>;
  readonly server?: {
    readonly bodyLimitBytes?: number;
    readonly uploadLimitBytes?: number;
    readonly writeIdleMs?: number;
    readonly maxConcurrent?: number;
    readonly isReady?: () => boolean;
  };
  readonly keys?: readonly AccessKey[];
  /** Names of models whose providers take callers' own keys. */
  readonly passThrough?: readonly string[];
  /** How the plan came about: `pinned` asks its models whatever their health. */
  readonly mode?: Decision['mode'];
  /** Which of the models, by their names, are asked in turn, and how they are judged. Default: all of them, each as it comes. */
  readonly plan?: readonly { readonly ask: readonly string[]; readonly acceptIf?: Acceptance }[];
  readonly storesTexts?: boolean;
  readonly fetchMedia?: FetchMedia;
  readonly retries?: RetryLimits;
  /** After so long without a word a call is made once more. */
  readonly hedgeAfterMs?: number;
  /** What conversations keep; several gateways may share one. */
  readonly carrier?: Carrier;
  /** Faults of ours belong to the test: closing does not complain of them. */
  readonly hasFaults?: boolean;
}

export interface TestGateway {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  readonly intents: readonly Intent[];
  readonly faults: readonly GatewayError[];
  /** Requests that came to no decision. */
  readonly refusals: readonly GatewayError[];
  /** Resolves when so many exchanges are settled; rejects after five seconds. */
  settled(count: number): Promise<readonly Exchange[]>;
  /** As at the end of the process. */
  stop(graceMs: number): Promise<void>;
  /** Rejects where something of ours failed in between. */
  close(): Promise<void>;
}

/** The path of a request over real sockets, with a plan of all its models in the order given. */
export const testGateway = async (
  models: readonly TestModel[],
  dialects: readonly Dialect[],
  options: TestGatewayOptions = {},
): Promise<TestGateway> => {
  const { intend = async () => undefined, server = {}, hasFaults = false } = options;
  const exchanges: Exchange[] = [];
  const faults: GatewayError[] = [];
  const refusals: GatewayError[] = [];
  const intents: Intent[] = [];
  const waiting: (() => void)[] = [];
  const ledger: Ledger = {
    intend: async (intent) => {
      await intend(intent);
      intents.push(intent);
    },
    settle: (exchange) => {
      exchanges.push(exchange);
      for (const tell of waiting) tell();
    },
    flush: async () => undefined,
    close: async () => undefined,
  };
  const snapshot = handmade(models, dialects, options);
  const egress = new Egress();
  const carrier = options.carrier ?? forgetfulCarrier();
  const health = new Health(realWorld);
  const retries = new RetryBudget(realWorld, () => options.retries ?? { share: 0.2, perSecond: 10 });
  const gateway = createGateway({
    snapshot: () => snapshot,
    egress,
    ledger,
    health,
    embedder: new Embedder({ egress, ledger, health, world: realWorld }),
    carrier,
    fetchMedia: options.fetchMedia ?? (() => Promise.reject(new DownloadError('there is no network'))),
    retries,
    hedges: new RetryBudget(realWorld, () => ({ share: 1, perSecond: 0 })),
    world: realWorld,
    observers: [],
    onRefused: (error) => refusals.push(error),
    onFault: (error) => faults.push(error),
  });
  const running: RunningServer = await startServer(
    {
      gateway,
      snapshot: () => snapshot,
      world: realWorld,
      surfaces: createSurfaces({
        ...{ egress, health, retries, ledger },
        stored: carrier.stored,
        world: realWorld,
        observers: [],
        estimate: (_dialect, _body, bodyBytes) => Math.ceil(bodyBytes / 4),
        onFault: (error) => faults.push(error),
      }),
      exchanges: { find: async () => undefined, note: async () => undefined },
      policy: () => undefined,
      bodyLimitBytes: () => server.bodyLimitBytes ?? 32 * 1024 * 1024,
      uploadLimitBytes: () => server.uploadLimitBytes ?? 512 * 1024 * 1024,
      writeIdleMs: () => server.writeIdleMs ?? 60_000,
      overload: () => ({ maxConcurrent: server.maxConcurrent ?? 10_000, longestLagMs: 10_000 }),
      isReady: () => server.isReady?.() ?? true,
      onRefused: (error) => refusals.push(error),
      onFault: (error) => faults.push(error),
    },
    { host: '127.0.0.1', port: 0 },
  );
  return {
    url: running.url,
    exchanges,
    intents,
    faults,
    refusals,
    settled: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${exchanges.length} of ${count} exchanges settled`)),
          5000,
        );
        const look = (): void => {
          if (exchanges.length < count) return;
          clearTimeout(timer);
          resolve(exchanges);
        };
        waiting.push(look);
        look();
      }),
    stop: (graceMs) => running.stop(graceMs),
    close: async () => {
      await running.stop(0);
      await egress.close();
      const [fault] = faults;
      if (fault && !hasFaults) throw fault.cause ?? fault;
    },
  };
};

const hourMs = 3_600_000;

/** Of this process only. */
export const forgetfulCarrier = (): Carrier => {
  const vault = new Vault({
    key: randomBytes(32),
    shelf: noShelf,
    world: realWorld,
    maxBytes: 8 * 1024 * 1024,
    keepMs: hourMs,
  });
  return {
    memory: new SessionMemory(realWorld, { maxSessions: 1000, keepMs: hourMs }),
    vault,
    stored: new StoredResponses(vault, realWorld, hourMs),
  };
};

const timeouts: Timeouts = { connectMs: 1000, firstByteMs: 2000, idleMs: 2000, totalMs: 10_000 };

const handmade = (
  testModels: readonly TestModel[],
  dialects: readonly Dialect[],
  {
    keys: accessKeys = [],
    passThrough = [],
    mode = 'route',
    plan: planned,
    storesTexts = false,
    hedgeAfterMs,
  }: TestGatewayOptions,
): Snapshot => {
  const models = testModels.map(modelOf);
  const byId = new Map(models.map((model) => [model.id, model]));
  const providers = new Map(testModels.map((model) => [`p-${model.name}`, providerOf(model)]));
  const keys = new KeyRing(accessKeys);
  const passThroughKeys = () => passThrough.map((name) => `p-${name}`);
  const idOf = (name: string): ModelId => `p-${name}/${name}` as ModelId;
  const plan: readonly PlanStep[] = planned
    ? planned.map((step) => ({ ...step, ask: step.ask.map(idOf) }))
    : models.map(({ id }) => ({ ask: [id] }));
  const resolve = () => ({ type: 'route', route: 'auto' }) as const;
  return {
    keys,
    dialects: new Map<DialectName, Dialect>(dialects.map((dialect) => [dialect.name, dialect])),
    providers,
    model: (id) => byId.get(id),
    resolve,
    passThroughKeys,
    admit: (received, credentials) =>
      admit(received, credentials, { keys, resolve, providers, passThroughKeys }),
    decide: (admitted) => ({
      ...admitted,
      decision: {
        route: 'auto',
        strategy: 'fixed',
        tier: 'light',
        plan,
        reasons: ['handmade'],
        rejected: [],
        features: someFeatures,
        predictedCost: noMoney,
        mode,
        propensity: 1,
      },
    }),
    baseline: () => models.at(-1),
    offers: () =>
      models.map(({ id, displayName }) => ({ id, displayName, ownedBy: 'test', released: undefined })),
    longestRetryWaitMs: 2000,
    hedgeAfterMs: () => hedgeAfterMs,
    storesTexts,
    tellsTiming: false,
  };
};

const kindOf = (type: string): ProviderKind => {
  const kind = providerKinds.find((known) => known.type === type);
  if (!kind) throw new GatewayError('internal', `There is no provider kind "${type}".`);
  return kind;
};

const providerOf = ({
  name,
  url,
  kind,
  timeouts: changed,
  keys = ['upstream-secret'],
}: TestModel): Provider => ({
  name: `p-${name}`,
  kind: kindOf(kind),
  credentials: keys.map((key, at) => ({
    name: at === 0 ? `p-${name}` : `p-${name}#${at + 1}`,
    baseUrl: new URL(url),
    key,
    weight: 1,
  })) as [Credential, ...Credential[]],
  quirks: kindOf(kind).quirks,
  timeouts: { ...timeouts, ...changed },
});

const modelOf = ({ name, kind, tier = 'light', capabilities, prices }: TestModel): Model => {
  const dialect: DialectName = kind === 'anthropic' ? 'anthropic-messages' : 'openai-chat';
  return sampleModel(name, {
    provider: `p-${name}`,
    tier,
    prices: prices ?? samplePrices(tier === 'frontier' ? 10 : 1),
    contextTokens: 100_000,
    maxOutputTokens: 1000,
    capabilities: {
      input: ['text', 'image', 'pdf'],
      dialects: [dialect],
      toolDialects: [dialect],
      ...capabilities,
    },
  });
};

const someFeatures = sampleFeatures({ promptTokens: 20, askTokens: 10, task: 'unsure', taskConfidence: 0 });
