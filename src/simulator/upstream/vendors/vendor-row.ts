import type { Capabilities, Effort } from '../../../core/model.ts';
import type { ModelRules, SimulatedModel, SimulatedPrices, Wire } from '../../simulated-model.ts';

/** What a vendor serves under names of one pattern. The first row that fits a name holds. */
export interface VendorRow {
  readonly names: RegExp;
  /** The first is the model's own, the others serve it, too. */
  readonly wires: readonly [Wire, ...Wire[]];
  readonly capabilities: Capabilities;
  readonly rules?: ModelRules;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** USD per million tokens in and out. */
  readonly price: readonly [input: number, output: number];
  /** What a cached token costs of an input token; default a tenth. */
  readonly cacheReadShare?: number;
  readonly leastCachedTokens?: number;
  readonly cacheWrites: SimulatedModel['cacheWrites'];
}

/** The efforts from one to another, in their order, without `minimal` unless they begin there. */
export const effortsFrom = (first: Effort, last: Effort): readonly Effort[] => {
  const order: readonly Effort[] = first === 'minimal' ? ['minimal', ...scale] : ['none', ...scale];
  return order.slice(order.indexOf(first), order.indexOf(last) + 1);
};

const scale: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** A model as it is played: able to answer in kind, and with no part in the tasks of the built-in world. */
export const modelOf = (name: string, row: VendorRow): SimulatedModel => ({
  name,
  displayName: name,
  wire: row.wires[0],
  alsoOn: row.wires.slice(1),
  tier: 'mid',
  prices: pricesOf(row),
  skill: { ability: 0.9, blur: 0.1, lapses: 0.01, verbosity: 1 },
  pace: { firstTokenMs: 500, tokensPerSecond: 150 },
  contextTokens: row.contextTokens,
  maxOutputTokens: row.maxOutputTokens,
  capabilities: row.capabilities,
  cacheWrites: row.cacheWrites,
  ...(row.leastCachedTokens !== undefined && { leastCachedTokens: row.leastCachedTokens }),
  rules: row.rules ?? {},
});

const pricesOf = ({
  price: [input, output],
  cacheReadShare = 0.1,
  cacheWrites,
}: VendorRow): SimulatedPrices => ({
  input: text(input),
  output: text(output),
  cacheRead: text(input * cacheReadShare),
  cacheWrite5m: text(cacheWrites === 'explicit' ? input * 1.25 : input),
  cacheWrite30m: text(cacheWrites === '30m' ? input * 1.25 : input),
  cacheWrite1h: text(cacheWrites === 'explicit' ? input * 2 : input),
});

const text = (price: number): string => String(Math.round(price * 1e6) / 1e6);
