import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../app/config.ts';
import { didYouMean } from '../../app/near-names.ts';
import { policyOf } from '../../app/policy-file.ts';
import { composeSnapshot } from '../../app/snapshot.ts';
import { type Caller, localCaller } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Admitted, ExchangeId } from '../../core/exchange.ts';
import { defaultRoute } from '../../gateway/admit.ts';
import { wantsEmbedding } from '../../gateway/decide-embedded.ts';
import { timeSortedId } from '../../kit/ids.ts';
import { expectedCost } from '../../routing/expected-cost.ts';
import { readReceived } from '../../server/received.ts';
import { CliError } from '../cli-error.ts';
import { configOf, configOption } from '../config-of.ts';
import { decisionText } from '../decision-text.ts';
import { moneyText, shareText } from '../figures.ts';
import { jsonText } from '../json-text.ts';
import { keyValues } from '../key-values.ts';
import { dialectOf, sampleBody } from '../sample-request.ts';
import type { Terminal } from '../terminal.ts';
import { labelled } from '../wrap.ts';
import { defineCommand, option } from './command.ts';

/** What a body alone says; Gemini's has the model in its address. */
const spoken = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

export const route = defineCommand({
  name: 'route',
  summary: 'Say which model a request would go to, and why, without calling anybody.',
  details:
    'The request is made of a prompt and options, or read from a file (or standard input, "-") as a client would send it. Every model is taken to be healthy.',
  parameters: [{ name: 'prompt', summary: 'What the user asks.', isRequired: false }],
  options: {
    config: configOption,
    file: option(
      '--file <body.json>',
      'A whole request body instead, in either dialect; "-" reads standard input.',
      z.string().optional(),
    ),
    model: option(
      '--model <name>',
      'What the client puts in the field "model". Default: auto.',
      z.string().optional(),
    ),
    system: option('--system <text>', 'Instructions before the prompt.', z.string().optional()),
    tools: option(
      '--tools <n>',
      'So many tools are declared.',
      z.coerce.number().int().min(0).max(2000).default(0),
    ),
    maxTokens: option(
      '--max-tokens <n>',
      'Limit of the answer.',
      z.coerce.number().int().positive().optional(),
    ),
    tag: option('--tag <k=v>', 'A tag, as in the header x-tierwise-tags. May be repeated.', keyValues, {
      isRepeatable: true,
    }),
    caller: option('--caller <name>', 'As the holder of this configured key.', z.string().optional()),
    dialect: option(
      '--dialect <name>',
      'openai-chat, openai-responses or anthropic-messages. Default: what the file looks like.',
      z.enum(spoken).optional(),
    ),
    json: option('--json', 'Print the decision as JSON.', z.boolean().default(false)),
  },
  examples: [
    'tierwise route "Fix the indentation of this function"',
    'tierwise route "Find the race" --tag priority=critical --tools 12',
    'tierwise route --file body.json --json',
  ],
  run: async ({ options, parameters }, terminal) => {
    const { config } = configOf(options.config, terminal);
    const now = terminal.world.now();
    const policy = policyOf(config);
    const composed = composeSnapshot(config, {
      isHealthy: () => true,
      waitMs: () => 0,
      now: () => now,
      simulation: undefined,
      predictor: () => policy,
    });
    const text = await bodyText(options, parameters.prompt, terminal);
    const name = options.dialect ?? dialectOf(parsed(text));
    const dialect = composed.snapshot.dialects.get(name);
    if (!dialect) throw new CliError(`${name} is not spoken by this build.`);
    const headers = {
      'x-tierwise-tags': Object.entries(options.tag)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    };
    const received = readReceived({
      ...{ id: timeSortedId(now) as ExchangeId, receivedAt: now, dialect, headers },
      ...{ bytes: Buffer.from(text), query: '', wanted: {}, dialects: composed.snapshot.dialects },
    });
    const caller = callerOf(options.caller, config);
    const resolved = composed.resolve(received.request.model);
    const admitted: Admitted = {
      ...received,
      caller,
      route: resolved.type === 'route' ? resolved.route : defaultRoute,
    };
    mayUse(caller, admitted.route);
    const decided = composed.snapshot.decide(admitted);
    const { decision } = decided;
    const { embeddings } = composed.snapshot;
    const embedder = embeddings?.kind() && wantsEmbedding(decided) ? embeddings : undefined;
    const baseline = composed.snapshot.baseline(admitted.route);
    const atBaseline =
      baseline &&
      (decision.weighed?.find(({ model }) => model === baseline.id)?.cost ??
        expectedCost(baseline, decision.features));
    if (options.json)
      return terminal.print(
        jsonText({
          ...decision,
          ...(embedder && { wouldAsk: { model: embedder.id, deadlineMs: embedder.deadlineMs } }),
          ...(baseline && { baselineModel: baseline.id, predictedBaselineCost: atBaseline }),
        }),
      );
    const { paint, columns } = terminal;
    terminal.print(labelled('asked', `${received.request.model} (${name})`, columns, paint.dim));
    terminal.print(decisionText(decision, terminal));
    if (embedder)
      terminal.print(
        labelled(
          'embedding',
          `the gateway asks ${embedder.id} first, for ${embedder.deadlineMs} ms at most; this is without`,
          columns,
          paint.dim,
        ),
      );
    if (baseline && atBaseline !== undefined)
      terminal.print(
        labelled(
          '',
          `${moneyText(atBaseline)} at ${baseline.id}: ${shareText(atBaseline - decision.predictedCost, atBaseline)} less`,
          columns,
          paint.dim,
        ),
      );
  },
});

