import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Turn } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { describe as describeRequest, type Told } from './describe.ts';
import { requestOf } from './request-of.cases.ts';

const said = (text: string): Block => ({ type: 'text', text });
const user = (...texts: readonly string[]): Turn => ({ role: 'user', blocks: texts.map(said) });
const answer = (text: string): Turn => ({ role: 'assistant', blocks: [said(text)] });
const call = (name: string, argumentsText: string): Turn => ({
  role: 'assistant',
  blocks: [{ type: 'tool-call', id: 'c', name, argumentsText, kind: 'function' }],
});
const result = (text: string, isError = false): Turn => ({
  role: 'user',
  blocks: [{ type: 'tool-result', callId: 'c', blocks: text ? [said(text)] : [], isError }],
});
const run = call('bash', '{"command":"npm test"}');

const featuresOf = (
  turns: readonly Turn[],
  rest: Partial<ChatRequest> = {},
  told: Told = { tags: {} },
): Features => describeRequest(requestOf('', { ...rest, turns }), 1_000, told).features;

describe('errors of tools', () => {
  it.each([
    ['a flag', result('cannot', true)],
    ['a shell of Claude Code', result('Exit code 1\nFAIL src/a.test.ts')],
    ['a shell of Codex', result('{"output":"no","metadata":{"exit_code":2,"duration_seconds":0.1}}')],
    [
      'a newer shell of Codex',
      result('Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 127\nOutput:\nno'),
    ],
    ['a shell of Gemini CLI', result(`Command: x\nOutput: ${'line '.repeat(200)}\nExit Code: 2`)],
    ['a first line', result('Error: ENOENT: no such file')],
    ['an exception', result('Traceback (most recent call last):\n  File "a.py", line 1')],
    ['a typed exception', result('java.lang.NullPointerException: x is null')],
    ['an element', result('<tool_use_error>File has not been read yet.</tool_use_error>')],
    ['an HTTP status', result('HTTP/1.1 503 Service Unavailable')],
    ['a status in words', result('404 Not Found')],
    ['an object with an error', result('{"error": {"code": "not_found"}}')],
    ['an object without success', result('{"id": 1, "success": false}')],
    ['a shell', result('bash: foo: command not found')],
  ])('are told by %s', (_, failed) => {
    expect(featuresOf([user('run the tests'), run, failed]).toolErrors).toBe(1);
  });

  it.each([
    ['a clean run', result('Exit code 0\nError: printed by a passing test')],
    ['a clean run of Codex', result('{"output":"Error: x","metadata":{"exit_code":0}}')],
    ['no error', result('Error: (none)\nOutput: fine')],
    ['a log that was read', result('     1→Error: out of memory\n     2→at x')],
    ['a search', result('src/errors.ts: export class NotFoundError')],
    ['an empty error', result('{"error": null, "data": [1]}')],
    ['an object inside', result('{"rows": [{"error": "x"}]}')],
    ['a number', result('500 rows were written')],
    ['nothing', result('')],
  ])('are not told by %s', (_, fine) => {
    expect(featuresOf([user('run the tests'), run, fine]).toolErrors).toBe(0);
  });

  it('count in a row, the newest first, since the last word of the user', () => {
    const bad = result('Error: x');
    const good = result('ok');

    expect(featuresOf([user('go'), run, bad, run, good, run, bad, run, bad]).toolErrors).toBe(2);
    expect(featuresOf([user('go'), run, bad, run, good]).toolErrors).toBe(0);
    expect(featuresOf([user('go'), run, bad, user('try again'), run, bad]).toolErrors).toBe(1);
    expect(featuresOf([user('go'), run, bad, answer('it fails'), user('why?')]).toolErrors).toBe(0);
  });

  it('are told by what a vendor says of its own tools', () => {
    const shell = (exitCode: number): Turn => ({
      role: 'user',
      blocks: [
        {
          type: 'vendor',
          dialect: 'openai-responses',
          kind: 'shell_call_output',
          path: 'input.2',
          raw: { output: [{ stdout: '', stderr: 'x', outcome: { type: 'exit', exit_code: exitCode } }] },
        },
      ],
    });

    expect(featuresOf([user('go'), run, shell(1)]).toolErrors).toBe(1);
    expect(featuresOf([user('go'), run, shell(0)]).toolErrors).toBe(0);
  });
});

