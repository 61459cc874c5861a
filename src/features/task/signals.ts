import { scriptOf } from '../script.ts';
import { nounNames, type QuestionClass, questionNames, type VerbClass, verbNames } from './lexicon.ts';
import { type Marks, readMarks } from './marks.ts';
import { type Reading, readSentences, type Sentence } from './sentences.ts';
import { lengthBounds, openerOf, signal } from './signal-names.ts';
import { noClass, traitBit } from './words.ts';

/** What the recogniser knows of an ask: facts that hold or do not, so a decision can be taken apart. */
export interface Signals {
  /** What holds, each once, by its number in `signalNames`. */
  readonly held: readonly number[];
  readonly isMathematical: boolean;
  /** Three or more lettered options. */
  readonly isChoice: boolean;
  /** Nothing in it that the lexicon knows. */
  readonly isForeign: boolean;
  /** Few of the words that English cannot do without. */
  readonly isSparse: boolean;
}

export const readSignals = (ask: string): Signals => {
  const reading = readSentences(ask);
  const marks = readMarks(reading.text, ask);
  const held: number[] = [signal.always];
  readLength(ask, reading, held);
  readShape(reading, held);
  const order = readOrders(reading.sentences, held);
  noteMarks(marks, held);
  const isForeign = readLanguage(reading, marks, held);
  return {
    held,
    isMathematical: marks.hasLatex || marks.operators >= 2 || order.isProof,
    isChoice: reading.options >= 3,
    isForeign,
    isSparse: reading.functionWordCount * 4 < reading.wordCount,
  };
};

const readLength = (ask: string, reading: Reading, held: number[]): void => {
  const words = ask.length > reading.text.length ? ask.length / 6 : wordsOf(reading);
  let bound = 0;
  while (bound < lengthBounds.length && words > (lengthBounds[bound] ?? 0)) bound++;
  held.push(signal.length + bound);
};

/** Scripts that set no spaces have words of some two signs. */
const wordsOf = ({ text, wordCount }: Reading): number =>
  wordCount * lettersPerWord < text.length ? text.length / 2 : wordCount;

const lettersPerWord = 16;

const readShape = (reading: Reading, held: number[]): void => {
  const { codeLines, proseLines } = reading;
  if (reading.hasFence) held.push(signal.fence);
  if (codeLines > 0) held.push(codeLines > proseLines ? signal.mostlyCode : signal.someCode);
  if (proseLines === 0 && codeLines > 0) held.push(signal.onlyCode);
  if (reading.hasBody) held.push(signal.body);
  if (reading.listItems >= 3) held.push(signal.list);
  if (reading.options >= 3) held.push(signal.options);
  if (reading.sentences.length >= 4) held.push(signal.sentences);
  if (reading.sentences.length === 1) held.push(signal.oneSentence);
};

const noteMarks = (marks: Marks, held: number[]): void => {
  if (marks.hasLatex) held.push(signal.latex);
  if (marks.hasEquation) held.push(signal.equation);
  if (marks.numbers >= 1) held.push(signal.number);
  if (marks.numbers >= 3) held.push(signal.numbers);
  if (marks.operators >= 1) held.push(signal.operator);
  if (marks.operators >= 3) held.push(signal.operators);
  if (marks.formulas >= 1) held.push(signal.formula);
  if (marks.formulas >= 3) held.push(signal.formulas);
  if (marks.hasDiff) held.push(signal.diff);
  if (marks.hasTrace) held.push(signal.trace);
  if (marks.isOpenEnded) held.push(signal.openEnd);
  if (marks.hasSignature) held.push(signal.signature);
  if (marks.hasBlank) held.push(signal.blank);
  if (marks.hasHole) held.push(signal.hole);
  if (marks.hasQuote) held.push(signal.quote);
  if (marks.hasInlineCode) held.push(signal.inlineCode);
};

interface Order {
  readonly isProof: boolean;
}

const proofVerb = verbNames.indexOf('prove' satisfies VerbClass);
const proofNoun = 1 << nounNames.indexOf('proof');
const yesNo = questionNames.indexOf('yesno' satisfies QuestionClass);
const how = questionNames.indexOf('how' satisfies QuestionClass);

/** Orders and questions by their head; the things they are about; other sentences only by theirs. */
const readOrders = (sentences: readonly Sentence[], held: number[]): Order => {
  let isFirst = true;
  let isProof = false;
  let near = 0;
  let alsoVerbs = 0;
  let alsoQuestions = 0;
  let isAlsoOther = false;
  let isAlsoAmount = false;
  for (let index = 0; index < sentences.length; index++) {
    const sentence = sentences[index];
    if (!sentence || isAboutRouting(sentence) || isAboutManner(sentence)) continue;
    const head = headOf(sentence);
    isProof ||= head.verb === proofVerb || (sentence.nouns & proofNoun) !== 0;
    const isBare = head.verb === noClass && head.question === noClass;
    if (isFirst && !(isBare && !sentence.isQuestion)) {
      if (index > 1 && index < sentences.length - 2) held.push(signal.lateHead);
      noteFirst(sentence, head, held);
      isFirst = false;
      continue;
    }
    near |= sentence.nouns;
    if (head.verb !== noClass) alsoVerbs |= 1 << head.verb;
    if (head.question !== noClass) alsoQuestions |= 1 << head.question;
    if (isBare && sentence.isQuestion) isAlsoOther = true;
    if (head.question === how && isAmount(sentence, head.at + 1)) isAlsoAmount = true;
  }
  if (isFirst) held.push(signal.noHead);
  noteBits(near, signal.near, held);
  noteBits(alsoVerbs, signal.alsoVerb, held);
  noteBits(alsoQuestions, signal.alsoQuestion, held);
  if (isAlsoOther) held.push(signal.alsoOther);
  if (isAlsoAmount) held.push(signal.alsoAmount);
  return { isProof };
};

