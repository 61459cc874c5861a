import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../../app/config.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Exchange, ExchangeId } from '../../core/exchange.ts';
import { tiers } from '../../core/model.ts';
import type { LedgerReader, ListQuery } from '../../ledger/ledger.ts';
import { openLedgerReader } from '../../storage/ledger-reader.ts';
import { configOf, configOption } from '../config-of.ts';
import { exchangeLine } from '../exchange-line.ts';
import { exchangeText } from '../exchange-text.ts';
import { jsonLine, jsonText } from '../json-text.ts';
import { withLedger } from '../ledger-of.ts';
import { spanOf, spanOptions } from '../moments.ts';
import type { Terminal } from '../terminal.ts';
import { wantedExchange } from '../wanted-exchange.ts';
import { defineCommand, option } from './command.ts';

const followEveryMs = 400;

export const logs = defineCommand({
  name: 'logs',
  summary: 'Show what was asked and answered, one line an exchange, newest last.',
  details:
    'Time, id, tier, asked → answered, status, tokens in → out, cost (~ estimated), saved against the frontier, latency, and the rule. Where output is no terminal, nothing is shortened. With an id (its last characters do) it tells everything of one exchange.',
  parameters: [
    { name: 'id', summary: 'Of one exchange, from a header or a line of this list.', isRequired: false },
  ],
  options: {
    config: configOption,
    follow: option('-f, --follow', 'Go on with new ones as they come.', z.boolean().default(false)),
    limit: option(
      '-n, --limit <n>',
      'So many of the newest. Default: 20.',
      z.coerce.number().int().min(0).max(100_000).default(20),
    ),
    caller: option('--caller <name>', 'Only those of this caller.', z.string().optional()),
    session: option('--session <id>', 'Only those of this session.', z.string().optional()),
    model: option('--model <id>', 'Only those this model answered.', z.string().optional()),
    tier: option('--tier <tier>', 'Only those of this tier.', z.enum(tiers).optional()),
    ...spanOptions,
    json: option(
      '--json',
      'Print JSON, one exchange a line; amounts in nano-dollars.',
      z.boolean().default(false),
    ),
  },
  examples: [
    'tierwise logs --follow',
    'tierwise logs --tier frontier --from 24h -n 100',
    'tierwise logs K3M9Q2A',
  ],
  run: async ({ options, parameters }, terminal) => {
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    if (parameters.id !== undefined) return showOne(parameters.id, config, options.json, terminal);
    const { limit, caller, session, model, tier } = options;
    const filter = { ...spanOf(options, terminal.world.now()), ...given({ caller, session, model, tier }) };
    const style = {
      paint: terminal.paint,
      width: terminal.isOutputShown ? terminal.columns : undefined,
      hasCallers: config.keys.length > 0,
    };
    const show: Show = async (exchange, reader) => {
      const labels = await reader.signals(exchange.id);
      terminal.print(
        options.json ? jsonLine({ ...exchange, labels }) : exchangeLine(exchange, style, labels),
      );
    };
    if (options.follow) return follow({ ...filter, limit }, show, config, terminal);
    await withLedger(config, async (reader) => {
      const found = await reader.list({ ...filter, limit });
      if (found.length === 0) terminal.tell('The ledger has none like that.');
      for (const exchange of found) await show(exchange, reader);
    });
  },
});

type Show = (exchange: Exchange, reader: LedgerReader) => Promise<void>;

const follow = async (query: ListQuery, show: Show, config: Config, terminal: Terminal): Promise<void> => {
  const { interrupted } = terminal;
  const reader = await waitForLedger(config, terminal);
  if (!reader) return;
  try {
    // a limit of 0 shows nothing of what was, but still has to know where to begin
    const [newest] = await reader.list({ limit: 1 });
    const before = query.limit === 0 ? [] : await reader.list(query);
    for (const exchange of before) await show(exchange, reader);
    let after = before.at(-1)?.id ?? newest?.id;
    const { limit: _, ...filter } = query;
    while (!interrupted.aborted) {
      const fresh = await reader.list({ ...filter, limit: 500, after: after ?? ('' as ExchangeId) });
      for (const exchange of fresh) await show(exchange, reader);
      after = fresh.at(-1)?.id ?? after;
      if (fresh.length < 500)
        await pause(followEveryMs, undefined, { signal: interrupted }).catch(() => undefined);
    }
  } finally {
    await reader.close();
  }
};

/** The ledger appears with the gateway's first start. */
const waitForLedger = async (
  { ledger }: Config,
  { interrupted, tell, paintTold }: Terminal,
): Promise<LedgerReader | undefined> => {
  let hasTold = false;
  while (!interrupted.aborted) {
    try {
      return await openLedgerReader({ dir: ledger.path });
    } catch (cause) {
      if (!(cause instanceof GatewayError && /There is no ledger/.test(cause.message))) throw cause;
      if (!hasTold) tell(paintTold.dim(`Waiting for a gateway to start a ledger in ${ledger.path} …`));
      hasTold = true;
      await pause(followEveryMs, undefined, { signal: interrupted }).catch(() => undefined);
    }
  }
  return undefined;
};

const showOne = async (
  wanted: string,
  config: Config,
  isJson: boolean,
  { print, paint, columns }: Terminal,
): Promise<void> => {
  const { exchange, labels } = await withLedger(config, async (reader) => {
    const found = await wantedExchange(wanted, reader);
    return { exchange: found, labels: await reader.signals(found.id) };
  });
  print(isJson ? jsonText({ ...exchange, labels }) : exchangeText(exchange, labels, { paint, columns }));
};

const given = <Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };
