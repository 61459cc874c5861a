import type { Config } from '../../app/config.ts';
import { catalogueOf } from '../../app/config-models.ts';
import { didYouMean } from '../../app/near-names.ts';
import { canonicalName } from '../../catalog/names.ts';
import { placeOf } from '../../catalog/tiers.ts';
import type { Tier } from '../../core/model.ts';
import { CliError } from '../cli-error.ts';

/** Where a recorded model's tier is from. */
export type TierSource = 'told' | 'ledger' | 'configuration' | 'line-up' | 'score';

export interface RecordedTiers {
  /** Undefined where nobody knows: trainers then go by the model's scores. */
  readonly tierOf: (model: string) => Tier | undefined;
  readonly sourceOf: (model: string) => TierSource;
}

/** Tiers of models by their recorded names: as told, else as the ledger, the configuration and line-ups have them. */
export const recordedTiers = (
  told: Readonly<Record<string, Tier>>,
  inLedger: ReadonlyMap<string, Tier>,
  config: Config,
): RecordedTiers => {
  const configured = new Map(
    catalogueOf(config)
      .list()
      .flatMap(({ id, name, tier }): [string, Tier][] => [
        [id, tier],
        [canonicalName(name), tier],
      ]),
  );
  const find = (model: string): { readonly tier: Tier; readonly source: TierSource } | undefined => {
    const found: readonly (readonly [Tier | undefined, TierSource])[] = [
      [told[model], 'told'],
      [inLedger.get(model), 'ledger'],
      [configured.get(model) ?? configured.get(canonicalName(model)), 'configuration'],
      [placeOf(model)?.tier, 'line-up'],
    ];
    for (const [tier, source] of found) if (tier) return { tier, source };
    return undefined;
  };
  return {
    tierOf: (model) => find(model)?.tier,
    sourceOf: (model) => find(model)?.source ?? 'score',
  };
};

/** A name that stands on the command line has to be one of the rows. */
export const assertRecorded = (name: string, known: readonly string[], flag: string): void => {
  if (known.includes(name)) return;
  throw new CliError(`${flag}: no row has an outcome of "${name}".`, {
    wayOut:
      didYouMean(name, known) ??
      `There are: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' …' : ''}.`,
  });
};
