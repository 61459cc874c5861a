import type { Random } from '../chance.ts';

/**
 * What models say around an answer. No digits, no names, no "line" or "option": nothing that a checker
 * looks for may come from here.
 */
export const prose = (random: Random, tokens: number, count: (text: string) => number): string =>
  gather(random, remarks, tokens, count);

/** The same for thinking out loud. */
export const musing = (random: Random, tokens: number, count: (text: string) => number): string =>
  gather(random, thoughts, tokens, count);

const gather = (
  random: Random,
  templates: readonly string[],
  tokens: number,
  count: (text: string) => number,
): string => {
  const sentences: string[] = [];
  let left = tokens;
  let last = '';
  while (left > 0) {
    const template = random.pick(templates);
    if (template === last) continue;
    last = template;
    const sentence = template.replace(/\[(\w+)\]/g, (_, kind: string) => random.pick(words[kind] ?? ['']));
    sentences.push(sentence);
    left -= count(sentence) + 1;
  }
  return sentences.join(' ');
};

const words: Readonly<Record<string, readonly string[]>> = {
  part: [
    'the input',
    'the caller',
    'the surrounding code',
    'the state',
    'the boundary',
    'the contract',
    'the data',
    'the error path',
    'the hot path',
    'the interface',
  ],
  good: [
    'explicit',
    'small',
    'predictable',
    'easy to follow',
    'cheap',
    'stable',
    'consistent',
    'readable',
    'local',
    'reversible',
  ],
  bad: [
    'surprising',
    'fragile',
    'implicit',
    'scattered',
    'costly',
    'hard to test',
    'ambiguous',
    'out of date',
  ],
  care: [
    'It pays to check',
    'Keep an eye on',
    'It is worth watching',
    'The thing to verify is',
    'Most of the effort goes into',
    'The part that matters is',
  ],
  join: ['so', 'which means', 'and for that reason', 'and in practice'],
};

const remarks: readonly string[] = [
  'The approach below keeps [part] [good], [join] the change stays [good].',
  'I went through [part] first and then looked at how it meets [part].',
  '[care] [part], because that is where things tend to become [bad].',
  'Nothing here depends on [part] being [good], but it helps.',
  'There is a shorter way, though it would leave [part] rather [bad].',
  'If [part] grows later, the same idea still holds, [join] no rewrite is needed.',
  'I left everything that is not part of the request as it was.',
  'The reasoning is simple once [part] is separated from [part].',
  'Where two readings were possible I took the one that keeps [part] [good].',
  'A reviewer would most likely ask about [part] first.',
  'In short, [part] decides, and the rest follows from it.',
  'This keeps the behaviour the same for every caller that relies on [part] today.',
  'Done the other way round it would be [bad] and no faster.',
  'Should [part] turn out to be [bad], the place to change is the same.',
  'I would keep the result [good] rather than clever.',
  '[care] [part] once more before this goes out.',
];

const thoughts: readonly string[] = [
  'Let me start from [part] and see what follows.',
  'One reading is that [part] has to stay [good]; the other would make it [bad].',
  'Checking that against [part] again.',
  'That would contradict what was said about [part], so it is out.',
  'What remains is consistent with [part].',
  'I should make sure that I have not mixed up [part] and [part].',
  'Going through the cases one after the other.',
  'This holds as long as [part] is [good].',
  'Now the same from the other end, to be sure.',
  'Good, both ways lead to the same result.',
];
