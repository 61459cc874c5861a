import type { Tier } from '../core/model.ts';
import { lineUps } from './facts/line-ups.ts';
import { bareName } from './names.ts';

/** A model's place in its maker's line-up; undefined where none is known. */
export const placeOf = (name: string): { readonly maker: string; readonly tier: Tier } | undefined => {
  // local servers write sizes behind a colon: "qwen3:8b"
  const bare = bareName(name).replaceAll(':', '-');
  for (const { maker, places } of lineUps) {
    const place = places.find(([pattern]) => pattern.test(bare));
    if (place) return { maker, tier: place[1] };
  }
  return undefined;
};

/**
 * The price bands of the field, for models of no known line-up, by the blend of 3 parts input to 1
 * part output in USD per million tokens: under $1 light, from $1 to $10 mid, above frontier. The
 * published bands start the frontier at $15 and leave 10 to 15 open; it is taken for frontier here,
 * since what is dearer than every mid model must not be a route's default for ordinary work.
 */
export const priceBandTier = (blendedUsd: number): Tier =>
  blendedUsd < 1 ? 'light' : blendedUsd <= 10 ? 'mid' : 'frontier';

/** The tier by line-up, else by price. */
export const tierOf = (
  name: string,
  blendedUsd: number,
): { readonly tier: Tier; readonly tierFrom: 'line-up' | 'price-band' } => {
  const place = placeOf(name);
  return place
    ? { tier: place.tier, tierFrom: 'line-up' }
    : { tier: priceBandTier(blendedUsd), tierFrom: 'price-band' };
};
