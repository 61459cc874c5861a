import { describe, expect, it } from 'vitest';
import type { NanoUsd } from '../core/money.ts';
import type { ReportRow } from '../ledger/ledger.ts';
import { createPaint } from './paint.ts';
import { reportText, totalOf } from './report-text.ts';

const row = (key: string): ReportRow => ({
  key,
  requests: 1200,
  failed: 3,
  sessions: 40,
  promptTokens: 2_200_000n,
  answerTokens: 1_200_000n,
  cost: 55_370_000_000n as NanoUsd,
  baselineCost: 122_870_000_000n as NanoUsd,
  estimated: 0,
  passedOver: 31,
  labelled: 500,
  meanScore: 0.85,
  p50TotalMs: 297,
  p95TotalMs: 900,
});

const rows = ['sim-openai/sim-frontier-a', 'sim-responses/sim-light-c'].map(row);

const report = (columns: number): readonly string[] =>
  reportText({ by: 'model', rows, total: totalOf(rows, 80) }, { paint: createPaint(false), columns })
    .split('\n\n')[0]
    ?.split('\n') ?? [];

describe('a report', () => {
  it('keeps names readable in a narrow terminal, and money before everything else', () => {
    const lines = report(80);

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toContain('sim-openai/sim-frontier');
    expect(lines[0]).toMatch(/REQUESTS.*FAILED.*COST.*SAVED.*SCORE/);
    expect(lines[0]).not.toContain('P50');
  });

  it('shows everything where there is room', () => {
    const [head] = report(160);

    expect(head).toMatch(/PROMPT +ANSWER +COST +\/SESSION +FRONTIER +SAVED +P50 +LABELS/);
  });
});
