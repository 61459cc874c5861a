import { describe, expect, it } from 'vitest';
import { sampleFeatures } from '../testing/sample-features.ts';
import type { LedgerRow } from './ledger-rows.ts';
import { newestRows } from './newest-rows.ts';

const features = sampleFeatures({});
const rowOf = (id: string, ask: string, from: LedgerRow['from'] = 'label'): LedgerRow => ({
  row: {
    id,
    group: id,
    subject: { ask, features, route: 'auto', agent: '', tags: {} },
    outcomes: {},
    weight: 1,
  },
  receivedAt: 0,
  from,
  labelledAt: undefined,
  model: 'a/one',
  tier: 'mid',
});
const ids = (rows: readonly LedgerRow[]): readonly string[] => rows.map(({ row: { id } }) => id);

describe('the newest rows', () => {
  it('are as many as may be in memory', () => {
    const rows = [rowOf('1', 'a'), rowOf('2', 'b'), rowOf('3', 'c')];

    expect(ids(newestRows(rows, { rows: 2, askChars: 100 }))).toEqual(['1', '2']);
  });

  it('are fewer where their asks are long', () => {
    const rows = [rowOf('1', 'x'.repeat(60)), rowOf('2', 'x'.repeat(40)), rowOf('3', 'x')];

    expect(ids(newestRows(rows, { rows: 10, askChars: 100 }))).toEqual(['1', '2']);
  });

  it('are half signs that nobody spoke at most, and no word is pushed out by them', () => {
    const rows = [...Array.from({ length: 9 }, (_, at) => rowOf(`s${at}`, '', 'went-on')), rowOf('said', '')];

    expect(ids(newestRows(rows, { rows: 4, askChars: 100 }))).toEqual(['s0', 's1', 'said']);
  });
});
