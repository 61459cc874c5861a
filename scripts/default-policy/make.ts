import { type Tier, tiers } from '../../src/core/model.ts';
import { packWeights } from '../../src/learning/trainers/learn-policy.ts';
import { createBasis, featureSet } from '../../src/routing/classifier/basis.ts';
import { type HeadsFile, sharedHeads } from '../../src/routing/classifier/heads.ts';
import { packFloats } from '../../src/routing/classifier/packed.ts';
import type { PolicyFile } from '../../src/routing/classifier/policy.ts';
import { sealPolicy } from '../../src/routing/classifier/seal.ts';
import { structureCount } from '../../src/routing/classifier/structure.ts';
import type { Priors } from './priors.ts';

export const seed = 1;

/** A policy that knows tiers and nothing else: it looks at no word and no shape, and its heads say nothing. */
export const makePolicy = (
  priors: Priors,
  { sources, metrics }: { readonly sources: PolicyFile['sources']; readonly metrics: PolicyFile['metrics'] },
): PolicyFile => {
  const unseen = packFloats(new Float64Array(structureCount));
  const basis = { rarity: '', means: unseen, scales: unseen, waves: 0, seed, identities: [] };
  const { columns } = createBasis(basis);
  const heads: HeadsFile = {
    basis,
    ...packWeights(
      columns,
      sharedHeads.map(() => undefined),
    ),
    models: [],
    tiers: tiers.map((tier) => ({
      tier,
      base: rounded(priors[tier].base),
      spread: rounded(priors[tier].spread),
      calibration: straightThrough(priors, tier),
    })),
    luck: '',
    shared: '',
    nearShare: 1 / 8,
    // of models that were learnt; here the spreads say how far off tiers are
    misfit: 0,
  };
  return sealPolicy({
    format: 'tierwise-policy/1',
    name: 'default',
    featureSet,
    trainer: 'tier-priors',
    seed,
    sources,
    models: [],
    metrics,
    heads,
  });
};

const slope = 4;

/** The curve that makes of a tier's base this very chance. */
const straightThrough = (priors: Priors, tier: Tier): { readonly offset: number; readonly slope: number } => {
  const base = rounded(priors[tier].base);
  return { offset: rounded(Math.log(base / (1 - base)) - slope * base), slope };
};

/** Sums in another order, on another machine, differ in their last bits; the file does not. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
