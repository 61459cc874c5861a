/**
 * The many ways one model is called: hosts put the maker before it ("anthropic/claude-opus-5.5",
 * "accounts/fireworks/models/glm-5p3"), clients add marks ("claude-opus-5-5[1m]"), vendors dates; Amazon
 * Bedrock has regions before and versions behind it ("us.anthropic.claude-opus-4-1-20250805-v1:0").
 */

/** The maker's own name, in lower case: no path before it, no mark behind it. */
export const bareName = (name: string): string =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/\[[\w.-]{1,16}\]$|@[\w.-]{1,16}$/, '')
    .replace(/^(?:[a-z-]{2,8}\.)?anthropic\.(claude-.*?)(?:-v\d{1,2}(?::\d{1,2})?)?$/, '$1');

/** The name without its date or "-latest": what stays the same when a vendor brings out a new snapshot. */
export const undatedName = (bare: string): string => bare.replace(/-(?:20\d\d-?[01]\d-?[0-3]\d|latest)$/, '');

/** One spelling for all: "claude-opus-4.5-20251101", "Claude-Opus-4-5[1m]" and "anthropic/claude-opus-4-5" are the same. */
export const canonicalName = (name: string): string => undatedName(bareName(name)).replaceAll('.', '-');
