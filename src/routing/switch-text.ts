import type { SwitchNote } from '../core/decision.ts';
import { toUsd } from '../core/money.ts';

/** In a few words: "stayed: not worth it (-$0.021)", "moved: worth it (+$0.104)", "locked: tool loop". */
export const switchText = ({ verdict, why, expectedValue }: SwitchNote): string => {
  const said = `${verdict}: ${why}`;
  if (expectedValue === 0n) return said;
  const sign = expectedValue < 0n ? '-' : '+';
  return `${said} (${sign}$${amountText(Math.abs(toUsd(expectedValue)))})`;
};

const amountText = (usd: number): string => (usd >= 0.001 ? usd.toFixed(3) : usd.toPrecision(1));
