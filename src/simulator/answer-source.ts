import type { SimulatedModel } from './simulated-model.ts';

/** Where simulated models have their answers from: the built-in world, or what real models once said. */
export interface AnswerSource {
  /** Undefined where this prompt is not known; the upstream then says something short of its own. */
  answer(model: SimulatedModel, userText: string): SourcedAnswer | undefined;
}

export interface SourcedAnswer {
  /** Of the task or the recorded prompt. */
  readonly id: string;
  readonly text: string;
  /** How good it is, 0 to 1; null where nobody recorded that. */
  readonly score: number | null;
  /** How long a reasoning model would think, 0 to 1. */
  readonly difficulty: number;
}

/** Prompts are recognised whatever was done to their white space. */
export const normalText = (text: string): string => text.split(/\s+/).filter(Boolean).join(' ');

/** What a harness put around the words of a person is not theirs. */
export const withoutReminders = (text: string): string => wrappings.reduce(without, text).trim();

const wrappings = ['system-reminder', 'system', 'session_context', 'environment_context'];

const without = (text: string, element: string): string => {
  const opening = `<${element}>`;
  const closing = `</${element}>`;
  let kept = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf(opening, from);
    const end = start < 0 ? -1 : text.indexOf(closing, start);
    if (end < 0) return kept + text.slice(from);
    kept += text.slice(from, start);
    from = end + closing.length;
  }
};
