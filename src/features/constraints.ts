import { emptyHash, hashOf, hashWith } from '../kit/hash.ts';
import { createCodeUnits } from './code-units.ts';
import { defineFeature } from './feature.ts';

/** How many conditions are put on the answer: a length, a form, things to leave out. */
export const constraints = defineFeature({
  name: 'constraints',
  read: ({ ask }) => ({ constraints: countConstraints(ask) }),
});

const readChars = 4_096;
const most = 30;
const { units, read } = createCodeUnits(readChars);

/**
 * Words that bind ("must", "at most", "without", "不要", "обязательно") and numbers beside the measure of an
 * answer ("200 words", "300字"), outside code fences. Several in one stretch of a sentence are one condition.
 */
export const countConstraints = (ask: string): number => {
  const length = read(ask, 0, ask.length);
  let count = 0;
  let isCounted = false;
  let isFenced = false;
  let hadNumber = false;
  for (let at = 0; at < length; ) {
    const code = units[at] ?? 0;
    if (code === backtick && units[at + 1] === backtick && units[at + 2] === backtick) {
      isFenced = !isFenced;
      at += 3;
      continue;
    }
    const kind = kinds[code];
    if (kind === stop) isCounted = false;
    if (kind === stop || kind === gap) {
      at++;
      continue;
    }
    let hash = emptyHash;
    let end = at;
    let isNumber = true;
    if (kind === sign) {
      // a script without spaces: two signs make a word, one may be a measure
      hash = hashWith(hashWith(emptyHash, code), units[at + 1] ?? 0);
      if (hadNumber && isWord(measures, hashWith(emptyHash, code))) hash = bound;
      isNumber = false;
      end = at + 1;
    } else
      for (; end < length && kinds[units[end] ?? 0] === letter; end++) {
        const unit = units[end] ?? 0;
        const small = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
        if (unit < 0x30 || unit > 0x39) isNumber = false;
        hash = hashWith(hash, small);
      }
    const isBinding = hash === bound || isWord(binding, hash) || (hadNumber && isWord(measures, hash));
    if (isBinding && !isCounted && !isFenced) {
      count++;
      isCounted = true;
    }
    hadNumber = isNumber;
    at = end;
  }
  return Math.min(most, count);
};

const backtick = 0x60;

const gap = 0;
const letter = 1;
const stop = 2;
/** Han, kana and Thai: no space ends a word. */
const sign = 3;

const kinds = new Uint8Array(0x1_0000)
  .fill(letter, 0x30, 0x3a)
  .fill(letter, 0x41, 0x5b)
  .fill(letter, 0x61, 0x7b)
  .fill(letter, 0xc0, 0x2000)
  .fill(letter, 0xac00, 0xd7b0)
  .fill(sign, 0x0e00, 0x0e80)
  .fill(sign, 0x3040, 0xac00);
for (const mark of '\n.,;:!?()、。，；：！？।؟،') kinds[mark.charCodeAt(0)] = stop;
kinds[0x27] = letter;

const bound = 1;

/** A filter of bits in front of the set: most words are in neither, and are told so at once. */
interface WordSet {
  readonly filter: Uint8Array;
  readonly hashes: ReadonlySet<number>;
}

const setOf = (list: string): WordSet => {
  const filter = new Uint8Array(4_096);
  const hashes = new Set<number>();
  for (const word of list.split(/\s+/)) {
    const hash = hashOf(word);
    hashes.add(hash);
    filter[hash & 0xfff] = 1;
  }
  return { filter, hashes };
};

const isWord = ({ filter, hashes }: WordSet, hash: number): boolean =>
  filter[hash & 0xfff] === 1 && hashes.has(hash);

/** What binds, in the languages that are written most; of Han, kana and Thai the first two signs. */
const binding = setOf(`must mustn't only exactly without avoid never least most maximum minimum limit
  shouldn't ensure strictly except exclude excluding no-one required requirement requirements
  muss müssen darf dürfen nur genau ohne mindestens höchstens maximal vermeide
  doit devez seulement uniquement exactement sans moins maximum évitez
  debe deben solo sólo exactamente menos máximo mínimo evita
  deve devem apenas somente exatamente sem menos máximo evite solo esattamente senza almeno massimo
  должен должна должны обязательно только ровно без минимум максимум нельзя менее более
  tylko dokładnie bez musi sadece yalnızca tam olmadan kesinlikle chỉ
  يجب فقط بالضبط بدون دون الأقل الأكثر तक केवल सिर्फ बिना ठीक अधिकतम कम
  반드시 정확히 없이 최대 최소 만 이내로
  必须 不要 不能 只能 只用 至少 最多 不超 不得 严格 恰好 仅限 必須 必ず だけ のみ なし 以内 以下 以上 ต้อง ห้าม`);

/** What answers are measured in; they bind behind a number. */
const measures = setOf(`word words sentence sentences paragraph paragraphs character characters line lines
  bullet bullets point points item items step steps page pages token tokens chars
  wörter worte sätze zeilen mots phrases lignes palabras frases líneas palavras linhas parole righe
  слов слова предложений предложения строк kelime cümle satır từ câu słów zdań
  كلمة كلمات جمل शब्द शब्दों वाक्य 단어 문장 자 字 词 句 段 行 文 点 条 語`);
