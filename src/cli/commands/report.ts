import { z } from 'zod';
import { type ReportKey, reportKeys } from '../../ledger/ledger.ts';
import { configOf, configOption } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import { keyValues } from '../key-values.ts';
import { withLedger } from '../ledger-of.ts';
import { spanOf, spanOptions } from '../moments.ts';
import { reportText, savedOf, totalOf } from '../report-text.ts';
import { defineCommand, option } from './command.ts';

export const report = defineCommand({
  name: 'report',
  summary: 'Sum up the ledger: requests, tokens, cost, and what routing saved.',
  details:
    'Savings are measured against the frontier model of each route for the same tokens, failed attempts included in the cost; they are not floored at zero. Days are UTC.',
  options: {
    config: configOption,
    by: option(
      '--by <key>',
      `A row for each: ${reportKeys.join(', ')}. Default: tier.`,
      z.enum(reportKeys).default('tier'),
    ),
    ...spanOptions,
    tag: option('--tag <k=v>', 'Only exchanges with this tag. May be repeated.', keyValues, {
      isRepeatable: true,
    }),
    limit: option(
      '--limit <n>',
      'Most rows to show; the total has all. Default: 50.',
      z.coerce.number().int().positive().default(50),
    ),
    json: option('--json', 'Print JSON; amounts in nano-dollars.', z.boolean().default(false)),
  },
  examples: ['tierwise report --by model --from 7d', 'tierwise report --by day --tag team=search --json'],
  run: async ({ options }, terminal) => {
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    const query = { ...spanOf(options, terminal.world.now()), tags: options.tag };
    const { rows, sessions } = await withLedger(config, async (reader) => {
      const by = (key: ReportKey) => reader.report({ ...query, by: key });
      const found = await by(options.by);
      return {
        rows: found,
        sessions: options.by === 'session' ? found.length : (await by('session')).length,
      };
    });
    const total = totalOf(rows, sessions);
    if (options.json) {
      const told = rows.map((row) => ({ ...row, saved: savedOf(row) }));
      return terminal.print(
        jsonText({ by: options.by, rows: told, total: { ...total, saved: savedOf(total) } }),
      );
    }
    if (rows.length === 0) return terminal.print('The ledger has nothing for that time.');
    const shown = options.by === 'day' ? rows.slice(-options.limit) : rows.slice(0, options.limit);
    terminal.print(reportText({ by: options.by, rows: shown, total }, terminal));
    if (shown.length < rows.length)
      terminal.tell(terminal.paintTold.dim(`${rows.length - shown.length} rows more; --limit shows them.`));
  },
});
