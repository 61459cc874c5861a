import { textOf } from '../core/chat.ts';
import type { AnswerTest } from '../core/decision.ts';
import { GatewayError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Reply } from '../core/reply.ts';
import { compileRe2, isRe2 } from '../kit/re2.ts';

const field = 'x-tierwise-tests';
const mostTests = 16;
const longestHeader = 8000;
const longestText = 1000;
const longestPattern = 200;
/** Of all patterns together, once compiled: each may be a step at each character of an answer. */
const mostInstructions = 200;
/** In longer answers a pattern is looked for in so much of the beginning and of the end: the slowest search takes a tenth of a second. */
const searchedChars = 8000;

/** The tests a caller sends in a header, as a JSON list. Throws `invalid-request`, which says what is wrong with which. */
export const readTests = (header: string | undefined): readonly AnswerTest[] | undefined => {
  if (header === undefined || header.trim() === '') return undefined;
  if (header.length > longestHeader) throw refused(`is over ${longestHeader} characters`);
  let list: unknown;
  try {
    list = JSON.parse(header);
  } catch {
    throw refused('is not JSON; send a list like [{"type":"contains","text":"42"}]');
  }
  if (!Array.isArray(list)) throw refused('is not a list; send one like [{"type":"contains","text":"42"}]');
  if (list.length > mostTests) throw refused(`has over ${mostTests} tests`);
  const tests = list.map(readTest);
  if (stepsOf(tests) > mostInstructions)
    throw refused('has patterns that repeat too much; make their counts smaller, or send fewer');
  return tests;
};

const readTest = (test: unknown, index: number): AnswerTest => {
  const place = `has no test that we know in place ${index + 1}`;
  if (!isObject(test)) throw refused(`${place}: it is no object`);
  const { type, text, pattern, ...others } = test;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused(`${place}: it has a field too many, ${quoted(unknown)}`);
  if (type === 'contains' || type === 'excludes') {
    if (typeof text !== 'string' || text === '' || text.length > longestText || pattern !== undefined)
      throw refused(`${place}: "${type}" needs "text", of 1 to ${longestText} characters, and nothing else`);
    return { type, text };
  }
  if (type !== 'matches') throw refused(`${place}: "type" is none of "contains", "matches" and "excludes"`);
  if (typeof pattern !== 'string' || pattern === '' || pattern.length > longestPattern || text !== undefined)
    throw refused(
      `${place}: "matches" needs "pattern", of 1 to ${longestPattern} characters, and nothing else`,
    );
  if (!isRe2(pattern))
    throw refused(`${place}: its pattern is not RE2's (which has no look-arounds and no back-references)`);
  return { type, pattern };
};

const stepsOf = (tests: readonly AnswerTest[]): number =>
  tests.reduce(
    (sum, test) => sum + (test.type === 'matches' ? compileRe2(test.pattern).programSize() : 0),
    0,
  );

const refused = (what: string): GatewayError =>
  new GatewayError('invalid-request', `The header "${field}" ${what}.`, { param: field });

const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));

/** Which of the tests does not hold, without its words: "test 2 (contains)". Undefined where all hold, and for calls of tools, which are no answer yet. */
export const failedTest = (reply: Reply, tests: readonly AnswerTest[]): string | undefined => {
  if (tests.length === 0 || reply.blocks.some(({ type }) => type === 'tool-call')) return undefined;
  const text = textOf(reply.blocks);
  const at = tests.findIndex((test) => !holds(test, text));
  return at < 0 ? undefined : `test ${at + 1} (${tests[at]?.type}) does not hold`;
};

const holds = (test: AnswerTest, text: string): boolean => {
  if (test.type === 'contains') return text.includes(test.text);
  if (test.type === 'excludes') return !text.includes(test.text);
  const pattern = compileRe2(test.pattern);
  if (text.length <= 2 * searchedChars) return pattern.matcher(text).find();
  return (
    pattern.matcher(text.slice(0, searchedChars)).find() || pattern.matcher(text.slice(-searchedChars)).find()
  );
};
