import type { InForce } from '../app/compose.ts';
import { blendedPrice } from '../catalog/index.ts';
import { tiers } from '../core/model.ts';
import { priceText } from './figures.ts';
import { tierPaint } from './model-tables.ts';
import type { Terminal } from './terminal.ts';
import { labelledLines, wrap } from './wrap.ts';

/** What a gateway says when it has started: where it is, what it found, and lines to paste. */
export const bannerText = (
  { config, catalogue, tiers: lists }: InForce,
  policy: string | undefined,
  listening: string,
  version: string,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const url = reachable(listening);
  const line = (label: string, ...lines: readonly string[]) =>
    `  ${labelledLines(label, lines, paint.dim).replaceAll('\n', '\n  ')}`;
  const models = tiers.map((tier) => {
    const told = lists[tier].map((id) => {
      const model = catalogue.get(id);
      return `${id} ${model ? priceText(blendedPrice(model)) : ''}`;
    });
    const shown =
      told.length > mostModels
        ? [...told.slice(0, mostModels), `and ${told.length - mostModels} more`]
        : told;
    return line(
      tier,
      ...wrap(shown.join(', ') || 'none', columns - 14).map((text) => tierPaint(tier, paint)(text)),
    );
  });
  const key = config.keys.length > 0 ? '$TIERWISE_KEY' : undefined;
  return [
    '',
    `  ${paint.bold(`Tierwise ${version}`)}  ${paint.bold(paint.cyan(listening))}`,
    '',
    ...providerLines(config).map((text, index) =>
      line(index === 0 ? 'providers' : '', ...wrap(text, columns - 14)),
    ),
    line('config', config.file ?? 'none: every default'),
    line('ledger', config.ledger.path),
    line('mode', ...wrap(modeText(config), columns - 14)),
    ...(policy === undefined ? [] : [line('policy', policy)]),
    line(
      'keys',
      config.keys.length > 0
        ? `${config.keys.length} configured: callers need one`
        : 'none: this machine only',
    ),
    '',
    ...models,
    paint.dim('             USD per million tokens, 3 parts input to 1 part output; first is asked first'),
    '',
    paint.dim('  Try it:'),
    '',
    ...curlLines(url, key),
    '',
    `  new OpenAI({ baseURL: '${url}/v1', apiKey: '${key ?? 'any'}' })     ${paint.dim("// model: 'auto'")}`,
    `  new Anthropic({ baseURL: '${url}', apiKey: '${key ?? 'any'}' })     ${paint.dim("// model: 'auto'")}`,
    '',
    paint.dim(
      '  "tierwise logs --follow" shows each answer, "tierwise report" what was saved. Ctrl-C stops.',
    ),
    '',
  ].join('\n');
};

const mostModels = 4;

const providerLines = ({ providers, providersFrom }: InForce['config']): readonly string[] => {
  const names = Object.keys(providers).join(', ');
  if (providersFrom === 'environment') return [`${names} (their keys are in the environment)`];
  if (providersFrom === 'file') return [names];
  return [
    names,
    'All simulated, for no provider key was found.',
    'They answer from a built-in world and cost nothing. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY for real ones.',
  ];
};

const modeText = ({ routes }: InForce['config']): string => {
  const all: Readonly<Record<string, (typeof routes)[string] | undefined>> = { auto: undefined, ...routes };
  return Object.entries(all)
    .map(
      ([name, route]) =>
        `${name} ${route?.mode === 'observe' ? 'observes only' : 'routes'} by ${strategyText(route?.strategy?.type)}`,
    )
    .join(' · ');
};

const strategyText = (type: string | undefined): string =>
  type === undefined ? 'rules (the selection matrix)' : type;

const curlLines = (url: string, key: string | undefined): readonly string[] => [
  `  curl ${url}/v1/chat/completions -i -H 'content-type: application/json' \\`,
  ...(key ? [`    -H "authorization: Bearer ${key}" \\`] : []),
  `    -d '{"model":"auto","messages":[{"role":"user","content":"Fix the commas: apples pears plums"}]}'`,
];

/** An address that clients on this machine can use. */
const reachable = (url: string): string =>
  url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
