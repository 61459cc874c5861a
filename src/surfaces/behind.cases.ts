import { onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { type FakeUpstream, fakeUpstream, type Script } from '../testing/fake-upstream.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from '../testing/test-gateway.ts';

export interface Behind {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  /** Objects are sent as JSON, texts and forms as they are. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

/** One provider behind a gateway; all of it is closed when the test is over. */
export const behind = async (
  script: Script,
  { kind = 'openai', ...options }: TestGatewayOptions & { readonly kind?: string } = {},
): Promise<Behind> => {
  const upstream = await fakeUpstream(script);
  onTestFinished(() => upstream.close());
  const gateway = await testGateway([{ name: 'one', url: upstream.url, kind }], dialects, options);
  onTestFinished(() => gateway.close());
  const post: Behind['post'] = (path, body, headers = {}) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
      headers,
    });
  return { gateway, upstream, post };
};
