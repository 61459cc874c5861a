import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../app/compose.ts';
import { type Config, configFromText } from '../../app/config.ts';
import { catalogueOf } from '../../app/config-models.ts';
import { isOurOwn } from '../../app/config-resolve-providers.ts';
import { startSimulation } from '../../app/simulation.ts';
import { tiersOf } from '../../app/tiers-of.ts';
import { type Tier, tiers } from '../../core/model.ts';
import type { TierModels } from '../../routing/strategies/strategy.ts';
import type { BookEntry } from '../../simulator/book.ts';
import { simulatedModelId } from '../../simulator/catalogue.ts';
import { createLog } from '../../telemetry/log.ts';
import { CliError } from '../cli-error.ts';
import { announcedUpstream } from '../simulated-upstream-file.ts';
import { startDoor } from '../start-door.ts';
import type { Terminal } from '../terminal.ts';
import type { Workload } from './workload.ts';

/** A gateway on simulated providers, whose ledger and whose upstream's book can be read. */
export interface Stage {
  readonly url: string;
  /** "a gateway of its own", or the address of one that runs. */
  readonly name: string;
  readonly ledgerPath: string;
  /** Models of each tier, as the gateway asks them. */
  readonly tiers: TierModels;
  readonly book: () => Promise<readonly BookEntry[]>;
  close(): Promise<void>;
}

/** A gateway of one's own on a free port, in front of the workload's models, with a ledger that goes when it does. */
export const ownStage = async (
  { models, source }: Workload,
  speed: number,
  { world }: Terminal,
): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-demo-'));
  const { config: defaults } = configFromText('server: { port: 0 }', { environment: {}, folder });
  if (!defaults) throw new Error('the defaults are no configuration');
  // the models of a workload are not those that names in a file are checked against
  const config: Config = { ...defaults, tiers: tiersInOrder(models) };
  const simulation = await startSimulation({ models, source, speed });
  const app = await compose(config, { world, log: createLog('silent'), simulation });
  const door = await startDoor(app);
  return {
    url: door.url,
    name: 'a gateway of its own',
    ledgerPath: config.ledger.path,
    tiers: app.current().tiers,
    book: async () => simulation.upstream.book.entries(),
    close: async () => {
      await door.stop(1000);
      await app.close();
      await simulation.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Each tier asks its models in the order the workload has them, whatever they cost. */
const tiersInOrder = (models: Workload['models']): Partial<Record<Tier, string[]>> =>
  Object.fromEntries(
    tiers
      .map(
        (tier) =>
          [
            tier,
            models.filter((model) => model.tier === tier).map((model) => simulatedModelId(model)),
          ] as const,
      )
      .filter(([, ids]) => ids.length > 0),
  );

/** The gateway that runs where the configuration says, if one does and all its models are simulated. */
export const runningStage = async (config: Config, url = addressOf(config)): Promise<Stage | undefined> => {
  // a workload sent to real providers would cost real money
  if (!Object.values(config.providers).every(({ kind }) => isOurOwn(kind))) return undefined;
  const upstream = announcedUpstream(config.ledger.path);
  if (upstream === undefined || !(await isTierwise(url))) return undefined;
  return {
    url,
    name: `the gateway at ${url}`,
    ledgerPath: config.ledger.path,
    tiers: tiersOf(config, catalogueOf(config)).lists,
    book: async () => {
      const response = await fetch(`${upstream}/book`);
      if (!response.ok)
        throw new CliError(`The book of the simulated upstream cannot be read (${response.status}).`);
      return ((await response.json()) as { entries: readonly BookEntry[] }).entries;
    },
    close: async () => undefined,
  };
};

const addressOf = ({ server: { host, port } }: Config): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const isTierwise = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) });
    return response.ok && ((await response.json()) as { service?: string }).service === 'tierwise';
  } catch {
    return false;
  }
};
