import { describe, expect, it } from 'vitest';
import { rowsOf } from './dataset.ts';

const record = {
  id: 'a',
  dataset: 'own',
  category: 'maths',
  prompt: 'What is six times seven?',
  outcomes: { small: { score: 1, outputTokens: 12 } },
};

describe('rowsOf', () => {
  it('describes prompts as requests are described', () => {
    const [row] = rowsOf([record]);

    expect(row).toMatchObject({
      id: 'a',
      group: 'a',
      weight: 1,
      outcomes: { small: { score: 1, outputTokens: 12 } },
      subject: { ask: 'What is six times seven?', route: '', agent: '', tags: {} },
    });
    expect(row?.subject.features.askTokens).toBeGreaterThan(3);
  });

  it('offers recorded functions as tools', () => {
    const functions = [{ name: 'multiply', parameters: { type: 'object' } }, 'odd'];

    const [row] = rowsOf([{ ...record, meta: { functions } }]);

    expect(row?.subject.features.toolCount).toBe(1);
  });

  it('tags rows as a caller would have, and keeps sessions together', () => {
    const [row] = rowsOf([{ ...record, meta: { session: 's1', agent: 'builder', route: 'code' } }], {
      tag: ({ category }) => category,
    });

    expect(row?.group).toBe('s1');
    expect(row?.subject).toMatchObject({ tags: { task: 'maths' }, agent: 'builder', route: 'code' });
  });

  it('takes rows whose words were not kept, and leaves out those without outcomes', () => {
    const rows = rowsOf([
      { ...record, prompt: null },
      { ...record, id: 'b', outcomes: {} },
    ]);

    expect(rows.map(({ id, subject }) => [id, subject.ask])).toEqual([['a', '']]);
  });
});