interface BodyOptions {
  readonly file: string | undefined;
  readonly model: string | undefined;
  readonly system: string | undefined;
  readonly tools: number;
  readonly maxTokens: number | undefined;
  readonly dialect: (typeof spoken)[number] | undefined;
}

const bodyText = async (
  options: BodyOptions,
  prompt: string | undefined,
  { folder, readInput }: Terminal,
): Promise<string> => {
  const { file, model = 'auto', system, tools, maxTokens, dialect = 'openai-chat' } = options;
  if (file === undefined) {
    if (prompt === undefined)
      throw new CliError('There is nothing to route.', {
        exitCode: 2,
        wayOut: 'Give a prompt in quotes, or --file BODY.json.',
      });
    return JSON.stringify(sampleBody({ model, prompt, system, tools, maxTokens }, dialect));
  }
  if (prompt !== undefined)
    throw new CliError('A prompt and --file are two requests.', {
      exitCode: 2,
      wayOut: 'Leave one of them out.',
    });
  const text = file === '-' ? await readInput() : readFile(resolve(folder, file), file);
  if (options.model === undefined) return text;
  const body = parsed(text);
  return typeof body === 'object' && body !== null ? JSON.stringify({ ...body, model }) : text;
};

const readFile = (path: string, name: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(`${name} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
};

/** Undefined where it is no JSON; the dialect's reader then says where. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const callerOf = (name: string | undefined, { keys }: Config): Caller => {
  if (name === undefined) return localCaller;
  const key = keys.find((known) => known.name === name);
  const names = keys.map((known) => known.name);
  if (!key)
    throw new CliError(`No key is named "${name}".`, {
      wayOut:
        didYouMean(name, names) ??
        (names.length > 0 ? `There are: ${names.join(', ')}.` : 'No keys are configured.'),
    });
  return { name, ...(key.routes && { routes: key.routes }), ...(key.models && { models: key.models }) };
};

const mayUse = ({ name, routes }: Caller, wanted: string): void => {
  if (routes && !routes.includes(wanted))
    throw new GatewayError(
      'forbidden',
      `The key of "${name}" may not use the route "${wanted}"; it may use ${routes.join(', ')}.`,
    );
};
