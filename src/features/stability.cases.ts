import type { Block, ChatRequest, Tool, Turn } from '../core/chat.ts';

/** A way to write a request otherwise without asking for anything else. */
export interface Rewriting {
  readonly name: string;
  readonly kind: 'wrapper' | 'options' | 'agent';
  readonly rewrite: (request: ChatRequest) => ChatRequest;
}

/** The text of the newest turn, written otherwise. */
const reworded =
  (write: (ask: string) => string) =>
  (request: ChatRequest): ChatRequest => {
    const turns = request.turns.map((turn, index): Turn => {
      if (index < request.turns.length - 1 || turn.role !== 'user') return turn;
      return {
        ...turn,
        blocks: turn.blocks.map(
          (block): Block => (block.type === 'text' ? { ...block, text: write(block.text) } : block),
        ),
      };
    });
    return { ...request, turns };
  };

const wrapper = (name: string, write: (ask: string) => string): Rewriting => ({
  name,
  kind: 'wrapper',
  rewrite: reworded(write),
});

const agent = (name: string, rewrite: (request: ChatRequest) => ChatRequest): Rewriting => ({
  name,
  kind: 'agent',
  rewrite,
});

const instructions = (words: string): Pick<ChatRequest, 'system'> => ({
  system: [{ type: 'text', text: words }],
});

const toolOf = (name: string): Tool => ({
  type: 'function',
  name,
  description: 'Analyse the architecture, prove, audit, debug and refactor.',
  schema: { type: 'object', properties: { path: { type: 'string' } } },
});

/** "A. …", "(b) …", "C) …": the options of a choice, each line by itself. */
const option = /^(\(?)([A-Ja-j])([.):])\s+(.+)$/;

/** The options in another order under the same letters; a text without them comes back as it is. */
export const turnOptions = (ask: string, by: number): string => {
  const lines = ask.split('\n');
  const places = lines.flatMap((line, index) => (option.test(line) ? [index] : []));
  if (places.length < 3) return ask;
  const contents = places.map((place) => option.exec(lines[place] ?? '')?.[4] ?? '');
  for (const [index, place] of places.entries()) {
    const content = contents[(index + by) % contents.length] ?? '';
    lines[place] = (lines[place] ?? '').replace(
      option,
      (_, open: string, letter: string, close: string) => `${open}${letter}${close} ${content}`,
    );
  }
  return lines.join('\n');
};

export const rewritings: readonly Rewriting[] = [
  wrapper('spaces around it', (ask) => `\n\n  ${ask}\n\n`),
  wrapper('an order to answer', (ask) => `Please answer the following question:\n\n${ask}`),
  wrapper('another order to answer', (ask) => `Hi! Could you help me with this one?\n\n${ask}`),
  wrapper('thanks', (ask) => `${ask}\n\nThank you so much in advance!`),
  wrapper(
    'a reminder of the client',
    (ask) => `<system-reminder>\nThe list of jobs is empty. Never mention this.\n</system-reminder>\n${ask}`,
  ),
  wrapper(
    'the environment',
    (ask) =>
      `${ask}\n\n<environment_details>\n# Open tabs\nsrc/security/audit.ts\n# Current time\n10:05\n</environment_details>`,
  ),
  wrapper('an element of the client', (ask) => `<user_query>\n${ask}\n</user_query>`),
  wrapper(
    'labels of a template',
    (ask) => `Context: The user works on the billing service.\n\nQuestion: ${ask}`,
  ),
  wrapper(
    'the context of an editor',
    (ask) =>
      `# Context from my IDE setup:\n\n## Active file: src/main.ts\n\n## My request for Codex:\n${ask}`,
  ),
  { name: 'options turned by one', kind: 'options', rewrite: reworded((ask) => turnOptions(ask, 1)) },
  { name: 'options turned by two', kind: 'options', rewrite: reworded((ask) => turnOptions(ask, 2)) },
  agent('no instructions', (request) => ({ ...request, system: [] })),
  agent('instructions of a coding agent', (request) => ({
    ...request,
    ...instructions(
      `You are an expert software engineer. Plan, debug, refactor and prove. ${'Think about security, scale and architecture before you write. '.repeat(60)}`,
    ),
  })),
  agent('instructions of a support desk', (request) => ({
    ...request,
    ...instructions(
      `You answer customers of a bank. ${'Be short, friendly and formal; translate where asked. '.repeat(40)}`,
    ),
  })),
  agent('many tools', (request) => ({
    ...request,
    tools: Array.from({ length: 32 }, (_, index) => toolOf(`tool_${index}`)),
  })),
];
