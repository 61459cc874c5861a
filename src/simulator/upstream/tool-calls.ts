import type { JsonObject } from '../../core/json.ts';
import { instanceOf } from './schema-instance.ts';
import type { Ask, AskTool, SpokenCall } from './wire.ts';

/** The calls a model would make here: none where the task does not ask for one and nothing forces it. */
export const callsFor = (ask: Ask, newId: (index: number) => string): readonly SpokenCall[] => {
  const { toolChoice, tools, userText } = ask;
  if (tools.length === 0 || toolChoice.type === 'none') return [];
  const wanted = wantedTools(ask);
  const chosen = ask.isParallel ? wanted : wanted.slice(0, 1);
  const names = properNames(userText);
  const subjects =
    ask.isParallel && chosen.length === 1 && names.length > 1 && /\b(?:and|und|et|y)\b|,/.test(userText);
  const calls = subjects
    ? names.slice(0, 4).map((name) => ({ tool: chosen[0] as AskTool, names: [name] }))
    : chosen.map((tool) => ({ tool, names }));
  return calls.map(({ tool, names: about }, index) => ({
    id: newId(index),
    name: tool.name,
    isFreeText: tool.isFreeText,
    argumentsText: tool.isFreeText
      ? userText.slice(0, 200)
      : JSON.stringify(
          instanceOf(tool.schema, {
            answer: userText.slice(0, 200),
            names: about,
            path: pathIn(userText),
            isSparing: true,
          }) as JsonObject,
        ),
  }));
};

const wantedTools = ({ tools, toolChoice, userText, results, rounds }: Ask): readonly AskTool[] => {
  if (toolChoice.type === 'named') return tools.filter(({ name }) => name === toolChoice.name);
  const isForced = toolChoice.type === 'required';
  // what was asked for has been brought: time to answer
  if (results.length > 0 && rounds >= stepsIn(userText) && !isForced) return [];
  const fitting = tools.filter((tool) => isAskedFor(tool, userText, tools.length));
  return fitting.length === 0 && isForced ? tools.slice(0, 1) : fitting;
};

/** A person may ask for several rounds of calls, one after the other: "sim-steps=3". */
const stepsIn = (userText: string): number => Number(/\bsim-steps=(\d)\b/.exec(userText)?.[1] ?? 1);

/** Named outright, or (where there are only a few tools) by the thing it deals with. */
const isAskedFor = ({ name }: AskTool, userText: string, toolCount: number): boolean => {
  const words = partsOf(name);
  if (words.length > 1 && userText.includes(name)) return true;
  if (words.length === 1 && userText.includes(name)) return /\b(?:tool|function|call|use)\b/i.test(userText);
  if (toolCount > 8) return false;
  const text = userText.toLowerCase();
  return words.some((word) => word.length > 3 && !verbs.has(word) && text.includes(word));
};

const partsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);

const verbs = new Set(
  'read write edit list find search fetch send call make create update delete open close file files tool tools text data info current look lookup show multi notebook apply patch test tests code'.split(
    ' ',
  ),
);

/** Capitalised words that do not begin a sentence: "Paris", "New York". */
const properNames = (text: string): readonly string[] => {
  const found = text.slice(0, 4000).matchAll(/(?<=[a-z,:] )[A-Z][\p{L}-]+(?: [A-Z][\p{L}-]+)?/gu);
  return [...new Set([...found].map(([name]) => name))];
};

/** "Read /home/ann/notes.txt, please." → "/home/ann/notes.txt" */
const pathIn = (text: string): string | undefined =>
  /(?<=^|[\s"'`(])\.{0,2}\/[\w./-]*\w/.exec(text.slice(0, 4000))?.[0];
