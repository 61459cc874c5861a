export const replyKinds = ['json', 'stream', 'paced'] as const;
/** `stream`: all events written at once; `paced`: one event, a pause, the next. */
export type ReplyKind = (typeof replyKinds)[number];

/** What is sent, by how many connections at once. Every contestant gets the same bytes. */
export interface Workload {
  readonly name: WorkloadName;
  readonly reply: ReplyKind;
  readonly connections: number;
  readonly about: string;
}

export const workloadNames = ['json-1', 'json-64', 'stream-1', 'stream-64', 'paced-64'] as const;
export type WorkloadName = (typeof workloadNames)[number];

export const streamEvents = 50;
export const pacedGapMs = 5;

export const workloads: readonly Workload[] = [
  { name: 'json-1', reply: 'json', connections: 1, about: 'JSON, one connection' },
  { name: 'json-64', reply: 'json', connections: 64, about: 'JSON, 64 connections' },
  { name: 'stream-1', reply: 'stream', connections: 1, about: 'SSE written at once, one connection' },
  { name: 'stream-64', reply: 'stream', connections: 64, about: 'SSE written at once, 64 connections' },
  {
    name: 'paced-64',
    reply: 'paced',
    connections: 64,
    about: `SSE, ${pacedGapMs} ms between events, 64 connections`,
  },
];

/** A Chat request of about 2 kB. The kind of reply wanted stands in its text, which no gateway may change. */
export const requestBody = (reply: ReplyKind): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: 'auto',
      messages: [
        { role: 'system', content: `You are the support assistant of a small bookshop. ${policy}` },
        { role: 'user', content: 'Hello, I ordered a novel last week and it has not come.' },
        {
          role: 'assistant',
          content: 'I am sorry to hear that. Could you tell me the number of your order?',
        },
        {
          role: 'user',
          content: `It is 10-4471. Summarise in two sentences what I can do now, please. [${replyMark(reply)}]`,
        },
      ],
      temperature: 0.2,
      max_tokens: 400,
      ...(reply !== 'json' && { stream: true, stream_options: { include_usage: true } }),
    }),
  );

export const replyMark = (reply: ReplyKind): string => `wanted: ${reply}`;

const policy = [
  'Parcels inside the country take three working days, abroad up to nine.',
  'A parcel that is late by more than five working days is sent again at our cost.',
  'A customer may give back any book within thirty days if it is unread.',
  'Gift cards are never paid out, but they do not expire either.',
  'Rare books are sent insured; for those the customer has to sign.',
  'Orders can be changed until the evening of the day they were placed.',
  'Do not promise a date of arrival: say what the carrier says, and who it is.',
  'If the customer is angry, say sorry once, then say what happens next.',
  'Answer in the language of the customer, briefly, and without headings.',
]
  .join(' ')
  .repeat(2);
