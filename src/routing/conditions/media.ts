import { z } from 'zod';
import { defineCondition } from './condition.ts';
import { type Range, range, rangeTest } from './range.ts';

const countOrAny = z.union([z.boolean(), range]).describe('`true`, `false`, or how many: `{ min: 2 }`.');

const countTest = (config: boolean | Range): ((count: number) => boolean) =>
  typeof config === 'boolean' ? (count) => count > 0 === config : rangeTest(config);

export const images = defineCondition({
  type: 'images',
  summary: 'Pictures in the request, those in tool results too.',
  config: countOrAny,
  compile: (config) => {
    const holds = countTest(config);
    return (subject) => holds(subject.images);
  },
});

export const documents = defineCondition({
  type: 'documents',
  summary: 'Documents (PDF, text files) in the request.',
  config: countOrAny,
  compile: (config) => {
    const holds = countTest(config);
    return (subject) => holds(subject.documents);
  },
});

export const audio = defineCondition({
  type: 'audio',
  summary: 'Sound recordings in the request.',
  config: countOrAny,
  compile: (config) => {
    const holds = countTest(config);
    return ({ audios }) => holds(audios);
  },
});
