import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { simulatedBaseUrl } from '../src/simulator/catalogue.ts';
import { type AgentStage, setStage, type Turn, watchingConnections } from './support/agent-stage.ts';
import { codex } from './support/agents.ts';
import type { ConfigFile } from './support/gateway-process.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { outlinesOf } from './support/recorded.ts';
import { whyNoTrace } from './support/strace.ts';
import { answeredBy, vendors } from './support/vendors.ts';

if (!codex.isInstalled) console.warn('Codex is not installed ("npm run e2e:clients"): its tests are skipped');

// it would ask a person before each command, and a sandbox inside a container is not to be had
const alone = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--json'];

describe.skipIf(!codex.isInstalled).each(vendors)('Codex, answered by $vendor', (vendor) => {
  let stage: AgentStage;

  beforeAll(async () => {
    const [, addition = ''] = readmeSettings('Codex', '');
    stage = await setStage({
      agent: codex,
      config: (url) => ({ ...answeredBy(vendor)(url), ...(parse(addition) as ConfigFile) }),
    });
  });
  afterAll(() => stage?.close());

  /** As the README says; a model of its own has tools that others have not. */
  const ask = async (
    prompt: string,
    { model = 'auto', wrapper = [] as readonly string[] } = {},
  ): Promise<Turn> => {
    const [line = ''] = readmeSettings('Codex', stage.url);
    return stage.ask(line.replace('-m auto', `-m ${model}`), [...alone, prompt], { wrapper });
  };
  const isWell = ({ sent, arrived }: Turn): void => {
    expect(sent.map(({ status, url }) => `${status} ${url}`)).toEqual(sent.map(() => '200 /v1/responses'));
    expect(arrived.at(-1)?.path).toContain(vendor.path);
    expect(stage.upstream.refusals()).toEqual([]);
  };

  // the same whoever answers
  if (vendor === vendors[0])
    it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
      if (whyNoTrace) skip(whyNoTrace);
      const { wrapper, foreign } = watchingConnections(stage.desk);

      const { result, sent } = await ask('Say hello.', { wrapper });

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
      expect(sent.length).toBeGreaterThan(0);
      expect(foreign()).toEqual([]);
    });

  it('reads a file with a command', async () => {
    const file = join(stage.desk.work, 'note.txt');

    const turn = await ask(`Use exec_command on ${file} and tell me what it says.`);

    expect(turn.result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(turn.result.stdout).toMatch(/"command_execution".*"exit_code":0/);
    isWell(turn);
    const { now, recorded } = outlinesOf('codex', turn.sent);
    expect(now).toEqual(recorded);
  });

  it('writes a file with a patch, which is no JSON', async () => {
    const patch = '*** Begin Patch\n*** Add File: apply_patch.txt\n+patched\n*** End Patch';

    const turn = await ask(patch, { model: 'gpt-5.5' });

    expect(turn.result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"file_change"') });
    const file = join(stage.desk.work, 'apply_patch.txt');
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('patched\n');
    isWell(turn);
  });

  // a simulated OpenAI calls no tool of a group
  if (vendor.vendor !== 'OpenAI')
    it('waits for an agent, by a tool of a group', async () => {
      const turn = await ask('Use multi_agent_v1__wait_agent.');

      // its own word for arguments that a simulated model made up
      expect(turn.result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('invalid agent id') });
      isWell(turn);
      const last = turn.sent.at(-1)?.body.toString();
      expect(last).toContain('"name":"wait_agent","namespace":"multi_agent_v1"');
    });

  it('runs code that reads a file', async () => {
    const file = join(stage.desk.work, 'note.txt');
    const code = `// use exec\ntext((await tools.exec_command({ cmd: "cat ${file}" })).output)`;

    const turn = await ask(code, { model: 'gpt-6-sol' });

    expect(turn.result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    isWell(turn);
  });
});

describe.skipIf(!codex.isInstalled)('Codex with OpenAI’s newest models, at another address', () => {
  let stage: AgentStage;

  beforeAll(async () => {
    stage = await setStage({
      agent: codex,
      config: (url) => ({
        providers: { openai: { type: 'openai', baseUrl: simulatedBaseUrl(url), key: 'key-of-the-gateway' } },
      }),
    });
  });
  afterAll(() => stage?.close());

  it('runs code that reads a file, its tools among the items and its notes on them', async () => {
    const file = join(stage.desk.work, 'note.txt');
    // what the simulated model calls a tool of free text with is the prompt itself
    const code = `// use exec\ntext((await tools.exec_command({ cmd: "cat ${file}" })).output)`;

    const turn = await stage.ask(
      `codex -c 'openai_base_url="${stage.url}/v1"'`,
      [...alone, '-m', 'gpt-6-sol', code],
      { environment: { CODEX_API_KEY: 'any' } },
    );

    expect(turn.result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(turn.sent.map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual([
      'GET /v1/responses 426',
      'POST /v1/responses 200',
      'POST /v1/responses 200',
    ]);
    expect(turn.arrived.map(({ body }) => body.toString())).toEqual(
      turn.sent.slice(1).map(({ body }) => body.toString()),
    );
    expect(stage.upstream.refusals()).toEqual([]);
    const { now, recorded } = outlinesOf('codex-gpt-6-sol', turn.sent.slice(1));
    expect(now).toEqual(recorded);
  });
});
