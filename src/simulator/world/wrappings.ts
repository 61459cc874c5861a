import type { Random } from '../chance.ts';
import type { PromptMessage, PromptTool, SimulatedPrompt } from '../simulated-prompt.ts';
import type { TaskKind, WorldTask } from './task.ts';
import { fenced, fields, functionName, people, systems } from './words.ts';

/** What stands around an ask when it comes from a program, an editor or an agent. */
export interface Wrapped extends Omit<SimulatedPrompt, 'id'> {
  readonly wrapper: WorldTask['wrapper'];
}

/** An earlier exchange for conversations: ask and answer of something easy. */
export interface Earlier {
  readonly ask: string;
  readonly answer: string;
}

export const wrap = (random: Random, kind: TaskKind, ask: string, earlier: readonly Earlier[]): Wrapped => {
  const chance = random.next();
  const plain: Wrapped = { wrapper: 'plain', system: '', messages: [{ role: 'user', text: ask }], tools: [] };
  if (kind.category === 'smalltalk' || chance < 0.42) return plain;
  if (chance < 0.62) return { ...plain, wrapper: 'system', system: random.pick(systemPrompts(random)) };
  if (chance < 0.76) {
    const before = earlier.flatMap(({ ask: text, answer }): PromptMessage[] => [
      { role: 'user', text },
      { role: 'assistant', text: answer },
    ]);
    return { ...plain, wrapper: 'conversation', messages: [...before, { role: 'user', text: ask }] };
  }
  if (chance < 0.9) return agent(random, ask);
  return {
    ...plain,
    wrapper: 'editor',
    system: 'You are the assistant of a code editor.',
    messages: [{ role: 'user', text: inEditor(random, ask) }],
  };
};

const systemPrompts = (random: Random): readonly string[] => [
  'You are a helpful assistant.',
  `You are the assistant of the ${random.pick(systems)} team. Be brief and precise. If something is unclear, say so.`,
  `You help ${random.pick(people)} with daily work. Answer in the language of the question.`,
  'You are a senior software engineer. Security, architecture and correctness come first. Prefer small changes.',
  'Answer questions of customers. Never promise refunds. Do not discuss internal systems, code or legal matters.',
];

/** As coding agents do it: a long constant prompt, a list of tools, a reminder before the words. */
const agent = (random: Random, ask: string): Wrapped => ({
  wrapper: 'agent',
  system: agentPrompt,
  tools: agentTools,
  messages: [
    {
      role: 'user',
      text: `<system-reminder>\nThe todo list is empty. Do not mention this to the user. Working directory: ~/src/${random.pick(systems)}. Open files: ${random
        .some(fields, 3)
        .map((field) => `${field}.ts`)
        .join(', ')}.\n</system-reminder>\n${ask}`,
    },
  ],
});

const agentPrompt = `You are a coding agent that works in a terminal on the user's machine.

# Conduct
- Do what was asked, nothing more. Explain only where it helps.
- Prefer editing existing files to creating new ones. Never write documentation unasked.
- Follow the conventions of the code base: look at neighbouring files before you write.
- Never commit unless told to. Never print secrets. Refuse to help with malicious code.
- For security reviews, architecture questions and difficult bugs take the time you need.

# Tools
- Use read_file before edit_file. Several independent calls may be made at once.
- Use run_command for tests, linters and type checks; run them after each change where they exist.
- Use search_code for symbols and plain text, list_files for the structure of a folder.
- When a tool fails, read its message, then try another way; do not repeat the same call.

# Style
- Refer to code as file:number where you can.
- Summaries are at most four sentences. No emoji. Use Markdown sparingly.
- If the user asks a question, answer it first, before doing anything.

# Environment
Platform: linux. Shell: bash. Version control: git. Package manager: npm. Test runner: vitest.`;

const tool = (name: string, description: string, ...names: readonly string[]): PromptTool => ({
  name,
  description,
  schema: {
    type: 'object',
    properties: Object.fromEntries(names.map((each) => [each, { type: 'string' }])),
    required: names,
  },
});

const agentTools: readonly PromptTool[] = [
  tool('read_file', 'Reads a file of the working directory.', 'path'),
  tool('edit_file', 'Replaces one exact stretch of text in a file.', 'path', 'old_text', 'new_text'),
  tool('write_file', 'Writes a whole file.', 'path', 'content'),
  tool('list_files', 'Lists a folder.', 'path'),
  tool('search_code', 'Finds text or a pattern in the files of a folder.', 'pattern', 'path'),
  tool('run_command', 'Runs a shell command and returns its output.', 'command'),
];

/** The open file comes along whether it matters or not. */
const inEditor = (random: Random, ask: string): string => {
  const name = functionName(random);
  const file = random
    .some(fields, random.whole(3, 18))
    .map((field) => `  const ${field} = await read('${field}', { retries: ${random.whole(1, 5)} });`);
  const open = fenced(
    [`export async function ${name}(read) {`, ...file, `  return ${random.whole(0, 9)};`, '}'].join('\n'),
    'ts',
  );
  return `Open file: src/${name}.ts\n${open}\n\n${ask}`;
};
