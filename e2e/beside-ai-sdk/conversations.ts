import type { Block, ChatRequest, OpaqueReasoning } from '../../src/core/chat.ts';
import type { JsonObject } from '../../src/core/json.ts';

/** One conversation, said twice: in our canonical nouns and in the AI SDK's. */
export interface Conversation {
  readonly name: string;
  readonly ours: (vendor: Vendor) => Partial<ChatRequest>;
  readonly theirs: (vendor: Vendor) => JsonObject;
}

export const vendors = ['anthropic', 'openai-chat', 'openai-responses', 'google'] as const;
export type Vendor = (typeof vendors)[number];

const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const paper = Buffer.from('%PDF-1.4 a page').toString('base64');

const schema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', description: 'A town' }, days: { type: 'integer' } },
  required: ['city'],
  additionalProperties: false,
};

const answerSchema: JsonObject = {
  type: 'object',
  properties: { warm: { type: 'boolean' }, degrees: { type: 'number' } },
  required: ['warm', 'degrees'],
  additionalProperties: false,
};

const text = (words: string): Block => ({ type: 'text', text: words });
const call = (id: string, city: string, opaque?: OpaqueReasoning): Block => ({
  type: 'tool-call',
  id,
  name: 'get_weather',
  argumentsText: JSON.stringify({ city }),
  kind: 'function',
  ...(opaque && { opaque }),
});
const result = (callId: string, blocks: readonly Block[], isError = false): Block => ({
  type: 'tool-result',
  callId,
  blocks,
  isError,
});

const tools: ChatRequest['tools'] = [
  { type: 'function', name: 'get_weather', description: 'The weather in a town', schema },
];

const sdkText = (words: string): JsonObject => ({ type: 'text', text: words });
const sdkUser = (...content: readonly JsonObject[]): JsonObject => ({ role: 'user', content });
const sdkCall = (toolCallId: string, city: string, providerOptions?: JsonObject): JsonObject => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'get_weather',
  input: { city },
  ...(providerOptions && { providerOptions }),
});
const sdkResult = (toolCallId: string, output: JsonObject): JsonObject => ({
  type: 'tool-result',
  toolCallId,
  toolName: 'get_weather',
  output,
});
const sdkTools: readonly JsonObject[] = [
  { type: 'function', name: 'get_weather', description: 'The weather in a town', inputSchema: schema },
];

/** The reasoning before a call, as each vendor wants it back; Chat has no place for any. */
const thought: Readonly<
  Record<Vendor, { readonly ours: readonly Block[]; readonly theirs: readonly JsonObject[] }>
> = {
  anthropic: {
    ours: [
      {
        type: 'reasoning',
        text: 'Look it up.',
        opaque: { vendor: 'anthropic', kind: 'signature', data: 'c2ln' },
      },
      call('call_1', 'Oslo'),
    ],
    theirs: [
      { type: 'reasoning', text: 'Look it up.', providerOptions: { anthropic: { signature: 'c2ln' } } },
      sdkCall('call_1', 'Oslo'),
    ],
  },
  'openai-chat': { ours: [call('call_1', 'Oslo')], theirs: [sdkCall('call_1', 'Oslo')] },
  'openai-responses': {
    ours: [
      {
        type: 'reasoning',
        text: 'Look it up.',
        opaque: { vendor: 'openai', kind: 'encrypted', data: 'ZW5j', id: 'rs_1' },
      },
      call('call_1', 'Oslo'),
    ],
    theirs: [
      {
        type: 'reasoning',
        text: 'Look it up.',
        providerOptions: { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'ZW5j' } },
      },
      sdkCall('call_1', 'Oslo'),
    ],
  },
  google: {
    ours: [call('call_1', 'Oslo', { vendor: 'google', kind: 'thought-signature', data: 'c2ln' })],
    theirs: [sdkCall('call_1', 'Oslo', { google: { thoughtSignature: 'c2ln' } })],
  },
};

