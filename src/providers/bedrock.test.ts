import { describe, expect, it, onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { SigV4 } from '../kit/sig-v4.ts';
import { bedrockChunk, bedrockData, bedrockException } from '../testing/aws-frame.ts';
import {
  fakeUpstream,
  messagesAnswer,
  messagesFrames,
  type Script,
  type SeenCall,
  sendJson,
} from '../testing/fake-upstream.ts';
import { type TestGatewayOptions, testGateway } from '../testing/test-gateway.ts';
import { bedrock } from './bedrock.ts';
import { BedrockStream } from './bedrock-stream.ts';
import { pathFor } from './endpoint-for.ts';

const name = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const account = 'AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:session/token+1==';
const [, secretAccessKey = '', sessionToken = ''] = account.split(':');
const asked = { model: 'auto', max_tokens: 50, messages: [{ role: 'user', content: 'Grüße?' }] };

const start = async (
  script: Script,
  { key = account, ...options }: TestGatewayOptions & { key?: string } = {},
) => {
  const upstream = await fakeUpstream(script);
  onTestFinished(() => upstream.close());
  const gateway = await testGateway(
    [
      {
        ...{ name, url: new URL(upstream.url).origin, kind: 'amazon-bedrock', keys: [key] },
        capabilities: { dialects: ['anthropic-messages'], toolDialects: ['anthropic-messages'] },
      },
    ],
    dialects,
    options,
  );
  onTestFinished(() => gateway.close());
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { upstream, gateway, post };
};

/** As AWS does: signs what came in anew, and compares. */
const isSignedRight = ({ path, headers, body }: SeenCall): boolean => {
  const time = String(headers['x-amz-date']);
  const at = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const names = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const added = ['x-amz-date', 'x-amz-security-token'];
  const kept = names.filter((header) => !added.includes(header));
  const signer = new SigV4(
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, sessionToken },
    { region: 'us-east-1', service: 'bedrock' },
  );
  const signed = { host: '', ...Object.fromEntries(kept.map((header) => [header, String(headers[header])])) };
  const again = signer.sign({ method: 'POST', path, query: '', headers: signed, body }, at);
  return again.authorization === headers.authorization;
};

const frames = messagesFrames(['Guten ', 'Tag.'], { input: 12, output: 7 });

const sendBinary =
  (chunks: readonly Buffer[]): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

describe('a request to Bedrock', () => {
  it('is signed as it is sent', async () => {
    const { upstream, post } = await start(sendJson(messagesAnswer('Tag.')));

    const response = await post('/v1/messages', asked);

    expect(response.status).toBe(200);
    const [call] = upstream.seen;
    expect(call?.path).toBe(`/model/${encodeURIComponent(name)}/invoke`);
    expect(call?.headers['x-amz-security-token']).toBe(sessionToken);
    expect(call?.headers.authorization).toContain(
      'SignedHeaders=content-type;host;x-amz-date;x-amz-security-token',
    );
    expect(call && isSignedRight(call)).toBe(true);
    expect(call && isSignedRight({ ...call, body: `${call.body} ` })).toBe(false);
  });

  it('carries an API key as it is', async () => {
    const { upstream, post } = await start(sendJson(messagesAnswer('Tag.')), { key: 'ABSKexample' });

    await post('/v1/messages', asked);

    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer ABSKexample');
    expect(upstream.seen[0]?.headers).not.toHaveProperty('x-amz-date');
  });

  it('has its version and betas in the body, and what stands in the path nowhere else', async () => {
    const { upstream, post } = await start(sendBinary(frames.map(bedrockChunk)));
    const body = { ...asked, stream: true, service_tier: 'auto', anthropic_beta: ['three', 'one'] };

    const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one, two' };
    const text = await (await post('/v1/messages', body, headers)).text();

    expect(text).toContain('message_stop');
    const [call] = upstream.seen;
    expect(call?.path).toBe(`/model/${encodeURIComponent(name)}/invoke-with-response-stream`);
    expect(JSON.parse(call?.body ?? '')).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['one', 'two', 'three'],
      max_tokens: 50,
      messages: asked.messages,
    });
    expect(Object.keys(call?.headers ?? {}).filter((header) => header.startsWith('anthropic'))).toEqual([]);
    expect(call && isSignedRight(call)).toBe(true);
  });

  it('is the same for callers of other dialects', async () => {
    const { upstream, post } = await start(sendJson(messagesAnswer('Tag.')));
    const { model, messages } = asked;

    const response = await post('/v1/chat/completions', { model, messages });

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Tag.' } }] });
    const sent = JSON.parse(upstream.seen[0]?.body ?? '');
    expect(sent).toMatchObject({ anthropic_version: 'bedrock-2023-05-31', messages: [{ role: 'user' }] });
    expect(sent).not.toHaveProperty('model');
  });

  it('has an ARN as one part of its path', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';

    const path = pathFor(bedrock.endpoints[0], arn, false);

    expect(path).toBe(`/model/${encodeURIComponent(arn)}/invoke`);
  });
});

