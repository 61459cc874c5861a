import type { Subject } from './condition.ts';

export interface ConditionCase {
  readonly holds?: readonly (readonly [config: unknown, subject: Partial<Subject>])[];
  readonly fails?: readonly (readonly [config: unknown, subject: Partial<Subject>])[];
  /** Configurations that must be refused at load. */
  readonly refused: readonly unknown[];
}

const night = (day: number, hour: number, minute = 0): Partial<Subject> => ({
  now: Date.UTC(2026, 10, day, hour, minute),
});

/** For every condition: when it holds, when not, and what is refused. A condition without a row fails its test. */
export const conditionCases: Readonly<Record<string, ConditionCase>> = {
  task: {
    holds: [
      ['coding', { task: 'coding' }],
      [['coding', 'unsure'], { task: 'unsure' }],
    ],
    fails: [['coding', { task: 'maths' }]],
    refused: ['cooking', [], 3],
  },
  tokens: {
    holds: [
      [{ max: 500 }, { promptTokens: 500 }],
      [{ min: 500, max: 500 }, { promptTokens: 500 }],
    ],
    fails: [
      [{ max: 499 }, { promptTokens: 500 }],
      [{ min: 501 }, { promptTokens: 500 }],
    ],
    refused: [{}, { min: 5, max: 4 }, { min: -1 }, { least: 3 }, 5],
  },
  askTokens: {
    holds: [[{ max: 10 }, { askTokens: 3 }]],
    fails: [[{ max: 10 }, { askTokens: 30 }]],
    refused: [{}],
  },
  asks: { holds: [[{ min: 3 }, { askCount: 3 }]], fails: [[{ min: 3 }, { askCount: 1 }]], refused: [{}] },
  turns: { holds: [[{ max: 1 }, { turns: 1 }]], fails: [[{ max: 1 }, { turns: 2 }]], refused: [{}] },
  tools: {
    holds: [
      [true, { hasTools: true }],
      [false, { hasTools: false }],
      [{ count: { min: 2 } }, { toolCount: 2 }],
      [
        { forced: true, loop: false },
        { isToolForced: true, isToolLoop: false },
      ],
      [{ depth: { min: 10 } }, { toolDepth: 12 }],
      [{ hosted: true }, { hasHostedTools: true }],
    ],
    fails: [
      [true, { hasTools: false }],
      [{ count: { max: 1 } }, { toolCount: 2 }],
      [
        { forced: true, loop: true },
        { isToolForced: true, isToolLoop: false },
      ],
    ],
    refused: ['yes', { many: true }],
  },
  images: {
    holds: [
      [true, { images: 1 }],
      [{ min: 2 }, { images: 2 }],
      [false, { images: 0 }],
    ],
    fails: [[{ min: 2 }, { images: 1 }]],
    refused: ['some', {}],
  },
  documents: { holds: [[true, { documents: 1 }]], fails: [[true, { documents: 0 }]], refused: [1] },
  audio: { holds: [[true, { audios: 1 }]], fails: [[false, { audios: 1 }]], refused: [1] },
  code: {
    holds: [
      [true, { hasCode: true }],
      [{ min: 0.5 }, { codeShare: 0.6 }],
    ],
    fails: [[{ max: 0.5 }, { codeShare: 0.6 }]],
    refused: [{ min: 2 }, 'much'],
  },
  language: {
    holds: [
      ['han', { script: 'han' }],
      [['arabic', 'hebrew'], { script: 'hebrew' }],
    ],
    fails: [['han', { script: 'latin' }]],
    refused: ['chinese'],
  },
  structured: {
    holds: [
      [true, { structured: 'json' }],
      [false, { structured: 'none' }],
      [['json', 'schema'], { structured: 'schema' }],
    ],
    fails: [['schema', { structured: 'json' }]],
    refused: ['xml'],
  },
  reasoning: {
    holds: [[true, { wantsReasoning: true }]],
    fails: [[true, { wantsReasoning: false }]],
    refused: ['high'],
  },
  caller: {
    holds: [
      ['research', {}],
      [['sales', 'res*'], {}],
    ],
    fails: [['sales', {}]],
    refused: ['', []],
  },
  agent: { holds: [['plan*', { agent: 'planner' }]], fails: [['plan*', { agent: '' }]], refused: [3] },
  asked: {
    holds: [['claude-opus-*', { asked: 'claude-opus-5' }]],
    fails: [['claude-opus-*', { asked: 'auto' }]],
    refused: [[]],
  },
  dialect: {
    holds: [['anthropic-*', { dialect: 'anthropic-messages' }]],
    fails: [['openai-chat', { dialect: 'anthropic-messages' }]],
    refused: [[]],
  },
  tag: {
    holds: [
      [{ job: 'nightly' }, {}],
      [{ job: ['weekly', 'night*'] }, {}],
    ],
    fails: [
      [{ job: 'weekly' }, {}],
      [{ job: 'nightly', team: 'x' }, {}],
      [{ constructor: '*' }, {}],
    ],
    refused: [{}, 'nightly', { job: [] }],
  },
  hours: {
    holds: [
      [{ from: '22:00', to: '06:00' }, night(23, 23)],
      [{ from: '22:00', to: '06:00' }, night(23, 5, 59)],
      [{ from: '09:00', to: '17:00', zone: 'Asia/Tokyo' }, night(23, 0)],
      // 23 November 2026 is a Monday; Friday's night ends on Saturday morning
      [{ from: '22:00', to: '06:00', days: 'fri' }, night(28, 2)],
      [{ days: ['mon'] }, night(23, 12)],
    ],
    fails: [
      [{ from: '22:00', to: '06:00' }, night(23, 6)],
      [{ from: '09:00', to: '17:00' }, night(23, 17)],
      [{ from: '22:00', to: '06:00', days: 'fri' }, night(27, 2)],
      [{ days: ['tue'] }, night(23, 12)],
    ],
    refused: [{ from: '25:00' }, { zone: 'Atlantis' }, { days: 'monday' }],
  },
  text: {
    holds: [
      ['(?i)INVOICE', {}],
      [['nothing', 'go\\?$'], {}],
    ],
    fails: [
      ['^invoice', {}],
      ['needle', { ask: `${'x'.repeat(70_000)}needle` }],
    ],
    refused: ['(a', '(?=a)', '(a)\\1', ''],
  },
  cel: {
    holds: [
      ['promptTokens > 100 && caller == "research"', {}],
      ['task in ["question", "maths"] && taskConfidence > 0.5', {}],
      ['tags.job == "nightly" && "job" in tags', {}],
      ['ask.matches("(?i)INVOICE") || codeShare > 0.9', {}],
      ['maxOutputTokens == 0', {}],
      ['tags.exists(key, key.startsWith("jo"))', {}],
      ['hasTools ? toolCount > 3 : true', {}],
    ],
    fails: [
      ['promptTokens > 100000', {}],
      // no such tag: the evaluation fails, and so does the condition
      ['tags.team == "x"', {}],
      ['tags.team != "x"', {}],
    ],
    refused: [
      'promptTokens >',
      'prompttokens > 3',
      'caller > 3',
      'promptTokens + 1',
      'frob(ask)',
      'ask.matches("(a")',
      'caller == 1',
      'hasTools && 3',
      'ask.length > 3',
      'promptTokens * 1.5 > 2.0',
    ],
  },
};
