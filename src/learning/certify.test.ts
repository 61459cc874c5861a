import { describe, expect, it } from 'vitest';
import { certificateOn, certify } from './certify.ts';
import { upperBound } from './certify-binomial.ts';
import { knowingPredictor, knownRows } from './known-rows.cases.ts';

const chances = {
  easy: { small: 0.98, large: 0.98 },
  middling: { small: 0.8, large: 0.95 },
  hard: { small: 0.1, large: 0.9 },
};
const predictor = knowingPredictor(chances);
const pair = { weak: 'small', strong: 'large' };

describe('the exact binomial bound', () => {
  it('is what tables have', () => {
    // Clopper and Pearson, one side, 95 %: 0 of 59, 3 of 100, 1 of 20
    expect(upperBound(0, 59)).toBeCloseTo(1 - 0.05 ** (1 / 59), 9);
    expect(upperBound(3, 100)).toBeCloseTo(0.07571, 4);
    expect(upperBound(1, 20)).toBeCloseTo(0.21611, 4);
  });

  it('knows nothing of nothing, and nothing better than all', () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(7, 7)).toBe(1);
  });

  it('closes in on the share as rows grow', () => {
    expect(upperBound(500, 10_000)).toBeGreaterThan(0.05);
    expect(upperBound(500, 10_000)).toBeLessThan(0.054);
    expect(upperBound(1500, 30_000)).toBeLessThan(upperBound(500, 10_000));
  });
});

describe('a certificate', () => {
  it('routes down as much as the promise allows, and more than a coin may', () => {
    const certificate = certify(knownRows(3000, chances), predictor, pair);

    expect(certificate.share).toBeGreaterThan(0.3);
    expect(certificate.share).toBeGreaterThan(1.3 * certificate.randomShare);
    expect(certificate.worse.atMost).toBeLessThanOrEqual(0.05);
    expect(certificate.worse.value).toBeLessThan(certificate.worse.atMost);
  });

  it('keeps its promise on other rows, but for one time in twenty', () => {
    let broken = 0;
    const hardly = {
      one: { small: 0.9, large: 0.96 },
      two: { small: 0.82, large: 0.96 },
      three: { small: 0.7, large: 0.96 },
    };
    const careful = knowingPredictor(hardly);
    const truth = knownRows(40_000, hardly, { seed: 1000 });
    for (let seed = 1; seed <= 40; seed += 1) {
      const certificate = certify(knownRows(400, hardly, { seed }), careful, pair);
      if (certificateOn(truth, careful, certificate, pair).worse > 0.05) broken += 1;
    }

    expect(broken).toBeLessThanOrEqual(5);
  });

  it('routes nothing down where too few rows were seen', () => {
    const certificate = certify(knownRows(40, chances), predictor, pair);

    expect(certificate).toMatchObject({ share: 0, limit: undefined });
    expect(certificateOn(knownRows(40, chances), predictor, certificate, pair).share).toBe(0);
  });

  it('counts a group once, however many rows it has', () => {
    const rows = knownRows(300, chances).map((row, at) => ({ ...row, group: `${at % 60}` }));

    expect(certify(rows, predictor, pair).rows).toBe(60);
  });

  it('leaves out rows that do not know both models', () => {
    const rows = knownRows(90, chances).map((row, at) => (at < 30 ? { ...row, outcomes: {} } : row));

    expect(certify(rows, predictor, pair).rows).toBe(60);
  });
});