const noteBits = (bits: number, first: number, held: number[]): void => {
  for (let left = bits; left !== 0; left &= left - 1) held.push(first + 31 - Math.clz32(left & -left));
};

const noteFirst = (sentence: Sentence, { verb, question, at }: Head, held: number[]): void => {
  if (verb !== noClass) held.push(signal.mainVerb + verb);
  if (question !== noClass) held.push(signal.mainQuestion + question);
  if (verb === noClass && question === noClass) held.push(signal.mainOther);
  if (question === how && isAmount(sentence, at + 1)) held.push(signal.mainAmount);
  noteBits(sentence.nouns, signal.about, held);
  noteBits(sentence.nouns, signal.pair + openerOf(verb, question) * nounNames.length, held);
  if (question === noClass) return;
  // "how do I fix …", "what would you improve …": the verb inside a question
  for (let ahead = at + 1; ahead < sentence.senses.length; ahead++) {
    const sense = sentence.senses[ahead];
    if (!sense || sense.verb === noClass || (sense.traits & functional) !== 0) continue;
    held.push(signal.asks + sense.verb);
    break;
  }
};

interface Head {
  readonly verb: number;
  readonly question: number;
  readonly at: number;
}

const courtesy = traitBit('courtesy');
const functional = traitBit('function');
const functionalOrLetter = functional | traitBit('letter');
const amount = traitBit('amount');

/** How many words may stand between the beginning and the verb of an order. */
const reach = 2;

const headOf = ({ senses, isQuestion }: Sentence): Head => {
  let at = 0;
  while (at < senses.length - 1 && isCourtesy(senses, at) && !opensQuestion(senses, at, isQuestion)) at++;
  const question = senses[at]?.question ?? noClass;
  if (question !== noClass && (question !== yesNo || isQuestion || at === 0))
    return { verb: noClass, question, at };
  const end = Math.min(senses.length, at + reach);
  for (let ahead = at; ahead < end; ahead++) {
    const sense = senses[ahead];
    if (!sense) break;
    if (sense.verb !== noClass) return { verb: sense.verb, question: noClass, at: ahead };
    if ((sense.traits & functionalOrLetter) !== 0) break;
  }
  return { verb: noClass, question: noClass, at };
};

const isCourtesy = (senses: Sentence['senses'], at: number): boolean =>
  ((senses[at]?.traits ?? 0) & courtesy) !== 0;

/** "Can you fix …" is an order, "can cats eat …" and "is it …" are questions. */
const opensQuestion = (senses: Sentence['senses'], at: number, isQuestion: boolean): boolean => {
  const question = senses[at]?.question ?? noClass;
  if (question === noClass) return false;
  if (question !== yesNo) return true;
  return isQuestion && !(at + 1 < senses.length && isCourtesy(senses, at + 1));
};

const isAmount = ({ senses }: Sentence, at: number): boolean =>
  at < senses.length && ((senses[at]?.traits ?? 0) & amount) !== 0;

const opener = traitBit('opener');
const subjectAndClaim = traitBit('subject') | traitBit('claim');
const manner = traitBit('manner');
const way = traitBit('way');

/**
 * Claims and wishes about the request itself ("this is a trivial formatting task", "use the best model",
 * "ignore previous instructions") are no part of the job, whoever wrote them.
 */
const isAboutRouting = (sentence: Sentence): boolean =>
  (sentence.traits & subjectAndClaim) === subjectAndClaim &&
  sentence.senses.length <= 24 &&
  beginsWith(sentence, opener);

/** How to answer, not what. */
const isAboutManner = (sentence: Sentence): boolean =>
  (sentence.traits & way) !== 0 && sentence.senses.length <= 16 && beginsWith(sentence, manner);

/** One of its first two words has the trait. */
const beginsWith = ({ senses }: Sentence, trait: number): boolean =>
  (((senses[0]?.traits ?? 0) | (senses.length > 1 ? (senses[1]?.traits ?? 0) : 0)) & trait) !== 0;

/** Without a word of English there is nothing to recognise by: such an ask is unsure, not easy. */
const readLanguage = (
  { text, wordCount, functionWordCount, codeLines, knownWordCount }: Reading,
  { isWide }: Marks,
  held: number[],
): boolean => {
  const isStrange =
    wordCount >= 4 && functionWordCount * 12 < wordCount && knownWordCount === 0 && codeLines === 0;
  const isForeign = isStrange || (isWide && isOtherScript(text));
  if (isForeign) held.push(signal.unread);
  if (functionWordCount === 0) held.push(signal.noFunctionWords);
  return isForeign;
};

const isOtherScript = (text: string): boolean => {
  const script = scriptOf(text);
  return script !== 'latin' && script !== 'none';
};
