import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/json.ts';
import { pixel, weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: JsonObject };
}
interface Answer {
  readonly candidates?: readonly {
    readonly content: { readonly role: string; readonly parts?: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly promptFeedback?: JsonObject;
  readonly usageMetadata: Readonly<Record<string, number>>;
  readonly error?: JsonObject;
}

const post = (path: string, body: object, headers: Record<string, string> = { 'x-goog-api-key': 'k' }) =>
  fetch(`${upstream.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
const generate = async (model: string, body: object): Promise<Answer> =>
  (await (await post(`/v1beta/models/${model}:generateContent`, body)).json()) as Answer;
const streamed = async (model: string, body: object): Promise<readonly Answer[]> => {
  const text = await (await post(`/v1/models/${model}:streamGenerateContent?alt=sse`, body)).text();
  const frames = text.split('\n\n');
  expect(frames.pop()).toBe('');
  return frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Answer);
};
const partsOf = (answer: Answer | undefined): readonly Part[] => answer?.candidates?.[0]?.content.parts ?? [];
const finishOf = (answer: Answer | undefined) => answer?.candidates?.[0]?.finishReason;
const lastEntry = () => upstream.book.entries().at(-1);

const user = (...parts: object[]) => ({ role: 'user', parts });
const model = (...parts: object[]) => ({ role: 'model', parts });
const hello = [user({ text: 'Hi' })];
const tools = [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: weatherSchema }] }];
const question = user({ text: 'What is the weather in Paris and Oslo?' });
const sunny = (name = 'get_weather') => ({ functionResponse: { name, response: { output: 'sunny' } } });

describe('the Gemini wire', () => {
  it('answers, and streams the same words as events and as one array, with the same usage', async () => {
    const whole = await generate('gemini-2.5-flash', { contents: hello });
    const events = await streamed('gemini-2.5-flash', { contents: hello });
    const array = (await (
      await post('/v1beta/models/gemini-2.5-flash:streamGenerateContent', { contents: hello })
    ).json()) as readonly Answer[];
    const said = (answers: readonly Answer[]) =>
      answers
        .flatMap(partsOf)
        .map(({ text }) => text)
        .join('');

    expect(said([whole])).toContain('simulated answer of gemini-2.5-flash');
    expect(said(events)).toBe(said([whole]));
    expect(said(array)).toBe(said([whole]));
    expect(events.map(finishOf).filter(Boolean)).toEqual(['STOP']);
    expect(events.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
  });

  it('counts thoughts apart from what is said, and shows them where that is asked for', async () => {
    const answer = await generate('gemini-3-pro', {
      contents: hello,
      generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } },
    });
    const { tokens } = lastEntry() ?? {};

    expect(partsOf(answer)).toMatchObject([{ thought: true }, { thoughtSignature: expect.any(String) }]);
    expect(answer.usageMetadata).toMatchObject({
      thoughtsTokenCount: tokens?.reasoning,
      candidatesTokenCount: tokens?.visible,
      promptTokenCount: tokens?.uncached,
    });
    expect(tokens?.reasoning).toBeGreaterThan(0);
  });

  it('counts cached tokens as part of the prompt', async () => {
    const contents = [user({ text: 'word '.repeat(6000) }), model({ text: 'Yes?' }), user({ text: 'Go on' })];

    await generate('gemini-2.5-flash', { contents });
    const { usageMetadata } = await generate('gemini-2.5-flash', { contents });

    expect(usageMetadata.cachedContentTokenCount).toBe(lastEntry()?.tokens.cacheRead);
    expect(usageMetadata.cachedContentTokenCount).toBeGreaterThan(2048);
    expect(usageMetadata.promptTokenCount).toBeGreaterThan(usageMetadata.cachedContentTokenCount ?? 0);
  });

  it('calls whole, signs the first call only, and takes the results', async () => {
    const frames = await streamed('gemini-3-pro', { contents: [question], tools });
    const calls = frames.flatMap(partsOf).filter(({ functionCall }) => functionCall);
    const answer = await generate('gemini-3-pro', {
      contents: [question, model(...calls), user(sunny(), sunny())],
      tools,
    });

    expect(calls.map(({ functionCall }) => functionCall?.args)).toEqual([
      { city: 'Paris', unit: 'celsius' },
      { city: 'Oslo', unit: 'celsius' },
    ]);
    expect(calls.map(({ thoughtSignature }) => thoughtSignature !== undefined)).toEqual([true, false]);
    expect(frames.map(finishOf).at(-1)).toBe('STOP');
    expect(partsOf(answer)[0]?.text).toContain('sunny; sunny');
  });

  it('wants that signature back on its own part, in the current turn, at the newer models', async () => {
    const calls = partsOf(await generate('gemini-3-pro', { contents: [question], tools })).filter(
      ({ functionCall }) => functionCall,
    ) as [Part, Part];
    const goOn = async (name: string, parts: readonly object[], ...later: object[]) =>
      (
        await generate(name, {
          contents: [question, model(...parts), user(sunny(), sunny()), ...later],
          tools,
        })
      ).error?.message;
    const bare = calls.map(({ functionCall }) => ({ functionCall }));
    const [first, second] = bare;
    const signature = calls[0].thoughtSignature;
    const sentinel = { ...first, thoughtSignature: 'skip_thought_signature_validator' };

    expect(await goOn('gemini-3-pro', bare)).toContain('missing a thought_signature');
    expect(await goOn('gemini-3-pro', [second ?? {}, calls[0]])).toContain('missing a thought_signature');
    expect(await goOn('gemini-3-pro', [{ ...second, thoughtSignature: signature }, first ?? {}])).toContain(
      'belongs to another part',
    );
    expect(
      await goOn('gemini-3-pro', [{ ...first, thoughtSignature: 'bm90IG91cnM=' }, second ?? {}]),
    ).toContain('not valid');
    expect(await goOn('gemini-3-pro', [sentinel, second ?? {}])).toBeUndefined();
    expect(
      await goOn('gemini-3-pro', bare, model({ text: 'Sun.' }), user({ text: 'Thanks' })),
    ).toBeUndefined();
    expect(await goOn('gemini-2.5-flash', bare)).toBeUndefined();
  });

  it('says what was not let through, filtered or malformed', async () => {
    const blocked = await generate('gemini-3-pro~blocked', { contents: hello });
    const filtered = await streamed('gemini-3-pro~content-filter:3', { contents: hello });
    const malformed = await generate('gemini-3-pro~malformed-call', { contents: [question], tools });
    const short = await generate('gemini-2.5-flash', {
      contents: hello,
      generationConfig: { maxOutputTokens: 40, thinkingConfig: { thinkingBudget: 0 } },
    });

    expect(blocked).toMatchObject({ promptFeedback: { blockReason: 'SAFETY' } });
    expect(blocked.candidates).toBeUndefined();
    expect(finishOf(filtered.at(-1))).toBe('SAFETY');
    expect(malformed.candidates).toMatchObject([{ finishReason: 'MALFORMED_FUNCTION_CALL' }]);
    expect(partsOf(malformed)).toEqual([]);
    expect(finishOf(short)).toBe('MAX_TOKENS');
  });

  it('errs in Google’s words', async () => {
    const guarded = await startUpstream({ speed: 0, keys: ['good'] });
    const path = `${guarded.url}/v1beta/models/gemini-3-pro:generateContent`;
    const bad = await fetch(`${path}?key=bad`, { method: 'POST', body: '{}' });
    const limited = await post('/v1beta/models/gemini-3-pro~429:7:generateContent', { contents: hello });
    const inStream = await streamed('gemini-3-pro~error-first', { contents: hello });
    await guarded.close();

    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ error: { details: [{ reason: 'API_KEY_INVALID' }] } });
    expect(limited.headers.get('retry-after')).toBeNull();
    expect(await limited.json()).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '7s' }] },
    });
    expect(inStream).toMatchObject([{ error: { code: 503, status: 'UNAVAILABLE' } }]);
  });

  it('counts, keeps to a schema, reads either spelling and lists its models', async () => {
    const counted = await (await post('/v1beta/models/gemini-3-pro:countTokens', { contents: hello })).json();
    const structured = await generate('gemini-3-pro', {
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      contents: [user({ text: 'Is it?' }, { inline_data: { mime_type: 'image/png', data: pixel } })],
      generation_config: {
        response_mime_type: 'application/json',
        response_schema: { type: 'OBJECT', properties: { ok: { type: 'BOOLEAN' } } },
      },
    });
    const listed = (await (await fetch(`${upstream.url}/v1beta/models`)).json()) as JsonObject;

    expect(counted).toMatchObject({ totalTokens: 5 });
    expect(partsOf(structured)[0]?.text).toBe('{"ok":true}');
    expect(listed.models).toMatchObject([{ name: 'models/sim-light-d' }, {}, {}]);
  });

  it('takes a turn in several contents, as the vendor’s SDK sends back a stream', async () => {
    const answer = await generate('gemini-2.5-flash', {
      contents: [
        ...hello,
        model({ text: 'Yes' }),
        model({ text: '?' }),
        model({ text: '' }),
        user({ text: 'So' }),
      ],
    });

    expect(finishOf(answer)).toBe('STOP');
  });

  const named = (name: string) => ({ tools: [{ functionDeclarations: [{ name }] }] });
  const config = (generationConfig: object) => ({ generationConfig });
  const call = { functionCall: { name: 'get_weather', args: {} } };

  it.each([
    ['a field there is not', { messages: [] }, 'Unknown name "messages"'],
    ['nothing said', { contents: [] }, 'contents is not specified'],
    ['a first turn of the model', { contents: [model({ text: 'a' })] }, 'role user'],
    ['a role of another vendor', { contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, 'valid role'],
    ['a turn without parts', { contents: [user()] }, 'must not be empty'],
    ['a part without anything', { contents: [user({})] }, "oneof field 'data'"],
    ['a part that is two things', { contents: [user({ text: 'a', ...call })] }, 'only one'],
    [
      'a call without its result',
      { contents: [question, model(call), user({ text: 'b' })], tools },
      'followed by',
    ],
    [
      'fewer results than calls',
      { contents: [question, model(call, call), user(sunny())], tools },
      'number of',
    ],
    ['a result without its call', { contents: [user(sunny())], tools }, 'immediately after'],
    [
      'a result of another name',
      { contents: [question, model(call), user(sunny('x'))], tools },
      'do not match',
    ],
    [
      'a result without a name',
      { contents: [question, model(call), user(sunny(''))], tools },
      'Name cannot be empty',
    ],
    [
      'a result that is a text',
      {
        contents: [question, model(call), user({ functionResponse: { name: 'get_weather', response: 'a' } })],
        tools,
      },
      'expected an object',
    ],
    ['a tool named out of grammar', named('1st'), 'Invalid function name'],
    ['a tool named too long', named('a'.repeat(129)), 'Invalid function name'],
    [
      'a keyword outside the subset of JSON schema',
      config({ responseMimeType: 'application/json', responseJsonSchema: { type: 'string', minLength: 1 } }),
      'Unsupported JSON schema keyword',
    ],
    [
      'words beside a reference',
      config({
        responseMimeType: 'application/json',
        responseJsonSchema: { $defs: { a: { type: 'string' } }, anyOf: [{ $ref: '#/$defs/a', title: 'A' }] },
      }),
      'beside a $ref',
    ],
    [
      'JSON schema where OpenAPI is meant',
      { tools: [{ functionDeclarations: [{ name: 'f', parameters: weatherSchema }] }] },
      'Unknown name "additionalProperties"',
    ],
    [
      'budget and level at once',
      config({ thinkingConfig: { thinkingBudget: 0, thinkingLevel: 'LOW' } }),
      'only one of',
    ],
    [
      'a level the model has not',
      config({ thinkingConfig: { thinkingLevel: 'MINIMAL' } }),
      'MINIMAL is not supported',
    ],
    [
      'a budget at a model of levels',
      config({ thinkingConfig: { thinkingBudget: 1024 } }),
      'budget is not supported',
    ],
    ['too many stop sequences', config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }), 'at most 5'],
    ['a schema without its mime type', config({ responseJsonSchema: { type: 'object' } }), 'mime types'],
    ['a limit over the model’s', config({ maxOutputTokens: 1_000_000 }), 'max_output_tokens'],
    [
      'names allowed without being forced',
      { tools, toolConfig: { functionCallingConfig: { allowedFunctionNames: ['get_weather'] } } },
      'ANY and VALIDATED',
    ],
    ['a label, which is of another product', { labels: { a: 'b' } }, 'Unknown name "labels"'],
    [
      'a picture that is none',
      { contents: [user({ inlineData: { mimeType: 'image/png', data: 'aGVsbG8=' } })] },
      'image',
    ],
    [
      'a drawing',
      { contents: [user({ inlineData: { mimeType: 'image/svg+xml', data: 'aGVsbG8=' } })] },
      'MIME type',
    ],
  ])('refuses %s as the vendor does', async (_, change, message) => {
    const { error } = await generate('gemini-3-pro', { contents: hello, ...change });

    expect(error).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect(upstream.refusals().at(-1)).toMatchObject({ wire: 'gemini', model: 'gemini-3-pro', status: 400 });
  });

  it.each([
    ['no thinking at all', 'gemini-2.5-pro', config({ thinkingConfig: { thinkingBudget: 0 } })],
    ['a budget beyond its own', 'gemini-2.5-flash', config({ thinkingConfig: { thinkingBudget: 30_000 } })],
    ['instructions', 'gemma-3-27b', { systemInstruction: { parts: [{ text: 'x' }] } }],
    ['tools', 'gemma-3-27b', { tools }],
  ])('refuses %s at %s', async (_, name, change) => {
    expect(await generate(name, { contents: hello, ...change })).toMatchObject({ error: { code: 400 } });
  });

  it.each([
    ['a level', config({ thinkingConfig: { thinkingLevel: 'LOW' } })],
    ['JSON beside tools', { ...config({ responseMimeType: 'application/json' }), tools }],
    ['a search beside tools', { tools: [...tools, { googleSearch: {} }] }],
    ['a penalty', config({ presencePenalty: 1 })],
  ])('refuses %s before Gemini 3, and not from then on', async (_, change) => {
    const older = await generate('gemini-2.5-flash', { contents: hello, ...change });
    const newer = await generate('gemini-3.1-flash', { contents: hello, ...change });

    expect(older.error).toMatchObject({ code: 400 });
    expect(newer.error).toBeUndefined();
  });
});
