import { resolve } from 'node:path';
import { z } from 'zod';
import { loadOutcomes } from '../../simulator/outcomes.ts';
import { createReplay } from '../../simulator/replay.ts';
import { allWorldModels } from '../../simulator/world-models.ts';
import { interruption } from '../interruption.ts';
import { defineCommand, option } from './command.ts';

export const simulateUpstream = defineCommand({
  name: 'simulate-upstream',
  summary: 'Run a server that plays OpenAI, Anthropic and Google, to develop against.',
  details:
    'It speaks four wires (JSON and streams, tools, errors, usage with cached tokens) as strictly as the vendors, takes any key, and keeps a book of what it generated and billed, and of what it refused: GET /book, GET /refusals. It answers to its own models and to the names of the vendors. Point a provider of a type that begins with "simulated-" at it with `baseUrl`.',
  options: {
    port: option(
      '-p, --port <port>',
      'Default: 4101; 0 takes any free one.',
      z.coerce.number().int().min(0).max(65_535).default(4101),
    ),
    host: option('--host <host>', 'Default: 127.0.0.1.', z.string().min(1).default('127.0.0.1')),
    outcomes: option(
      '--outcomes <file>',
      'Answer with what real models were recorded to say.',
      z.string().optional(),
    ),
    seed: option('--seed <n>', 'Of the built-in world. Default: 1.', z.coerce.number().int().default(1)),
    speed: option(
      '--speed <n>',
      'So many times faster than life; 0 waits for nothing. Default: 25.',
      z.coerce.number().min(0).default(25),
    ),
    book: option('--book <file>', 'Write the book to this file, too, as JSON lines.', z.string().optional()),
  },
  examples: ['tierwise simulate-upstream --speed 1'],
  run: async ({ options: { port, host, outcomes, seed, speed, book } }, terminal) => {
    const replay =
      outcomes === undefined
        ? undefined
        : createReplay(await loadOutcomes(resolve(terminal.folder, outcomes)));
    const models = replay?.models ?? allWorldModels;
    const { startUpstream } = await import('../../simulator/upstream/upstream.ts');
    const upstream = await startUpstream({
      host,
      port,
      models,
      seed,
      speed,
      ...(replay && { source: replay }),
      ...(book !== undefined && { bookPath: resolve(terminal.folder, book) }),
    });
    const { print, paint } = terminal;
    print(
      `Simulated upstream at ${paint.bold(upstream.url)}; its book is at ${upstream.url}/book. Ctrl-C stops it.\n`,
    );
    for (const { name, wire, tier } of models) print(`  ${tier.padEnd(9)} ${wire.padEnd(19)} ${name}`);
    print(
      `\nproviders:\n${['openai', 'anthropic', 'responses', 'gemini']
        .map((kind) => `  sim-${kind}: { type: simulated-${kind}, baseUrl: "${upstream.url}/v1" }`)
        .join('\n')}`,
    );
    await interruption(terminal.interrupted);
    await upstream.close();
  },
});
