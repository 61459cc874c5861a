import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerKinds } from '../providers/index.ts';
import { strategies } from '../routing/strategies/index.ts';
import { type ConfigReading, configFromText, readConfig } from './config.ts';
import { findingText } from './config-findings.ts';

const environment = {
  OPENAI_API_KEY: 'sk-canary-openai-0123456789',
  ANTHROPIC_API_KEY: 'sk-canary-anthropic-0123456789',
  PORT: '4111',
  GRACE: 'canary-grace-value',
  LEVEL: 'canary-level-value',
};

const read = (text: string, env: Record<string, string> = environment): ConfigReading =>
  configFromText(text, { environment: env, folder: '/srv/gateway' });

const told = ({ config, findings }: ConfigReading): string =>
  [
    ...findings.flatMap((finding) => [
      `${finding.severity} ${finding.code}: ${findingText(finding)}`,
      ...(finding.place
        ? [
            `  ${finding.place.lineText}`,
            `  ${' '.repeat(finding.place.column - 1)}${'^'.repeat(finding.place.length)}`,
          ]
        : []),
    ]),
    config ? 'accepted' : 'refused',
  ]
    .join('\n')
    // another provider or strategy makes no page of mistakes stale
    .replaceAll(providerKinds.map(({ type }) => `"${type}"`).join(', '), '<the types there are>')
    .replaceAll(strategies.map(({ type }) => `"${type}"`).join(', '), '<the strategies there are>');

describe('what is wrong with a configuration', () => {
  it.each(globSync(join(import.meta.dirname, 'findings/*.golden')).sort())('is told as in %s', (file) => {
    const [input = '', expected = ''] = readFileSync(file, 'utf8').split('\n---\n');

    const found = told(read(input, basename(file).startsWith('no-') ? {} : environment));
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${input.trimEnd()}\n---\n${found}\n`);

    if (!process.env.UPDATE_GOLDEN) expect(found).toBe(expected.trimEnd());
    expect(found).not.toContain('canary');
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string({ unit: fc.constantFrom(...'a:-[]{}&*!|>%@`"\'\n $#?,') }),
        ),
        (text) => {
          expect(read(text).findings).toBeInstanceOf(Array);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not unfold a file that grows with every alias', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let depth = 1; depth < 10; depth++)
      lines.push(
        `a${depth}: &a${depth} [${Array(10)
          .fill(`*a${depth - 1}`)
          .join(', ')}]`,
      );

    const { config, findings } = read(lines.join('\n'));

    expect(config).toBeUndefined();
    expect(findings.some(({ message }) => message.includes('unfolds'))).toBe(true);
  });
});

describe('a configuration', () => {
  it('is complete without a file', () => {
    const { config, findings } = read('', {});

    expect(findings).toEqual([]);
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 4100, bodyLimitBytes: 33_554_432, shutdownGraceMs: 30_000 },
      providersFrom: 'simulated',
      ledger: { path: '/srv/gateway/.tierwise', texts: { store: false, keepDays: 7 } },
      keys: [],
      log: { level: 'info' },
    });
  });

  it('takes the vendors whose keys are in the environment', () => {
    const { config } = read('', environment);

    expect(config?.providersFrom).toBe('environment');
    expect(Object.keys(config?.providers ?? {})).toEqual(['openai', 'anthropic']);
    expect(config?.providers.openai).toMatchObject({
      key: environment.OPENAI_API_KEY,
      timeouts: { connectMs: 2000 },
    });
  });

  it('reads numbers out of variables', () => {
    const { config } = read(`server: { port: "\${PORT}", shutdownGrace: "\${GRACE_MS:-1500}" }`);

    expect(config?.server).toMatchObject({ port: 4111, shutdownGraceMs: 1500 });
  });

  it('keeps a key of digits as text', () => {
    const text = `server: { port: "\${PORT}" }\nproviders: { o: { type: openai, key: "\${DIGITS}" } }`;

    const { config } = read(text, { DIGITS: '123456', PORT: '1' });

    expect(config?.providers.o?.key).toBe('123456');
  });

  it('lets the command line win, and checks what it says', () => {
    const { config, findings } = configFromText('server: { host: 127.0.0.1 }', {
      environment,
      folder: '/',
      overrides: { host: '0.0.0.0' },
    });

    expect(config).toBeUndefined();
    expect(findings).toMatchObject([{ code: 'unsafe-exposure' }]);
  });

  it('puts the ledger beside its file', () => {
    const { config } = configFromText('ledger: { path: data }', {
      environment,
      folder: '/x',
      file: '/etc/tierwise/tierwise.yaml',
    });

    expect(config?.ledger.path).toBe('/etc/tierwise/data');
  });

  it('says so when the named file is not there', () => {
    const { config, findings } = readConfig('nowhere.yaml', { environment, folder: '/srv' });

    expect(config).toBeUndefined();
    expect(findings).toMatchObject([{ code: 'no-file', message: 'nowhere.yaml: there is no such file.' }]);
  });

  it('accepts the example that users see', () => {
    const file = join(import.meta.dirname, '../../examples/tierwise.yaml');

    const { findings } = readConfig(file, { environment, folder: '/' });

    expect(findings.map(findingText)).toEqual([]);
  });
});
