import { onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import {
  chatAnswer,
  type FakeUpstream,
  fakeUpstream,
  type Script,
  sendJson,
} from '../testing/fake-upstream.ts';
import { type RawConnection, rawConnection } from '../testing/raw-connection.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from '../testing/test-gateway.ts';

export interface Behind {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  /** A connection to the gateway. */
  readonly caller: RawConnection;
}

/** One model behind a gateway; all of it is closed when the test is over. */
export const behind = async (script: Script, options: TestGatewayOptions = {}): Promise<Behind> => {
  const upstream = await fakeUpstream(script);
  onTestFinished(() => upstream.close());
  const gateway = await testGateway(
    [{ name: 'one', url: upstream.url, kind: 'openai-compatible' }],
    dialects,
    options,
  );
  onTestFinished(() => gateway.close());
  const caller = await rawConnection(gateway.url);
  onTestFinished(() => caller.destroy());
  return { gateway, upstream, caller };
};

export const chatPath = '/v1/chat/completions';
export const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] });
export const streamBody = JSON.stringify({ ...JSON.parse(body), stream: true });
export const answer = sendJson(chatAnswer('42'));
