import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedBaseUrl } from '../src/simulator/catalogue.ts';
import { type AgentStage, setStage, type Turn, watchingConnections } from './support/agent-stage.ts';
import { opencode } from './support/agents.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { whyNoTrace } from './support/strace.ts';

if (!opencode.isInstalled)
  console.warn('opencode is not installed ("npm run e2e:clients"): its tests are skipped');

const vendors = ['simulated-openai', 'simulated-anthropic'] as const;

/** The dialects it has a package for, and what its provider settings say beside that of the README. */
const dialects = [
  { npm: '@ai-sdk/openai-compatible', path: '/v1/chat/completions' },
  { npm: '@ai-sdk/anthropic', path: '/v1/messages' },
] as const;

describe.skipIf(!opencode.isInstalled)('opencode', () => {
  let stage: AgentStage | undefined;

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  const answeredBy = async (type: string): Promise<AgentStage> => {
    stage = await setStage({
      agent: opencode,
      config: (url) => ({ providers: { sim: { type, baseUrl: simulatedBaseUrl(url) } } }),
    });
    return stage;
  };
  /** As the README says, its configuration changed where a test needs that. */
  const ask = async (
    { ask, url, desk }: AgentStage,
    prompt: string,
    { npm = '', wrapper = [] as readonly string[] } = {},
  ): Promise<Turn> => {
    const [line = '', config = ''] = readmeSettings('opencode', url);
    writeFileSync(
      join(desk.work, 'opencode.json'),
      npm ? config.replace('@ai-sdk/openai-compatible', npm) : config,
    );
    const [program = '', ...options] = line.split(' ');
    return ask(program, ['run', ...options, prompt], { wrapper });
  };
  const readNote = ({ desk }: AgentStage): string =>
    `Use the read tool on ${join(desk.work, 'note.txt')} and tell me what it says.`;

  it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
    if (whyNoTrace) skip(whyNoTrace);
    const stage = await answeredBy('simulated-openai');
    const { wrapper, foreign } = watchingConnections(stage.desk);

    const { result, sent } = await ask(stage, 'Say hello.', { wrapper });

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
    expect(sent.length).toBeGreaterThan(0);
    expect(foreign()).toEqual([]);
  });

  describe.each(vendors)('answered by %s', (vendor) => {
    it.each(dialects)('finishes a turn with a tool call through $npm', async ({ npm, path }) => {
      const stage = await answeredBy(vendor);

      const { result, sent } = await ask(stage, readNote(stage), { npm });

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
      expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200));
      expect(new Set(sent.map(({ url }) => url))).toEqual(new Set([path]));
    });
  });
});
