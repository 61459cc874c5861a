import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentStage, setStage, type Turn, watchingConnections } from './support/agent-stage.ts';
import { opencode } from './support/agents.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { outlinesOf } from './support/recorded.ts';
import { whyNoTrace } from './support/strace.ts';
import { answeredBy, vendors } from './support/vendors.ts';

if (!opencode.isInstalled)
  console.warn('opencode is not installed ("npm run e2e:clients"): its tests are skipped');

/** The packages it talks through, and what a call of each comes to. */
const packages = [
  {
    npm: '@ai-sdk/openai-compatible',
    version: 'v1',
    path: '/v1/chat/completions',
    recordedAs: 'opencode-chat',
  },
  { npm: '@ai-sdk/openai', version: 'v1', path: '/v1/responses', recordedAs: 'opencode-responses' },
  { npm: '@ai-sdk/anthropic', version: 'v1', path: '/v1/messages', recordedAs: 'opencode-messages' },
  { npm: '@ai-sdk/google', version: 'v1beta', path: ':streamGenerateContent', recordedAs: 'opencode-gemini' },
] as const;

describe.skipIf(!opencode.isInstalled).each(vendors)('opencode, answered by $vendor', (vendor) => {
  let stage: AgentStage;

  beforeAll(async () => {
    stage = await setStage({ agent: opencode, config: answeredBy(vendor) });
  });
  afterAll(() => stage?.close());

  /** As the README says, through another package where a test needs that. */
  const ask = async (
    prompt: string,
    { npm, version }: { readonly npm: string; readonly version: string } = packages[0],
    wrapper: readonly string[] = [],
  ): Promise<Turn> => {
    const [line = '', config = ''] = readmeSettings('opencode', stage.url);
    const file = join(stage.desk.work, 'opencode.json');
    writeFileSync(file, config.replace('@ai-sdk/openai-compatible', npm).replace('/v1"', `/${version}"`));
    const [program = '', ...options] = line.split(' ');
    return stage.ask(program, ['run', ...options, prompt], { wrapper });
  };

  // the same whoever answers
  if (vendor === vendors[0])
    it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
      if (whyNoTrace) skip(whyNoTrace);
      const { wrapper, foreign } = watchingConnections(stage.desk);

      const { result, sent } = await ask('Say hello.', packages[0], wrapper);

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
      expect(sent.length).toBeGreaterThan(0);
      expect(foreign()).toEqual([]);
    });

  // each package by two vendors, neither of them its own: every pair is tried with the SDKs
  const others = packages.filter((_, at) => (at + vendors.indexOf(vendor)) % 2 === 1);

  it.each(others)('reads a file through $npm', async ({ path, recordedAs, ...through }) => {
    const prompt = `Use the read tool on ${join(stage.desk.work, 'note.txt')} and tell me what it says.`;

    const { result, sent, arrived } = await ask(prompt, through);

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200));
    expect(sent.at(-1)?.url).toContain(path);
    expect(arrived.at(-1)?.path).toContain(vendor.path);
    expect(stage.upstream.refusals()).toEqual([]);
    // at some time it also asks for a title
    const turns = sent.filter(({ body }) => body.includes('"tools"'));
    const { now, recorded } = outlinesOf(recordedAs, turns);
    expect(now).toEqual(recorded);
  });
});