describe('repeated calls', () => {
  it('are those of the same tool with the same arguments', () => {
    const other = call('bash', '{"command":"npm run build"}');

    expect(
      featuresOf([user('go'), run, result('a'), run, result('b'), other, result('c'), run, result('d')])
        .repeats,
    ).toBe(2);
    expect(featuresOf([user('go'), run, result('a'), other, result('b')]).repeats).toBe(0);
    expect(featuresOf([user('go'), run, result('a'), user('and now?'), run, result('b')]).repeats).toBe(0);
  });
});

describe('asking again', () => {
  const asks = (...texts: readonly string[]): number =>
    featuresOf(
      texts.flatMap((text, index) =>
        index < texts.length - 1 ? [user(text), answer('Done.')] : [user(text)],
      ),
    ).reasks;

  it.each([
    ['the same', 'Fix the failing login test', 'Fix the failing login test'],
    [
      'nearly the same',
      'Please fix the failing login test in auth.ts',
      'please fix the failing login test in auth.ts!!',
    ],
    ['Chinese', '请修复登录测试失败的问题', '请修复登录测试失败的问题！'],
    ['Arabic', 'أصلح اختبار تسجيل الدخول الفاشل', 'أصلح اختبار تسجيل الدخول الفاشل الآن'],
    ['more', 'Fix the failing login test please', 'Fix the failing login test again, please'],
    ['fewer', 'Could you please fix the failing login test now', 'Please fix the failing login test now'],
    ['Hindi', 'लॉगिन की विफल जाँच को ठीक करो', 'लॉगिन की विफल जाँच को ठीक करो।'],
  ])('is found in %s words', (_, first, second) => {
    expect(asks(first, second)).toBe(1);
    expect(asks(first, second, first)).toBe(2);
  });

  it.each([
    ['another ask', 'Fix the failing login test', 'Now add a test for the logout page'],
    ['a short word', 'continue', 'continue'],
    [
      'a longer one of which it is the beginning',
      'Fix the login test',
      `Fix the login test ${'and the other things I told you of '.repeat(5)}`,
    ],
    ['the next of many', 'Continue with chapter 12.', 'Continue with chapter 13.'],
    ['the next file', 'Now do the same for src/app/config.ts', 'Now do the same for src/app/compose.ts'],
    ['the same question of another', 'What is the capital of France?', 'What is the capital of Finland?'],
    ['the next in Chinese', '请把第十二章翻译成英文并保持原文语气', '请把第十三章翻译成英文并保持原文语气'],
    [
      'the same long instructions for another text',
      `${'Keep the tone, the names and the line breaks as they are. '.repeat(30)}Translate: The ferry left.`,
      `${'Keep the tone, the names and the line breaks as they are. '.repeat(30)}Translate: Gulls came.`,
    ],
  ])('is not found in %s', (_, first, second) => {
    expect(asks(first, second)).toBe(0);
  });

  it('is seen through wrappings, and from within a tool loop', () => {
    const ask = 'Fix the failing login test';
    const wrapped = `<system-reminder>\nThe list of things to do is empty.\n</system-reminder>\n${ask}`;

    expect(featuresOf([user(ask), answer('Done.'), user(wrapped), run, result('ok')]).reasks).toBe(1);
  });

  it('is not what a client sends twice without an answer between', () => {
    expect(featuresOf([user('Fix the failing login test'), user('Fix the failing login test')]).reasks).toBe(
      0,
    );
  });
});

describe('the history of answers', () => {
  it('is their mean size', () => {
    expect(featuresOf([user('hi')]).answerTokens).toBe(0);
    expect(featuresOf([user('a'), answer('word '.repeat(100)), user('b')]).answerTokens).toBeGreaterThan(80);
    expect(
      featuresOf([user('a'), answer('word '.repeat(100)), user('b'), run, result('ok')]).answerTokens,
    ).toBeLessThan(90);
  });
});

