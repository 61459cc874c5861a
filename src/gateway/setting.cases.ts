import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { chatFrames, type FakeUpstream, fakeUpstream, type Script } from '../testing/fake-upstream.ts';
import {
  type TestGateway,
  type TestGatewayOptions,
  type TestModel,
  testGateway,
} from '../testing/test-gateway.ts';

/** What the tests of the path start from; all of it is closed when the test is over. */
export const upstreamOf = async (...scripts: readonly Script[]): Promise<FakeUpstream> => {
  const upstream = await fakeUpstream(...scripts);
  onTestFinished(() => upstream.close());
  return upstream;
};

export const gatewayOf = async (
  models: readonly TestModel[],
  options: TestGatewayOptions = {},
): Promise<TestGateway> => {
  const gateway = await testGateway(models, dialects, options);
  onTestFinished(() => gateway.close());
  return gateway;
};

/** One model "one" behind a gateway. */
export const one = async (
  script: Script,
  options: Partial<TestModel> & { readonly gateway?: TestGatewayOptions } = {},
): Promise<{ readonly gateway: TestGateway; readonly upstream: FakeUpstream }> => {
  const { gateway: gatewayOptions, ...model } = options;
  const upstream = await upstreamOf(script);
  const gateway = await gatewayOf(
    [{ name: 'one', url: upstream.url, kind: 'openai-compatible', ...model }],
    gatewayOptions,
  );
  return { gateway, upstream };
};

export const messages = [{ role: 'user', content: 'What is six times seven?' }];
export const chatBody = (rest: object = {}): string => JSON.stringify({ model: 'auto', messages, ...rest });

export const chat = ({ url }: TestGateway, rest: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, { method: 'POST', body: chatBody(rest), ...init });

export const anthropic = (
  { url }: TestGateway,
  rest: object = {},
  init: RequestInit = {},
): Promise<Response> =>
  fetch(`${url}/v1/messages`, { method: 'POST', body: chatBody({ max_tokens: 50, ...rest }), ...init });

export const asStream = (response: ServerResponse): ServerResponse =>
  response.headersSent ? response : response.writeHead(200, { 'content-type': 'text/event-stream' });

/** A Chat stream that says "42", and its beginning. */
export const frames = chatFrames(['4', '2'], { input: 10, output: 2 });
export const head = frames.slice(0, 2);
export const asksForUsage = { stream: true, stream_options: { include_usage: true } };
