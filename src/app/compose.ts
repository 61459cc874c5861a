import { GatewayError } from '../core/errors.ts';
import type { Exchange } from '../core/exchange.ts';
import { Embedder } from '../gateway/embedder.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { realWorld, type World } from '../kit/world.ts';
import type { KeptLedger } from '../ledger/health.ts';
import { download } from '../providers/download.ts';
import { Health } from '../providers/health.ts';
import { KeptDownloads } from '../providers/kept-downloads.ts';
import { RetryBudget } from '../providers/retry-budget.ts';
import { Egress } from '../providers/send.ts';
import { Pace } from '../routing/pace.ts';
import { SpeedMeter } from '../routing/speed.ts';
import { newExperience } from '../sessions/session-memory.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { createSurfaces, type Surfaces } from '../surfaces/surfaces.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { newMemory, openCarrier } from './carrier.ts';
import type { Config } from './config.ts';
import { embeddingsUnused } from './embedding-source.ts';
import { estimateCount } from './estimate-count.ts';
import { Learning } from './learning.ts';
import { PolicyInForce } from './policy.ts';
import { policyPlace, shippedPolicy } from './policy-file.ts';
import { type RunningSimulation, startSimulation } from './simulation.ts';
import { type Composed, composeSnapshot } from './snapshot.ts';

export interface AppOptions {
  readonly world?: World;
  readonly log?: Log;
  /** Simulated providers that already run; without them a configuration that names some starts its own. */
  readonly simulation?: RunningSimulation;
}

/** Everything that runs. */
export interface App {
  readonly gateway: Gateway;
  readonly ledger: KeptLedger;
  readonly log: Log;
  readonly world: World;
  /** What is in force; may change between two calls. */
  readonly current: () => InForce;
  /** Undefined where no simulated provider runs. */
  readonly simulation: () => RunningSimulation | undefined;
  readonly surfaces: Surfaces;
  /** Name and version of the policy in force; undefined where there is none. */
  readonly policy: () => string | undefined;
  /**
   * Puts another configuration in force for the requests to come. Address, port and ledger stay as they
   * are until a restart. Rejects where it cannot be built; the old one then stays.
   */
  apply(config: Config): Promise<void>;
  /**
   * Told before anybody on the network can come in at an address: from then on no configuration without
   * keys is put in force. Throws `unsafe-exposure` where the one in force has none.
   */
  exposeAt(host: string): void;
  /** After the door is shut: what was settled is kept. */
  close(): Promise<void>;
}

export interface InForce extends Composed {
  readonly config: Config;
}

