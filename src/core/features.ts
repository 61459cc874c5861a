/** Kinds of work, after the selection matrix; `unsure` where the recogniser would only be guessing. */
export const tasks = [
  'formatting',
  'completion',
  'extraction',
  'smalltalk',
  'code-review',
  'refactoring',
  'documentation',
  'test-writing',
  'debugging',
  'coding',
  'writing',
  'summarisation',
  'translation',
  'question',
  'architecture',
  'security',
  'reasoning',
  'maths',
  'expert',
  'background',
  'unsure',
] as const;
export type Task = (typeof tasks)[number];

export type Script =
  | 'latin'
  | 'cyrillic'
  | 'greek'
  | 'arabic'
  | 'hebrew'
  | 'devanagari'
  | 'han'
  | 'kana'
  | 'hangul'
  | 'thai'
  | 'other'
  | 'none';

/**
 * What a request is like: pure facts, read once, used by rules, gates, trainers and the ledger.
 * "Ask" is the newest thing a person (or agent) said, with wrappings set apart.
 */
export interface Features {
  /** Estimate for the whole prompt: text, tools, pictures. */
  readonly promptTokens: number;
  readonly askTokens: number;
  readonly maxOutputTokens: number | null;
  readonly turns: number;
  readonly toolCount: number;
  readonly hasTools: boolean;
  /** A tool must be called. */
  readonly isToolForced: boolean;
  /** The newest turn brings tool results: the model is in the middle of its work. */
  readonly isToolLoop: boolean;
  /** Calls since the last word of the user. */
  readonly toolDepth: number;
  readonly images: number;
  readonly documents: number;
  readonly audios: number;
  readonly hasHostedTools: boolean;
  readonly hasCode: boolean;
  /** Share of the ask's characters that stand in code, 0 to 1. */
  readonly codeShare: number;
  readonly script: Script;
  readonly structured: 'none' | 'json' | 'schema';
  readonly wantsReasoning: boolean;
  readonly hasPrefill: boolean;
  readonly hasFileIds: boolean;
  /** Questions or jobs put in one ask. */
  readonly askCount: number;
  /** Conditions put on the answer: a length, a form, things to leave out. */
  readonly constraints: number;
  /** Share of the ask's characters that are mathematics, 0 to 1. */
  readonly mathShare: number;
  /** Estimate for what stands beside the newest ask and was not said: pasted papers, retrieved passages, attached files. */
  readonly contextTokens: number;
  /** The set of tools as a short hash of their names; "" without any. The same agent brings the same. */
  readonly toolSet: string;
  /** Tool results in a row, newest first, that tell of an error, since the last word of the user. */
  readonly toolErrors: number;
  /** How often the newest call of a tool was made before with the same arguments, since the last word of the user. */
  readonly repeats: number;
  /** How often the user has put the newest ask before in this conversation, in the same or nearly the same words. */
  readonly reasks: number;
  /** Mean estimate of the model's earlier answers in this conversation; 0 where there is none. */
  readonly answerTokens: number;
  /** The conversation begins with a summary of an earlier one. */
  readonly isCompacted: boolean;
  /** Asked by an agent's helper, not by a person. */
  readonly isSubagent: boolean;
  readonly task: Task;
  /** 0 to 1, how sure the recogniser is of `task`. */
  readonly taskConfidence: number;
}
