/** How amounts, times and counts are written for people. */

const nano = 1_000_000_000n;

/** "$1,234.57", "$0.0421", "$0.000021", "$0", "-$0.12": two decimals, or as many as show two digits. */
export const moneyText = (amount: bigint): string => {
  const sign = amount < 0n ? '-' : '';
  const size = amount < 0n ? -amount : amount;
  if (size === 0n) return '$0';
  if (size >= nano)
    return `${sign}$${(Number(size / 10_000_000n) / 100 + roundUp(size)).toLocaleString('en-US', twoDecimals)}`;
  const usd = Number(size) / 1e9;
  const decimals = usd >= 0.1 ? 3 : Math.min(9, 1 - Math.floor(Math.log10(usd)));
  return `${sign}$${trimmed(usd.toFixed(decimals))}`;
};

/** Dollars that are a float to begin with (prices a million tokens): "$3.00", "$0.075". */
export const priceText = (usd: number): string => {
  if (usd === 0) return '$0';
  return usd >= 0.1 ? `$${usd.toLocaleString('en-US', twoDecimals)}` : `$${trimmed(usd.toPrecision(2))}`;
};

const twoDecimals = { minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;

const roundUp = (size: bigint): number => (size % 10_000_000n >= 5_000_000n ? 0.01 : 0);

const trimmed = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;

/** "0.4 ms", "812 ms", "1.24 s", "2 min 05 s", "1 h 02 min". */
export const durationText = (ms: number): string => {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
};

/** "950", "12.3k", "4.6M", "1.2G". */
export const countText = (count: number | bigint): string => {
  const value = Number(count);
  if (Math.abs(value) < 10_000) return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
  ] as const)
    if (Math.abs(value) >= size * 0.9995) return `${threeDigits(value / size)}${unit}`;
  return `${threeDigits(value / 1000)}k`;
};

/** Whole contexts: "200K", "1M". */
export const tokensText = (tokens: number): string =>
  tokens >= 1_000_000
    ? `${trimmed((tokens / 1e6).toFixed(1))}M`
    : tokens >= 1000
      ? `${Math.round(tokens / 1000)}K`
      : String(tokens);

/** "42 %", "-3 %", "0.4 %": of a whole that is not zero, else "–". */
export const shareText = (part: number | bigint, whole: number | bigint): string => {
  const share = (Number(part) / Number(whole)) * 100;
  if (Number(whole) === 0 || !Number.isFinite(share)) return '–';
  return `${Math.abs(share) < 9.95 ? trimmed(share.toFixed(1)) : Math.round(share)} %`;
};

/** Local time, to the second: "2026-11-23 19:05:12". */
export const timeText = (atMs: number): string => {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

const threeDigits = (value: number): string =>
  Math.abs(value) < 99.95 ? value.toFixed(1) : value.toFixed(0);