/** Vendors are slow for minutes, not for days. */
const speedHalfLifeMs = 10 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** Builds everything from a configuration; the only place that does. */
export const compose = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const { world = realWorld, log = createLog(config.log.level) } = options;
  const health = new Health(world);
  const egress = new Egress();
  const experience = newExperience();
  const memory = newMemory(world, experience);
  const speeds = new SpeedMeter({ halfLifeMs: speedHalfLifeMs, now: () => world.now() });
  const paces = new Map<string, Pace>();
  const policy = new PolicyInForce({
    builtIn: shippedPolicy,
    info: (message) => {
      log.info(message);
      tellUnused();
    },
    warn: (message) => log.warn(message),
  });
  const tellUnused = (): void => {
    const unused = embeddingsUnused(current.config, policy.current);
    if (unused) log.warn(`${unused.message} ${unused.suggestion}`);
  };
  let simulation = options.simulation;
  const build = async (next: Config): Promise<InForce> => {
    if (!simulation && namesSimulated(next)) simulation = await startSimulation();
    const composed = composeSnapshot(next, {
      isHealthy: (model, credentials) => health.isHealthy(model, credentials),
      waitMs: (model, credentials) =>
        Math.min(...credentials.map((credential) => health.waitMs({ model, credential }))),
      now: () => world.now(),
      recall: (caller, session) => memory.recall(caller, session),
      experience,
      simulation,
      predictor: () => policy.current,
      speed: (model) => speeds.of(model),
      pace: (route) => paceOf(route, paces),
    });
    return { ...composed, config: next };
  };
  // the folder of the ledger is what it was at the start
  const placeOf = (next: Config) => policyPlace({ ...next, ledger: config.ledger });
  const firstPolicy = policy.prepare(placeOf(config));
  let current = await build(config);
  let exposedAt: string | undefined;
  const { path, texts } = config.ledger;
  const ledger = await openLedger({
    dir: path,
    texts: { store: texts.store, keepMs: texts.keepDays * dayMs },
    world,
    warn: (message) => log.warn(message),
  }).catch(async (cause: unknown) => {
    if (simulation && !options.simulation) await simulation.close();
    throw cause;
  });
  const carrier = await openCarrier(config, memory, world, (message) => log.warn(message)).catch(
    async (cause: unknown) => {
      await ledger.close();
      if (simulation && !options.simulation) await simulation.close();
      throw cause;
    },
  );
  firstPolicy.use();
  tellUnused();
  const learning = new Learning({
    config: () => ({ ...current.config, ledger: config.ledger }),
    world,
    log,
  });
  const media = new KeptDownloads((address) => download(address, current.config.downloads), world);
  const retries = new RetryBudget(world, () => current.config.retries);
  const hedges = new RetryBudget(world, () => ({
    share: current.config.retries.hedgeShare,
    perSecond: 0,
  }));
  const observers = [
    (exchange: Exchange) => log.settled(exchange),
    (exchange: Exchange) => speeds.note(exchange),
  ];
  return {
    gateway: createGateway({
      snapshot: () => current.snapshot,
      egress,
      health,
      retries,
      hedges,
      embedder: new Embedder({ egress, ledger, health, world }),
      ledger,
      carrier,
      fetchMedia: (address) => media.get(address),
      world,
      observers,
      onRefused: (error, id) => log.refused(error, id),
      onFault: (error, id) => log.fault(error, id),
    }),
    ledger,
    log,
    world,
    current: () => current,
    simulation: () => simulation,
    surfaces: createSurfaces({
      ...{ egress, health, retries, ledger },
      stored: carrier.stored,
      world,
      observers,
      estimate: estimateCount,
      onFault: (error, id) => log.fault(error, id),
    }),
    apply: async (next) => {
      const built = await build(next);
      const nextPolicy = policy.prepare(placeOf(next));
      if (exposedAt !== undefined) demandKeys(built, exposedAt);
      // whatever can fail has been done: both change between the same two requests
      nextPolicy.use();
      const had = current.config.embeddings;
      current = built;
      if (JSON.stringify(had) !== JSON.stringify(next.embeddings)) tellUnused();
      learning.follow();
    },
    exposeAt: (host) => {
      demandKeys(current, host);
      exposedAt = host;
    },
    policy: () => policy.current?.policy,
    close: async () => {
      policy.close();
      await learning.close();
      await egress.close();
      await carrier.vault.close();
      await ledger.close();
      if (simulation && !options.simulation) await simulation.close();
    },
  };
};

/** Budgets go on where they were when a configuration changes. */
const paceOf = (route: string, paces: Map<string, Pace>): Pace => {
  const pace = paces.get(route) ?? new Pace();
  paces.set(route, pace);
  return pace;
};

const demandKeys = ({ snapshot }: InForce, host: string): void => {
  if (!snapshot.keys.isEmpty) return;
  throw new GatewayError(
    'unsafe-exposure',
    `Without keys the gateway listens on loopback only, not on ${host}: make one with "tierwise keys create NAME --write", or use host 127.0.0.1.`,
  );
};

const namesSimulated = ({ providers }: Config): boolean =>
  Object.values(providers).some(
    ({ kind, baseUrl }) => kind.exchangeHeader !== undefined && baseUrl === undefined,
  );
