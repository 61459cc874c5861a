import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../app/compose.ts';
import { configFromText } from '../app/config.ts';
import { startDoor } from '../cli/start-door.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../simulator/upstream/upstream.ts';
import { createLog } from '../telemetry/log.ts';

/** A whole gateway before one upstream that plays the three vendors, each as strict as it is. */
export interface Composed {
  readonly url: string;
  readonly upstream: Upstream;
  /** Ends the gateway and starts it again on what it left behind. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const providerOf = { claude: 'anthropic', gpt: 'openai', o: 'openai', gemini: 'google' } as const;

/** The route that asks this model, and no other. */
export const routeOf = (model: string): string => `to-${model}`;

const idOf = (model: string): string => {
  const family = /^[a-z]+/.exec(model)?.[0] as keyof typeof providerOf;
  return `${providerOf[family]}/${model}`;
};

export const composed = async (
  models: readonly string[],
  config: object = {},
  options: UpstreamOptions = {},
  openaiKeys: readonly string[] = [],
): Promise<Composed> => {
  const upstream = await startUpstream({ speed: 0, keepRequests: 10, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'composed-'));
  const fixed = (model: string) => ({ strategy: { type: 'fixed', use: [idOf(model)] } });
  const read = configFromText(
    JSON.stringify({
      server: { port: 0 },
      providers: {
        anthropic: { type: 'anthropic', baseUrl: `${upstream.url}/v1`, key: 'key-anthropic' },
        openai: {
          type: 'openai',
          baseUrl: `${upstream.url}/v1`,
          ...(openaiKeys.length > 0 ? { keys: openaiKeys.map((key) => ({ key })) } : { key: 'key-openai' }),
        },
        google: { type: 'google', baseUrl: `${upstream.url}/v1beta`, key: 'key-google' },
      },
      routes: Object.fromEntries(models.map((model) => [routeOf(model), fixed(model)])),
      ...config,
    }),
    { environment: {}, folder },
  );
  if (!read.config) throw new Error(JSON.stringify(read.findings));
  const { config: checked } = read;
  const start = async () => {
    const app = await compose(checked, { log: createLog('silent') });
    return { app, door: await startDoor(app) };
  };
  let running = await start();
  const stop = async (): Promise<void> => {
    await running.door.stop(0);
    await running.app.close();
  };
  return {
    get url() {
      return running.door.url;
    },
    upstream,
    restart: async () => {
      await stop();
      running = await start();
    },
    close: async () => {
      await stop();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
