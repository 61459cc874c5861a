import type { Guardrail } from './strategies/guardrails.ts';
import type { Rule } from './strategies/rules.ts';

/** One row of the selection matrix: the rule, and in words why it stands where it does. */
export interface MatrixRule extends Rule {
  readonly because: string;
}

/**
 * The selection matrix as rules. `init` prints them with their reasons; a route without rules uses them.
 * Nothing that the recogniser is unsure of goes to the light tier.
 */
export const selectionMatrix: readonly MatrixRule[] = [
  {
    name: 'critical outcomes',
    because: 'The caller says that a mistake is dear: `x-tierwise-tags: priority=critical`.',
    when: { tag: { priority: ['critical', 'high'] } },
    use: 'frontier',
  },
  {
    name: 'security analysis',
    because:
      'A vulnerability that is overlooked costs more than any model; a review that asks for them is such an analysis.',
    when: {
      any: [
        { task: ['security'] },
        {
          task: ['code-review'],
          text: '(?i)\\b(attack|csrf|exploit|injection|secrets?|security|ssrf|vulnerab\\w+|xss)',
        },
      ],
    },
    use: 'frontier',
  },
  {
    name: 'architecture',
    because: 'Designs are lived with for years.',
    when: { task: ['architecture'] },
    use: 'frontier',
  },
  {
    name: 'refactoring across files',
    because: 'Many places that must change together; one file alone is moderate work.',
    when: {
      task: ['refactoring'],
      text: '(?i)\\b(across|all|entire|every|throughout|whole)\\b[^.\\n]{0,60}\\b(codebase|files|modules|monorepo|packages|project|repo|repository|services)\\b|\\b(codebase|monorepo)\\b',
    },
    use: 'frontier',
  },
  {
    name: 'reasoning and expert knowledge',
    because: 'Proofs, puzzles, science, law and medicine: novel problems that need reasoning.',
    when: { task: ['reasoning', 'expert'] },
    use: 'frontier',
  },
  {
    name: 'background calls',
    because: 'Titles and probes that clients send on their own.',
    when: { task: ['background', 'smalltalk'] },
    use: 'light',
  },
  {
    name: 'formatting and syntax fixes',
    because: 'Set patterns, easily checked. With tools at hand it is an edit, which is mid-tier work.',
    when: { task: ['formatting'], askTokens: { max: 8_000 }, tools: false },
    use: 'light',
  },
  {
    name: 'simple completions',
    because: 'The context says what has to follow.',
    when: { task: ['completion'], askTokens: { max: 2_000 }, tools: false },
    use: 'light',
  },
  {
    name: 'repetitive tasks',
    because: 'The same small job many times: extracting, sorting into classes, translating.',
    when: { task: ['extraction', 'translation'], askTokens: { max: 4_000 }, asks: { max: 3 }, tools: false },
    use: 'light',
  },
  {
    name: 'non-critical batch',
    because: 'The caller says that nobody waits and little depends on it: `x-tierwise-tags: priority=batch`.',
    when: { tag: { priority: ['batch', 'low'] }, not: { task: ['unsure'] } },
    use: 'light',
  },
  {
    name: 'everyday work',
    because: 'Review, moderate refactoring and debugging, documentation, tests, general coding help.',
    when: {
      task: [
        'code-review',
        'refactoring',
        'documentation',
        'test-writing',
        'debugging',
        'coding',
        'writing',
        'summarisation',
        'question',
        'maths',
      ],
    },
    use: 'mid',
  },
];

export const defaultRules = (): Rule[] => selectionMatrix.map(({ because: _, ...rule }) => rule);

/**
 * The same as bounds, for a route where a policy chooses: what the matrix sends up stays up, what it
 * sends down may go as far as mid, and the everyday work between them is free.
 */
export const defaultGuardrails = (): Guardrail[] => [
  ...selectionMatrix
    .filter(({ use }) => use === 'frontier')
    .map(({ name, when }): Guardrail => ({ name, when, atLeast: 'frontier' })),
  { name: 'background calls', when: { task: ['background'] }, use: 'light' },
  ...selectionMatrix
    .filter(({ use, name }) => use === 'light' && name !== 'background calls')
    .map(({ name, when }): Guardrail => ({ name, when, atMost: 'mid' })),
  { name: 'unsure', when: { task: ['unsure'] }, atLeast: 'mid' },
];
