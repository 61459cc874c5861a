import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, untilListening } from '../ports.ts';
import { requestOnce } from '../probe.ts';
import { gatewayCore, type Started, startPinned } from '../process.ts';
import { type Contestant, NotHere } from './contestant.ts';

const version = '1.15.2';
/** The last `@hono/node-server` under which this version answers streams. */
const heldServer = '1.13.8';

export const portkey: Contestant = {
  name: 'portkey',
  start: async ({ upstreamPort, cache }) => {
    const headers = {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
      authorization: 'Bearer bench',
    };
    const asInstalled = await run(await install(join(cache, 'portkey'), {}));
    const started = [asInstalled.started];
    const facts = [
      `@portkey-ai/gateway ${version} as npm installs it, with @hono/node-server ${asInstalled.server}`,
    ];
    const stop = async (): Promise<void> => {
      for (const each of started) await each.stop();
    };
    try {
      const target = { port: asInstalled.port, headers, pid: asInstalled.started.pid };
      const { status } = await requestOnce(target, 'stream');
      if (status === 200) return { target: () => target, facts, stop };
      facts.push(
        `as installed it answers ${status} to every stream; streams are measured with @hono/node-server held at ${heldServer}`,
      );
      const held = await run(await install(join(cache, 'portkey-held'), { '@hono/node-server': heldServer }));
      started.push(held.started);
      const streamTarget = { port: held.port, headers, pid: held.started.pid };
      return { target: (reply) => (reply === 'json' ? target : streamTarget), facts, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};

const install = async (folder: string, overrides: Readonly<Record<string, string>>): Promise<string> => {
  const manifest = JSON.stringify({
    private: true,
    dependencies: { '@portkey-ai/gateway': version },
    overrides,
  });
  const manifestFile = join(folder, 'package.json');
  const isThere =
    existsSync(join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')) &&
    readFileSync(manifestFile, 'utf8') === manifest;
  if (isThere) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(manifestFile, manifest);
  try {
    await promisify(execFile)(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'],
      {
        cwd: folder,
        timeout: 120_000,
      },
    );
  } catch (error) {
    throw new NotHere(
      `@portkey-ai/gateway ${version} could not be installed: ${(error as Error).message.split('\n')[0]}`,
    );
  }
  return folder;
};

const run = async (folder: string): Promise<{ started: Started; port: number; server: string }> => {
  const port = await freePort();
  const started = startPinned({
    core: gatewayCore,
    command: process.execPath,
    args: [
      join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js'),
      '--headless',
      `--port=${port}`,
    ],
  });
  await untilListening(port, started);
  const manifest = readFileSync(join(folder, 'node_modules/@hono/node-server/package.json'), 'utf8');
  return { started, port, server: (JSON.parse(manifest) as { version: string }).version };
};