export const conversations: readonly Conversation[] = [
  {
    name: 'instructions, a question, sampling and limits',
    ours: () => ({
      system: [text('Be brief.')],
      turns: [{ role: 'user', blocks: [text('How warm is it?')] }],
      maxOutputTokens: 500,
      sampling: { temperature: 0.5 },
    }),
    theirs: () => ({
      prompt: [{ role: 'system', content: 'Be brief.' }, sdkUser(sdkText('How warm is it?'))],
      maxOutputTokens: 500,
      temperature: 0.5,
    }),
  },
  {
    name: 'two calls side by side, one of which failed',
    ours: () => ({
      turns: [
        { role: 'user', blocks: [text('Oslo or Rome?')] },
        { role: 'assistant', blocks: [text('I look.'), call('call_1', 'Oslo'), call('call_2', 'Rome')] },
        {
          role: 'user',
          blocks: [result('call_1', [text('cold')]), result('call_2', [text('no data')], true)],
        },
      ],
      tools,
      toolChoice: { type: 'auto' },
      maxOutputTokens: 500,
    }),
    theirs: () => ({
      prompt: [
        sdkUser(sdkText('Oslo or Rome?')),
        {
          role: 'assistant',
          content: [sdkText('I look.'), sdkCall('call_1', 'Oslo'), sdkCall('call_2', 'Rome')],
        },
        {
          role: 'tool',
          content: [
            sdkResult('call_1', { type: 'text', value: 'cold' }),
            sdkResult('call_2', { type: 'error-text', value: 'no data' }),
          ],
        },
      ],
      tools: sdkTools,
      toolChoice: { type: 'auto' },
      maxOutputTokens: 500,
    }),
  },
  {
    name: 'a picture and a paper',
    ours: () => ({
      turns: [
        {
          role: 'user',
          blocks: [
            text('Compare.'),
            { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: picture } },
            {
              type: 'document',
              source: { type: 'base64', mediaType: 'application/pdf', data: paper },
              title: 'page.pdf',
            },
          ],
        },
      ],
      maxOutputTokens: 500,
    }),
    theirs: () => ({
      prompt: [
        sdkUser(
          sdkText('Compare.'),
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: picture } },
          {
            type: 'file',
            mediaType: 'application/pdf',
            filename: 'page.pdf',
            data: { type: 'data', data: paper },
          },
        ),
      ],
      maxOutputTokens: 500,
    }),
  },
  {
    name: 'a result that holds a picture',
    ours: () => ({
      turns: [
        { role: 'user', blocks: [text('Show Oslo.')] },
        { role: 'assistant', blocks: [call('call_1', 'Oslo')] },
        {
          role: 'user',
          blocks: [
            result('call_1', [
              text('From the webcam:'),
              { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: picture } },
            ]),
          ],
        },
      ],
      tools,
      maxOutputTokens: 500,
    }),
    theirs: () => ({
      prompt: [
        sdkUser(sdkText('Show Oslo.')),
        { role: 'assistant', content: [sdkCall('call_1', 'Oslo')] },
        {
          role: 'tool',
          content: [
            sdkResult('call_1', {
              type: 'content',
              value: [
                sdkText('From the webcam:'),
                { type: 'file', mediaType: 'image/png', data: { type: 'data', data: picture } },
              ],
            }),
          ],
        },
      ],
      tools: sdkTools,
      maxOutputTokens: 500,
    }),
  },
  {
    name: 'reasoning continued over a tool loop',
    ours: (vendor) => ({
      turns: [
        { role: 'user', blocks: [text('Oslo?')] },
        { role: 'assistant', blocks: thought[vendor].ours },
        { role: 'user', blocks: [result('call_1', [text('cold')])] },
      ],
      tools,
      reasoning: { effort: 'high' },
      maxOutputTokens: 8000,
    }),
    theirs: (vendor) => ({
      prompt: [
        sdkUser(sdkText('Oslo?')),
        { role: 'assistant', content: thought[vendor].theirs },
        { role: 'tool', content: [sdkResult('call_1', { type: 'text', value: 'cold' })] },
      ],
      tools: sdkTools,
      reasoning: 'high',
      maxOutputTokens: 8000,
      ...(vendor === 'openai-responses' && { providerOptions: { openai: { store: false } } }),
    }),
  },
  {
    name: 'an answer held to a schema',
    ours: () => ({
      turns: [{ role: 'user', blocks: [text('Is it warm?')] }],
      format: { type: 'schema', name: 'weather', schema: answerSchema, isStrict: true },
      maxOutputTokens: 500,
    }),
    theirs: () => ({
      prompt: [sdkUser(sdkText('Is it warm?'))],
      responseFormat: { type: 'json', schema: answerSchema, name: 'weather' },
      maxOutputTokens: 500,
    }),
  },
  {
    name: 'one tool that has to be called',
    ours: () => ({
      turns: [{ role: 'user', blocks: [text('Oslo?')] }],
      tools,
      toolChoice: { type: 'named', name: 'get_weather' },
      maxOutputTokens: 500,
    }),
    theirs: () => ({
      prompt: [sdkUser(sdkText('Oslo?'))],
      tools: sdkTools,
      toolChoice: { type: 'tool', toolName: 'get_weather' },
      maxOutputTokens: 500,
    }),
  },
];
