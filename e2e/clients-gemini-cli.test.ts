import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentStage, setStage, type Turn, watchingConnections } from './support/agent-stage.ts';
import { geminiCli } from './support/agents.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { outlinesOf } from './support/recorded.ts';
import { whyNoTrace } from './support/strace.ts';
import { answeredBy, vendors } from './support/vendors.ts';

if (!geminiCli.isInstalled)
  console.warn('Gemini CLI is not installed ("npm run e2e:clients"): its tests are skipped');

/** Nothing that its README row needs, but what keeps it from telling its maker. */
const quiet = {
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
};

describe.skipIf(!geminiCli.isInstalled).each(vendors)('Gemini CLI, answered by $vendor', (vendor) => {
  let stage: AgentStage;

  beforeAll(async () => {
    stage = await setStage({ agent: geminiCli, config: answeredBy(vendor) });
  });
  afterAll(() => stage?.close());

  const ask = async (prompt: string, wrapper: readonly string[] = []): Promise<Turn> => {
    const [line = '', settings = ''] = readmeSettings('Gemini CLI', stage.url);
    const folder = join(stage.desk.home, '.gemini');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...JSON.parse(settings), ...quiet }));
    return stage.ask(line, ['--skip-trust', '--approval-mode', 'yolo', '-p', prompt], { wrapper });
  };

  // the same whoever answers
  if (vendor === vendors[0])
    it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
      if (whyNoTrace) skip(whyNoTrace);
      const { wrapper, foreign } = watchingConnections(stage.desk);

      const { result, sent } = await ask('Say hello.', wrapper);

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
      expect(sent.length).toBeGreaterThan(0);
      expect(foreign()).toEqual([]);
    });

  it('reads a file, and lets another model say beforehand how hard that is', async () => {
    const prompt = `Use read_file on ${join(stage.desk.work, 'note.txt')} and tell me what it says.`;

    const { result, sent, arrived } = await ask(prompt);

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200));
    expect(sent.map(({ url }) => url)).toEqual([
      expect.stringContaining(':generateContent'),
      expect.stringContaining(':streamGenerateContent?alt=sse'),
      expect.stringContaining(':streamGenerateContent?alt=sse'),
    ]);
    expect(arrived.at(-1)?.path).toContain(vendor.path);
    expect(stage.upstream.refusals()).toEqual([]);
    const { now, recorded } = outlinesOf('gemini-cli', sent);
    expect(now).toEqual(recorded);
  });
});
