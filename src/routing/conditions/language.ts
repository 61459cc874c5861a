import { z } from 'zod';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

const scripts = [
  'latin',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'devanagari',
  'han',
  'kana',
  'hangul',
  'thai',
  'other',
  'none',
] as const;

export const language = defineCondition({
  type: 'language',
  summary: 'The script most of the newest ask is written in.',
  config: oneOrMany(z.enum(scripts)).describe(
    `One or a list of ${scripts.map((name) => `\`${name}\``).join(', ')}.`,
  ),
  compile: (wanted) => {
    const set = new Set<string>(listOf(wanted));
    return ({ script }) => set.has(script);
  },
});
