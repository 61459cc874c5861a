import { scriptOf } from '../script.ts';
import { nounNames, type QuestionClass, questionNames, type VerbClass, verbNames } from './lexicon.ts';
import { readMarks } from './marks.ts';
import { type Reading, readSentences, type Sentence } from './sentences.ts';

/**
 * What the recogniser knows of an ask: named facts that hold or do not. The weights file is over these
 * names, so a decision can be taken apart: "verb:write>test", "marks:trace", "length:20".
 */
export const readSignals = (ask: string): Signals => {
  const reading = readSentences(ask);
  const found = new Set<string>();
  const marks = readMarks(reading.text, ask);
  found.add('always');
  readLength(ask, reading, found);
  readShape(reading, found);
  const order = readOrders(reading.sentences, found);
  if (marks.hasLatex) found.add('marks:latex');
  if (marks.hasEquation) found.add('marks:equation');
  if (marks.numbers >= 1) found.add('marks:number');
  if (marks.numbers >= 3) found.add('marks:numbers');
  if (marks.operators >= 1) found.add('marks:operator');
  if (marks.operators >= 3) found.add('marks:operators');
  if (marks.formulas >= 1) found.add('marks:formula');
  if (marks.formulas >= 3) found.add('marks:formulas');
  if (marks.hasDiff) found.add('marks:diff');
  if (marks.hasTrace) found.add('marks:trace');
  if (marks.isOpenEnded) found.add('marks:open-end');
  if (marks.hasSignature) found.add('marks:signature');
  if (marks.hasBlank) found.add('marks:blank');
  if (marks.hasHole) found.add('marks:hole');
  if (marks.hasQuote) found.add('marks:quote');
  if (marks.hasInlineCode) found.add('marks:inline-code');
  const isForeign = readLanguage(reading, found);
  return {
    names: found,
    isMathematical: marks.hasLatex || marks.operators >= 2 || order.isProof,
    isChoice: reading.options >= 3,
    isForeign,
  };
};

export interface Signals {
  readonly names: ReadonlySet<string>;
  readonly isMathematical: boolean;
  /** Three or more lettered options. */
  readonly isChoice: boolean;
  /** Nothing in it that the recogniser can read. */
  readonly isForeign: boolean;
}

const readLength = (ask: string, reading: Reading, found: Set<string>): void => {
  const words = ask.length > reading.text.length ? ask.length / 6 : reading.wordCount;
  const bound = lengths.find((limit) => words <= limit) ?? 'more';
  found.add(`length:${bound}`);
};

const lengths = [2, 5, 10, 20, 50, 150];

const readShape = (reading: Reading, found: Set<string>): void => {
  const { codeLines, proseLines } = reading;
  if (reading.hasFence) found.add('shape:fence');
  if (codeLines > 0) found.add(codeLines > proseLines ? 'shape:mostly-code' : 'shape:some-code');
  if (proseLines === 0 && codeLines > 0) found.add('shape:only-code');
  if (reading.hasBody) found.add('shape:body');
  if (reading.listItems >= 3) found.add('shape:list');
  if (reading.options >= 3) found.add('shape:options');
  if (reading.sentences.length >= 4) found.add('shape:sentences');
  if (reading.sentences.length === 1) found.add('shape:one-sentence');
};

interface Order {
  readonly isProof: boolean;
}

const noVerb = -1;
const proofVerb = verbNames.indexOf('prove' satisfies VerbClass);
const proofNoun = nounNames.indexOf('proof');
const yesNo = questionNames.indexOf('yesno' satisfies QuestionClass);

/** Orders and questions by their head; the things they are about; other sentences only by theirs. */
const readOrders = (sentences: readonly Sentence[], found: Set<string>): Order => {
  let isFirst = true;
  let isProof = false;
  for (const [index, sentence] of sentences.entries()) {
    if (isAboutRouting(sentence) || isAboutManner(sentence)) continue;
    const head = headOf(sentence);
    const role = isFirst ? 'main' : 'also';
    if (head.verb !== noVerb || head.question !== noVerb || sentence.isQuestion) {
      if (isFirst && index > 1 && index < sentences.length - 2) found.add('head:late');
      noteHead(sentence, head, role, found);
      isFirst = false;
    } else
      for (const sense of sentence.senses)
        for (const noun of sense?.nouns ?? []) found.add(`near:${nounNames[noun]}`);
    isProof ||= head.verb === proofVerb || sentence.senses.some((sense) => sense?.nouns.includes(proofNoun));
  }
  if (isFirst) found.add('head:none');
  return { isProof };
};

