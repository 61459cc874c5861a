import type { Features } from '../../core/features.ts';

/**
 * What an ask looks like, as numbers: how long, how many options, how much of it is figures. No words: the
 * same in every language, and the same in whatever order options stand.
 */
export const shapeNames = [
  'length',
  'question-length',
  'options-length',
  'options',
  'lines',
  'numbers-share',
  'numbers',
  'longest-number',
  'operators',
  'symbols-share',
  'word-length',
  'distinct-words',
  'capitalised-words',
  'question-marks',
  'commas-share',
  'code-marks',
  'options-unevenness',
  'blanks',
  'foreign-share',
  'longest-line',
  'line-length',
  'dollars',
  'tokens-share',
  'capitals-share',
  'digits-share',
  'numeric-options',
] as const;

/** What is known of a request beside its words. Nothing of an agent's own instructions: they say how it works, not what is asked. */
export const settingNames = [
  'ask-tokens',
  'context-tokens',
  'tools',
  'tool-forced',
  'tool-depth',
  'tool-errors',
  'repeats',
  'reasks',
  'turns',
  'answer-tokens',
  'images',
  'documents',
  'structured',
  'reasoning',
  'ask-count',
  'constraints',
  'math-share',
  'code-share',
  'compacted',
  'subagent',
] as const;

export const structureCount = shapeNames.length + settingNames.length;

/** What one reading of an ask counts; texts are read by `readWords`. */
export interface Counts {
  chars: number;
  lines: number;
  longestLine: number;
  questionChars: number;
  optionChars: number;
  optionSquares: number;
  options: number;
  numericOptions: number;
  tokens: number;
  words: number;
  wordLetters: number;
  distinctWords: number;
  capitalisedWords: number;
  numbers: number;
  longestNumber: number;
  operators: number;
  symbols: number;
  questionMarks: number;
  commas: number;
  backticks: number;
  blanks: number;
  foreign: number;
  dollars: number;
  capitals: number;
  digits: number;
}

export const noCounts = (): Counts => ({
  chars: 0,
  lines: 0,
  longestLine: 0,
  questionChars: 0,
  optionChars: 0,
  optionSquares: 0,
  options: 0,
  numericOptions: 0,
  tokens: 0,
  words: 0,
  wordLetters: 0,
  distinctWords: 0,
  capitalisedWords: 0,
  numbers: 0,
  longestNumber: 0,
  operators: 0,
  symbols: 0,
  questionMarks: 0,
  commas: 0,
  backticks: 0,
  blanks: 0,
  foreign: 0,
  dollars: 0,
  capitals: 0,
  digits: 0,
});

/** Writes the numbers of `shapeNames` and `settingNames`, in their order. Shapes of no text are NaN: not known. */
export const writeStructure = (counts: Counts, features: Features, into: Float64Array): void => {
  if (counts.chars === 0) into.fill(Number.NaN, 0, shapeNames.length);
  else writeShape(counts, into);
  let at = shapeNames.length;
  into[at++] = Math.log1p(features.askTokens);
  into[at++] = Math.log1p(features.contextTokens);
  into[at++] = Math.log1p(features.toolCount);
  into[at++] = features.isToolForced ? 1 : 0;
  into[at++] = Math.log1p(features.toolDepth);
  into[at++] = Math.min(3, features.toolErrors);
  into[at++] = Math.min(3, features.repeats);
  into[at++] = Math.min(3, features.reasks);
  into[at++] = Math.log1p(features.turns);
  into[at++] = Math.log1p(features.answerTokens);
  into[at++] = Math.min(3, features.images);
  into[at++] = Math.min(3, features.documents);
  into[at++] = features.structured === 'none' ? 0 : 1;
  into[at++] = features.wantsReasoning ? 1 : 0;
  into[at++] = Math.log1p(features.askCount);
  into[at++] = Math.log1p(features.constraints);
  into[at++] = features.mathShare;
  into[at++] = features.codeShare;
  into[at++] = features.isCompacted ? 1 : 0;
  into[at++] = features.isSubagent ? 1 : 0;
};

const writeShape = (counts: Counts, into: Float64Array): void => {
  const { chars, tokens, words, lines, options } = counts;
  const meanOption = options > 0 ? counts.optionChars / options : 0;
  const optionSpread =
    options > 0 ? Math.sqrt(Math.max(0, counts.optionSquares / options - meanOption * meanOption)) : 0;
  let at = 0;
  into[at++] = Math.log1p(chars);
  into[at++] = Math.log1p(counts.questionChars);
  into[at++] = Math.log1p(counts.optionChars);
  into[at++] = Math.min(12, options);
  into[at++] = Math.log1p(lines);
  into[at++] = counts.numbers / (1 + tokens);
  into[at++] = Math.log1p(counts.numbers);
  into[at++] = Math.min(12, counts.longestNumber);
  into[at++] = Math.log1p(counts.operators);
  into[at++] = counts.symbols / (1 + chars);
  into[at++] = words > 0 ? counts.wordLetters / words : 0;
  into[at++] = counts.distinctWords / (1 + words);
  into[at++] = counts.capitalisedWords / (1 + words);
  into[at++] = Math.min(8, counts.questionMarks);
  into[at++] = (20 * counts.commas) / (1 + chars);
  into[at++] = Math.min(3, counts.backticks / 3);
  into[at++] = optionSpread / (1 + meanOption);
  into[at++] = Math.min(3, counts.blanks);
  into[at++] = counts.foreign / (1 + chars);
  into[at++] = Math.log1p(counts.longestLine);
  into[at++] = Math.sqrt(chars / (1 + lines));
  into[at++] = Math.min(4, counts.dollars);
  into[at++] = tokens / (1 + chars);
  into[at++] = counts.capitals / (1 + chars);
  into[at++] = counts.digits / (1 + chars);
  into[at++] = options > 0 ? counts.numericOptions / options : 0;
};