describe('a compacted conversation', () => {
  it.each([
    [
      'Claude Code',
      [
        user(
          '<system-reminder>\nrules\n</system-reminder>',
          'This session is being continued from a previous conversation that ran out of room. Summary: …',
        ),
      ],
    ],
    [
      'Codex',
      [
        user('# AGENTS.md instructions'),
        user('make it faster'),
        user('Another language model started to solve this problem and left: …'),
      ],
    ],
    [
      'Gemini CLI',
      [user('<state_snapshot>\n<overall_goal>x</overall_goal>\n</state_snapshot>'), answer('Got it.')],
    ],
    ['opencode', [user('What did we do so far?'), answer('## Goal …'), user('go on')]],
  ] as const)('of %s is known by how it opens', (_, turns) => {
    expect(featuresOf([...turns, user('go on')]).isCompacted).toBe(true);
  });

  it('is known by the block that a vendor leaves', () => {
    const sealed: Block = {
      type: 'vendor',
      dialect: 'openai-responses',
      kind: 'compaction',
      path: 'input.0',
      raw: {},
    };

    expect(featuresOf([{ role: 'user', blocks: [sealed] }, user('go on')]).isCompacted).toBe(true);
  });

  it('is not one in which somebody speaks of summaries', () => {
    expect(featuresOf([user('What did we do so far?')]).isCompacted).toBe(false);
    expect(
      featuresOf([user(`${'x'.repeat(400)} This session is being continued from a previous conversation`)])
        .isCompacted,
    ).toBe(false);
  });

  it.each([
    [
      'Claude Code',
      [
        user('go'),
        answer('ok'),
        user('CRITICAL: text only.\n\nYour task is to create a detailed summary of the conversation so far'),
      ],
      {},
    ],
    ['Codex', [user('go'), answer('ok'), user('You are performing a CONTEXT CHECKPOINT COMPACTION.')], {}],
    [
      'opencode',
      [
        user(
          `<conversation>\n${'talk '.repeat(2_000)}\n</conversation>\n\nCreate a new anchored summary from it.`,
        ),
      ],
      {},
    ],
    [
      'Gemini CLI',
      [user('go')],
      {
        system: [
          said(
            'You are a specialized system component responsible for distilling chat history into a structured XML <state_snapshot>.',
          ),
        ],
      },
    ],
  ] as const)('is being made by %s: no side call', (_, turns, rest) => {
    const features = featuresOf(turns, rest);

    expect(features.isCompacted).toBe(false);
    expect(features.task).not.toBe('background');
  });
});

describe('helpers of agents', () => {
  it.each([
    ['x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli; cc_is_subagent=true;'],
    ["You are an agent for Claude Code, Anthropic's official CLI for Claude."],
    ['You are a file search specialist.'],
  ])('are known by their instructions: %s', (instructions) => {
    expect(featuresOf([user('find it')], { system: [said(instructions)] }).isSubagent).toBe(true);
  });

  it('are known by what the client says of the call', () => {
    for (const purpose of ['subagent', 'workflow', 'review', 'thread_spawn'])
      expect(featuresOf([user('find it')], {}, { tags: {}, purpose }).isSubagent).toBe(true);
    for (const purpose of ['main', 'compaction', 'auxiliary', ''])
      expect(featuresOf([user('find it')], {}, { tags: {}, purpose }).isSubagent).toBe(false);
    const extras = { client_metadata: { 'x-openai-subagent': 'review' } };
    expect(featuresOf([user('find it')], { extras }).isSubagent).toBe(true);
  });

  it('are nobody else', () => {
    const system = [said("You are Claude Code, Anthropic's official CLI for Claude.")];

    expect(featuresOf([user('are you a file search specialist?')], { system }).isSubagent).toBe(false);
  });
});

describe('a tool set', () => {
  const tools = (...names: readonly string[]): ChatRequest['tools'] =>
    names.map((name) => ({ type: 'function', name }));

  it('is the same in any order, and another with other tools', () => {
    const one = featuresOf([user('x')], { tools: tools('read', 'write', 'bash') }).toolSet;

    expect(one).toMatch(/^[0-9a-f]{8}$/);
    expect(featuresOf([user('y')], { tools: tools('bash', 'read', 'write') }).toolSet).toBe(one);
    expect(featuresOf([user('x')], { tools: tools('read', 'write') }).toolSet).not.toBe(one);
    expect(featuresOf([user('x')]).toolSet).toBe('');
  });
});
