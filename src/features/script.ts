import type { Script } from '../core/features.ts';
import { defineFeature } from './feature.ts';

/** The script most of the ask's letters are in; no word of any language is looked at. */
export const script = defineFeature({
  name: 'script',
  read: ({ ask }) => ({ script: scriptOf(ask) }),
});

const sampled = 320;

export const scriptOf = (text: string): Script => {
  const step = text.length > sampled ? Math.floor(text.length / sampled) : 1;
  let letters = 0;
  for (let at = 0; at < text.length; at += step) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return mixedScript(text, at, step, letters);
    if (scriptOfUnit[code] === latin) letters++;
  }
  return letters > 0 ? 'latin' : scriptOfFew(text);
};

/** From the first sign that is not ASCII on, with the letters before it. */
const mixedScript = (text: string, from: number, step: number, letters: number): Script => {
  const counts = new Uint32Array(scripts.length);
  counts[latin] = letters;
  for (let at = from; at < text.length; at += step) {
    const index = scriptOfUnit[text.charCodeAt(at)] ?? noLetter;
    if (index !== noLetter) counts[index] = (counts[index] ?? 0) + 1;
  }
  // Japanese mixes kana into Han: some kana make the whole text kana
  if (count(counts, kana) * 5 > count(counts, han)) counts[han] = 0;
  // names, code and units are Latin in every language; one foreign letter in two tells more than they do
  counts[latin] = Math.floor(count(counts, latin) / 2);
  let best = -1;
  for (let index = 0; index < counts.length; index++)
    if (count(counts, index) > (best < 0 ? 0 : count(counts, best))) best = index;
  return best >= 0 ? (scripts[best] ?? 'other') : scriptOfFew(text);
};

/** Too few letters among those looked at to say more of them. */
const scriptOfFew = (text: string): Script => (/[a-zA-Z]/.test(text.slice(0, sampled)) ? 'latin' : 'none');

const scripts = 'latin cyrillic greek arabic hebrew devanagari han kana hangul thai other'.split(
  ' ',
) as Script[];
const [latin, cyrillic, greek, arabic, hebrew, devanagari, han, kana, hangul, thai, other] = [
  ...scripts.keys(),
] as [number, number, number, number, number, number, number, number, number, number, number];

const count = (counts: Uint32Array, index: number): number => counts[index] ?? 0;

/** Upper bounds of stretches of Unicode, ascending; -1 is no letter. */
const stretches: readonly (readonly [below: number, index: number])[] = [
  [0xc0, -1],
  [0x250, latin],
  [0x370, -1],
  [0x400, greek],
  [0x530, cyrillic],
  [0x590, other],
  [0x600, hebrew],
  [0x780, arabic],
  [0x900, other],
  [0x980, devanagari],
  [0xe00, other],
  [0xe80, thai],
  [0x1100, other],
  [0x1200, hangul],
  [0x1e00, other],
  [0x1f00, latin],
  [0x2000, greek],
  [0x2e80, -1],
  [0x3040, -1],
  [0x3100, kana],
  [0x3130, han],
  [0x3190, hangul],
  [0x31f0, han],
  [0x3200, kana],
  [0x3400, -1],
  [0xa000, han],
  [0xac00, other],
  [0xd7b0, hangul],
  [0xd800, other],
  // halves of pairs: the supplementary planes of Han ideographs begin with these
  [0xd840, -1],
  [0xd890, han],
  [0xf900, -1],
  [0xfb00, han],
  [0xfb1d, latin],
  [0xfb50, hebrew],
  [0xfe00, arabic],
  [0xfe70, -1],
  [0xff00, arabic],
  [0xff66, -1],
  [0xffa0, kana],
];

const noLetter = 0xff;

/** The script of every code unit, looked up at once: counting goes through them by the hundred. */
const scriptOfUnit = new Uint8Array(0x1_0000).fill(noLetter).fill(latin, 0x41, 0x5b).fill(latin, 0x61, 0x7b);
for (const [at, [below, index]] of stretches.entries())
  scriptOfUnit.fill(index < 0 ? noLetter : index, stretches[at - 1]?.[0] ?? 0x80, below);
