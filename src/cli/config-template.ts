import { providerKinds } from '../providers/index.ts';
import { selectionMatrix } from '../routing/default-rules.ts';

export const schemaFileName = 'tierwise.schema.json';

export const strategyChoices = ['matrix', 'written-out', 'hybrid', 'light', 'mid', 'frontier'] as const;

/** What `init` found out. */
export interface ConfigAnswers {
  /** Kinds with a key in a variable of the environment; none at all means simulated providers. */
  readonly vendors: readonly string[];
  /** Another server that speaks Chat Completions. */
  readonly server:
    | {
        readonly name: string;
        readonly baseUrl: string;
        readonly keyVariable: string | undefined;
        readonly models: readonly string[];
      }
    | undefined;
  /** `matrix`: the built-in rules. `written-out`: the same, in the file, to be changed. `hybrid`: a policy, inside the matrix's guardrails. A tier: always that one. */
  readonly strategy: (typeof strategyChoices)[number];
  readonly mode: 'route' | 'observe';
  readonly port: number;
  readonly storesTexts: boolean;
}

/** A configuration file with the reasons of each part beside it. */
export const configTemplate = ({
  vendors,
  server,
  strategy,
  mode,
  port,
  storesTexts,
}: ConfigAnswers): string =>
  [
    `# yaml-language-server: $schema=./${schemaFileName}`,
    '# Every key is optional. "tierwise check" says what is wrong; a running gateway re-reads this file.',
    '',
    'server:',
    '  host: 127.0.0.1          # without keys nothing but loopback is accepted',
    `  port: ${port}`,
    '',
    ...providerLines(vendors, server),
    '',
    '# Models of each tier, first is asked first. Without this: from the catalogue, for the providers above',
    '# ("tierwise models" shows them).',
    '# tiers:',
    '#   light: [provider/model]',
    '',
    'routes:',
    '  auto:                    # what clients get that ask for the model "auto"',
    mode === 'route'
      ? '    mode: route            # "observe": decide and record, but send each request where the caller asked'
      : '    mode: observe          # decides and records; each request goes where the caller asked. "route" when you trust it',
    ...strategyLines(strategy),
    '',
    '# Model names that clients hard-code, first match wins. Take out the marks to route such clients too.',
    '# intercept:',
    '#   - { match: "claude-opus-*", route: auto }',
    '#   - { match: "gpt-*", route: auto }',
    '',
    'ledger:',
    '  path: .tierwise          # beside this file',
    '  texts:                   # prompts and answers themselves; figures are always kept',
    `    store: ${storesTexts}`,
    '    keepDays: 7',
    '',
    ...(strategy === 'hybrid'
      ? [
          '# New policies are learnt from labels ("tierwise label", or POST /v1/exchanges/ID/feedback) while it runs.',
          'learning:',
          '  minLabels: 50            # so many new ones, and a new policy is tried; what is worse is not published',
          '',
        ]
      : []),
    '# Who may use the gateway: "tierwise keys create NAME --write" adds an entry. Without keys: this machine only.',
    '# keys:',
    '#   - { name: research, hash: "sha256:…", routes: [auto] }',
    '',
    'log: { level: info }',
    '',
  ].join('\n');

const providerLines = (vendors: readonly string[], server: ConfigAnswers['server']): readonly string[] => {
  if (vendors.length === 0 && !server)
    return [
      '# No provider yet: simulated ones answer. Keys stay in the environment, only their names stand here.',
      '# providers:',
      '#   openai:',
      '#     type: openai',
      `#     key: ${reference('OPENAI_API_KEY')}`,
    ];
  return [
    'providers:                 # keys stay in the environment, only their names stand here',
    ...vendors.flatMap((type) => [
      `  ${type}:`,
      `    type: ${type}`,
      `    key: ${reference(providerKinds.find((kind) => kind.type === type)?.keyVariables[0] ?? '')}`,
    ]),
    ...(server
      ? [
          `  ${server.name}:`,
          '    type: openai-compatible',
          `    baseUrl: ${JSON.stringify(server.baseUrl)}`,
          ...(server.keyVariable ? [`    key: ${reference(server.keyVariable)}`] : []),
          ...(server.models.length > 0
            ? [
                '    models:                # what the catalogue does not know; USD per million tokens, 0 where it is yours',
                ...server.models.flatMap((model) => [
                  `      ${JSON.stringify(model)}:`,
                  '        tier: light',
                  '        prices: { input: 0, output: 0 }',
                  '        contextTokens: 32768',
                  '        maxOutputTokens: 8192',
                ]),
              ]
            : []),
        ]
      : []),
  ];
};

const strategyLines = (strategy: ConfigAnswers['strategy']): readonly string[] => {
  if (strategy === 'matrix')
    return ['    strategy: { type: rules } # the selection matrix; "tierwise init" can write its rules out'];
  if (strategy === 'hybrid')
    return [
      '    strategy:',
      '      type: hybrid         # a policy chooses inside guardrails; where it knows too little, as the selection matrix',
      "      quality: 0.95        # the cheapest model that is sure to keep so much of the frontier's success",
    ];
  if (strategy !== 'written-out') return [`    strategy: { type: fixed, use: ${strategy} }`];
  const rules = selectionMatrix.flatMap(({ name, because, when, use }) => [
    `        # ${because.replaceAll('\n', ' ')}`,
    `        - name: ${name}`,
    `          when: ${flow(when)}`,
    `          use: ${flow(use)}`,
  ]);
  return [
    '    strategy:',
    '      type: rules',
    '      rules:               # first match wins',
    ...rules,
    '      otherwise: mid',
  ];
};

/** A value on one line; what looks like JSON is YAML too, and a pattern keeps its backslashes in single quotes. */
const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, entry]) => `${key}: ${flow(entry)}`)
      .join(', ')} }`;
  if (typeof value !== 'string') return String(value);
  return /^[A-Za-z][\w-]*$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
};

const reference = (variable: string): string => `\${${variable}}`;
