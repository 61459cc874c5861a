import { simulatedBaseUrl } from '../../src/simulator/catalogue.ts';
import type { ConfigFile } from './gateway-process.ts';

/** A model under its maker's own name, played by an upstream as strict as its maker is. */
export interface Vendor {
  readonly vendor: string;
  /** As in the configuration. */
  readonly type: string;
  readonly model: string;
  /** What the path of a call to it ends with when tools are offered and the answer is streamed. */
  readonly path: string;
}

export const vendors: readonly Vendor[] = [
  {
    ...{ vendor: 'a server of Chat', type: 'simulated-openai', model: 'sim-frontier-a' },
    path: '/v1/chat/completions',
  },
  { vendor: 'OpenAI', type: 'openai', model: 'gpt-5.6-sol', path: '/v1/responses' },
  { vendor: 'Anthropic', type: 'anthropic', model: 'claude-sonnet-5', path: '/v1/messages' },
  { vendor: 'Google', type: 'google', model: 'gemini-3.8-flash', path: ':streamGenerateContent' },
];

const provider = (type: string, upstreamUrl: string): ConfigFile => ({
  ...{ type, baseUrl: simulatedBaseUrl(upstreamUrl), key: 'key-of-the-gateway' },
});

/** Each may be asked for by its name. */
export const everyVendor = (upstreamUrl: string): ConfigFile => ({
  providers: Object.fromEntries(vendors.map(({ type }) => [type, provider(type, upstreamUrl)])),
});

/** Whatever is asked for, this model answers. */
export const answeredBy =
  ({ type, model }: Vendor) =>
  (upstreamUrl: string): ConfigFile => ({
    providers: { vendor: provider(type, upstreamUrl) },
    tiers: Object.fromEntries(['light', 'mid', 'frontier'].map((tier) => [tier, [`vendor/${model}`]])),
    intercept: [{ match: '*', route: 'auto' }],
  });