describe('a stream of Bedrock', () => {
  it('reads as one of Messages wherever it is cut', () => {
    const bytes = Buffer.concat(frames.map(bedrockChunk));
    for (let at = 0; at <= bytes.length; at += 1) {
      const stream = new BedrockStream();

      const pieces = [bytes.subarray(0, at), bytes.subarray(at)].map((piece) => stream.push(piece));

      expect(Buffer.concat([...pieces, stream.end()]).toString()).toBe(frames.join(''));
    }
  });

  it('keeps data of several lines in one event', () => {
    const stream = new BedrockStream();

    const said = stream.push(bedrockData('{\n"type":\r\n"ping"}')).toString();

    expect(said).toMatch(/^event: ping\ndata: [^\r\n]*\n\n$/);
    expect(JSON.parse(said.slice(said.indexOf('{')))).toEqual({ type: 'ping' });
  });

  it('of something else is refused, and not quoted', () => {
    for (const data of ['canary', '']) {
      const read = () => new BedrockStream().push(bedrockData(data));

      expect(read).toThrow('not JSON');
      expect(read).not.toThrow('canary');
    }
    expect(new BedrockStream().push(bedrockData('[]')).toString()).toBe('data: []\n\n');
  });

  it('reaches its caller byte by byte, with its usage', async () => {
    const bytes = Buffer.concat(frames.map(bedrockChunk));
    const { gateway, post } = await start(sendBinary([...bytes].map((byte) => Buffer.from([byte]))));

    const response = await post('/v1/messages', { ...asked, stream: true });

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(frames.join(''));
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts[0]?.usage).toMatchObject({ outputTokens: 7 });
  });

  it('is translated for callers of other dialects', async () => {
    const { post } = await start(sendBinary(frames.map(bedrockChunk)));
    const { model, messages } = asked;

    const text = await (await post('/v1/chat/completions', { model, messages, stream: true })).text();

    expect(text).toContain('"Guten "');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('that begins with an exception is a failure like any other', async () => {
    const { post } = await start(sendBinary([bedrockException('throttlingException', 'Too many.')]));

    const response = await post('/v1/messages', { ...asked, stream: true });

    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
  });

  it('in which an exception comes ends with that error', async () => {
    const chunks = frames.slice(0, 3).map(bedrockChunk);
    const { post } = await start(
      sendBinary([...chunks, bedrockException('modelStreamErrorException', 'The model broke.')]),
    );

    const text = await (await post('/v1/messages', { ...asked, stream: true })).text();

    expect(text).toContain('Guten ');
    expect(text).toContain('event: error');
    expect(text).not.toContain('message_stop');
  });

  it('that is cut or bent never passes for whole', async () => {
    const bytes = Buffer.concat(frames.map(bedrockChunk));
    const bent = Buffer.from(bytes);
    bent[bytes.length - 3] = (bent[bytes.length - 3] as number) ^ 1;
    for (const broken of [bytes.subarray(0, -3), bent]) {
      const { post } = await start(sendBinary([broken.subarray(0, 900), broken.subarray(900)]));

      const response = await post('/v1/messages', { ...asked, stream: true });

      const text = await response.text();
      expect(response.status !== 200 || text.includes('event: error')).toBe(true);
      expect(text).not.toContain('message_stop');
    }
  });
});

describe('an error of Bedrock', () => {
  it.each([
    [400, 'ValidationException', 400, 'invalid_request_error'],
    [
      429,
      'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/',
      429,
      'rate_limit_error',
    ],
    [503, 'ServiceUnavailableException', 503, 'overloaded_error'],
    [404, 'ResourceNotFoundException', 404, 'not_found_error'],
  ])('%i %s is told in the words of Messages', async (status, type, told, as) => {
    const { post } = await start(sendJson({ message: 'It says why.' }, status, { 'x-amzn-errortype': type }));

    const response = await post('/v1/messages', asked);

    expect(response.status).toBe(told);
    expect(await response.json()).toEqual({ type: 'error', error: { type: as, message: 'It says why.' } });
  });

  it('of the model is no fault of the request', async () => {
    const broken = sendJson({ message: 'The model broke.' }, 424, {
      'x-amzn-errortype': 'ModelErrorException',
    });
    const { upstream, post } = await start(broken);
    upstream.script(broken, sendJson(messagesAnswer('Tag.')));

    const response = await post('/v1/messages', asked);

    expect(response.status).toBe(200);
    expect(upstream.seen).toHaveLength(2);
  });

  it('never tells what was signed with', async () => {
    const { post } = await start(
      sendJson({ message: `The canonical string held ${sessionToken}.` }, 400, {
        'x-amzn-errortype': 'ValidationException',
      }),
    );

    const text = await (await post('/v1/messages', asked)).text();

    expect(text).not.toContain(sessionToken);
  });
});

describe('a region is', () => {
  const signedFor = async (address: string, region?: string): Promise<string | undefined> => {
    const credential = {
      name: 'aws',
      baseUrl: new URL(address),
      key: account,
      weight: 1,
      ...(region && { region }),
    };
    const signer = bedrock.createSigner(credential, {
      now: () => 0,
      postForm: () => Promise.reject(new Error('nothing is asked')),
    });
    const call = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.alloc(0) };
    return /\/19700101\/([^/]*)\//.exec((await signer?.sign(call))?.headers.authorization ?? '')?.[1];
  };

  it('the one in the address, else the one that is told', async () => {
    expect(await signedFor('https://bedrock-runtime.eu-west-1.amazonaws.com', 'us-east-2')).toBe('eu-west-1');
    expect(await signedFor('https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com')).toBe('us-gov-west-1');
    expect(
      await signedFor('https://vpce-1a-2b.bedrock-runtime.us-east-2.vpce.amazonaws.com', 'eu-west-1'),
    ).toBe('us-east-2');
    expect(await signedFor('https://bedrock-runtime.cn-north-1.amazonaws.com.cn')).toBe('cn-north-1');
    expect(await signedFor('https://bedrock.example.com', 'eu-north-1')).toBe('eu-north-1');
  });
});