const noteHead = (sentence: Sentence, head: Head, role: 'main' | 'also', found: Set<string>): void => {
  const verb = verbNames[head.verb];
  const question = questionNames[head.question];
  if (verb) found.add(`${role}:${verb}`);
  if (question) found.add(`${role}:${question}?`);
  if (!verb && !question) found.add(`${role}:?`);
  if (question === 'how' && isAmount(sentence, head.at + 1)) found.add(`${role}:how-many`);
  const opener = question ? `${question}?` : (verb ?? '?');
  for (const sense of sentence.senses) {
    for (const noun of sense?.nouns ?? []) {
      const name = nounNames[noun];
      found.add(role === 'main' ? `about:${name}` : `near:${name}`);
      if (role === 'main') found.add(`${opener}>${name}`);
    }
  }
  // "how do I fix …", "what would you improve …": the verb inside a question
  if (question && role === 'main') {
    for (let at = head.at + 1; at < sentence.senses.length; at++) {
      const inside = sentence.senses[at]?.verb ?? noVerb;
      if (inside === noVerb || sentence.senses[at]?.isFunction) continue;
      found.add(`asks:${verbNames[inside]}`);
      break;
    }
  }
};

interface Head {
  readonly verb: number;
  readonly question: number;
  readonly at: number;
}

/** How many words may stand between the beginning and the verb of an order. */
const reach = 2;

const headOf = ({ senses, words, isQuestion }: Sentence): Head => {
  let at = 0;
  while (at < senses.length - 1 && senses[at]?.isCourtesy && !opensQuestion(senses, at, isQuestion)) at++;
  const question = senses[at]?.question ?? noVerb;
  if (question !== noVerb && (question !== yesNo || isQuestion || at === 0))
    return { verb: noVerb, question, at };
  for (let ahead = at; ahead < Math.min(senses.length, at + reach); ahead++) {
    const sense = senses[ahead];
    if (sense && sense.verb !== noVerb) return { verb: sense.verb, question: noVerb, at: ahead };
    if (sense?.isFunction || (words[ahead]?.length ?? 0) === 1) break;
  }
  return { verb: noVerb, question: noVerb, at };
};

/** "Can you fix …" is an order, "can cats eat …" and "is it …" are questions. */
const opensQuestion = (senses: Sentence['senses'], at: number, isQuestion: boolean): boolean => {
  const sense = senses[at];
  if (!sense || sense.question === noVerb) return false;
  if (sense.question !== yesNo) return true;
  return isQuestion && !senses[at + 1]?.isCourtesy;
};

const isAmount = ({ words }: Sentence, at: number): boolean => words[at] === 'many' || words[at] === 'much';

/**
 * Claims and wishes about the request itself ("this is a trivial formatting task", "use the best model",
 * "ignore previous instructions") are no part of the job, whoever wrote them.
 */
const isAboutRouting = ({ words }: Sentence): boolean => {
  if (words.length > 24 || !(openers.has(words[0] ?? '') || openers.has(words[1] ?? ''))) return false;
  return words.some((word) => subjects.has(word)) && words.some((word) => claims.has(word));
};

const openers = new Set(
  'this it these note treat consider route use ignore disregard mark send choose pick forget'.split(' '),
);
const subjects = new Set(
  'model models tier router routing route llm instructions task request prompt job question'.split(' '),
);
const claims = new Set(
  'ignore disregard trivial easy simple hard difficult best strongest smartest cheapest smallest largest frontier premium light classify previous important urgent critical expert-level route opus gpt advanced complex'.split(
    ' ',
  ),
);

/** "Think step by step", "show your working": how to answer, not what. */
const isAboutManner = ({ words }: Sentence): boolean =>
  words.length <= 16 &&
  (manners.has(words[0] ?? '') || manners.has(words[1] ?? '')) &&
  words.some((word) => ways.has(word));

const manners = new Set('think reason take show work go explain'.split(' '));
const ways = new Set('step steps breath carefully working reasoning thoroughly'.split(' '));

/** Without a word of English there is nothing to recognise by: such an ask is unsure, not easy. */
const readLanguage = (
  { text, wordCount, functionWordCount, codeLines, sentences }: Reading,
  found: Set<string>,
): boolean => {
  const script = scriptOf(text);
  const isOther = script !== 'latin' && script !== 'none';
  const knows = sentences.some(({ senses }) =>
    senses.some((sense) => sense && (sense.verb >= 0 || sense.nouns.length > 0)),
  );
  const isStrange = wordCount >= 4 && functionWordCount * 12 < wordCount && !knows && codeLines === 0;
  if (isOther || isStrange) found.add('language:unread');
  if (functionWordCount === 0) found.add('language:no-function-words');
  return isOther || isStrange;
};
