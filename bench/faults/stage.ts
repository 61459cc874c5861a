import { type ConfigFile, type GatewayProcess, startGateway } from '../../e2e/support/gateway-process.ts';
import { createRandom, type Random } from '../../src/simulator/chance.ts';
import { type Chaos, type ChaosRelay, startChaosRelay } from './chaos-relay.ts';
import { type MockUpstream, type Script, startMockUpstream } from './mock-upstream.ts';

/** What a scenario plays on. All that it starts is ended with it. */
export interface Stage {
  /** Full counts and times, or those of a test. */
  readonly isFull: boolean;
  readonly random: Random;
  /** The count of the full form, or of the quick one. */
  count(full: number, quick: number): number;
  upstream(scripts: Readonly<Record<string, Script>>): Promise<MockUpstream>;
  relay(upstream: MockUpstream, chaos: Chaos): Promise<ChaosRelay>;
  gateway(config: ConfigFile, environment?: Readonly<Record<string, string>>): Promise<GatewayProcess>;
  /** Run at the end, last first. */
  after(clean: () => unknown): void;
  /** Every gateway of the stage, for what has to hold of all of them. */
  readonly gateways: readonly GatewayProcess[];
  end(): Promise<void>;
}

export const openStage = (isFull: boolean, seed: string): Stage => {
  const cleaning: (() => unknown)[] = [];
  const gateways: GatewayProcess[] = [];
  return {
    isFull,
    gateways,
    random: createRandom('faults', seed),
    count: (full, quick) => (isFull ? full : quick),
    upstream: async (scripts) => {
      const upstream = await startMockUpstream(scripts);
      cleaning.push(() => upstream.close());
      return upstream;
    },
    relay: async (upstream, chaos) => {
      const relay = await startChaosRelay(upstream.port, chaos);
      cleaning.push(() => relay.close());
      return relay;
    },
    gateway: async (config, environment = {}) => {
      const gateway = await startGateway({ config, environment });
      gateways.push(gateway);
      cleaning.push(() => gateway.remove());
      return gateway;
    },
    after: (clean) => void cleaning.push(clean),
    end: async () => {
      for (const clean of cleaning.reverse()) await clean();
    },
  };
};

export interface ProviderOptions {
  readonly url: string;
  readonly models: readonly string[];
  readonly type?: string;
  readonly timeouts?: Readonly<Record<string, string>>;
  readonly rest?: Readonly<Record<string, unknown>>;
}

/** A provider of scripted models. */
export const provider = ({ url, models, type, timeouts, rest }: ProviderOptions): object => ({
  type: type ?? 'openai-compatible',
  baseUrl: url,
  key: 'mock-key',
  models: Object.fromEntries(
    models.map((name) => [
      name,
      {
        tier: 'mid',
        prices: { input: 1, output: 4 },
        contextTokens: 200_000,
        maxOutputTokens: 8000,
        capabilities: { tools: true, input: ['text', 'image'] },
      },
    ]),
  ),
  ...(timeouts && { timeouts }),
  ...rest,
});

/** A route that asks these models in turn. */
export const inTurn = (...models: readonly string[]): object => ({
  strategy: { type: 'fixed', use: models },
});
