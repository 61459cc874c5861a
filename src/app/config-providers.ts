import { z } from 'zod';
import { customModel } from '../catalog/index.ts';
import { providerKinds } from '../providers/index.ts';
import type { ProviderKind } from '../providers/provider.ts';
import { durationMs } from './config-units.ts';

const timeouts = z
  .strictObject({
    connect: durationMs.prefault('2s').describe('Until the connection stands.'),
    firstByte: durationMs
      .prefault('5m')
      .describe(
        "From the request's last byte to the answer's first event; to the whole answer where it is not streamed.",
      ),
    idle: durationMs.prefault('2m').describe('Silence between two pieces of an answer.'),
    total: durationMs.prefault('15m').describe('The whole call.'),
  })
  .transform(({ connect, firstByte, idle, total }) => ({
    connectMs: connect,
    firstByteMs: firstByte,
    idleMs: idle,
    totalMs: total,
  }));

const quirks = z.strictObject({
  systemRole: z.enum(['system', 'developer']).optional().describe('Role that carries instructions.'),
  maxTokensField: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('Field that limits the answer.'),
  hasNoStreamOptions: z.boolean().optional().describe('The server does not understand `stream_options`.'),
  refusedFields: z
    .array(z.string())
    .optional()
    .describe('Top-level fields the server refuses; they are taken out.'),
  refusedMessageFields: z
    .array(z.string())
    .optional()
    .describe('Fields of a message that the server refuses; they are taken out.'),
  fetchesNoImages: z
    .boolean()
    .optional()
    .describe('The server fetches no pictures: they are fetched for it, and their data sent.'),
  callIds: z
    .literal('nine-alphanumerics')
    .optional()
    .describe('Ids of tool calls have exactly nine letters and digits.'),
  reasoningField: z
    .enum(['reasoning_content', 'reasoning'])
    .optional()
    .describe('Field in which the server wants the reasoning behind its calls back.'),
});

const isHttpAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
};

const address = z
  .string()
  .refine(isHttpAddress, 'is not an address: write "https://host/v1", without user, query and fragment')
  .transform((text) => text.replace(/\/+$/, ''));

/** What a region or a project may be called: part of the address a key is sent to. */
export const placePattern = /^[a-z][a-z0-9-]{0,62}$/;

const keyEntry = z.strictObject({
  key: z.string().min(1).describe(`The API key, as \`\${NAME}\`.`),
  weight: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe('Its share of the conversations, beside the weights of the others.'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'cannot be a name: only letters, digits, "-", "_" and "." can')
    .optional()
    .describe('What logs and metrics call it. Default: the provider\'s name, "#" and its number.'),
  baseUrl: address.optional().describe("Its own address: another region. Default: the provider's."),
});

const addressOf = ({ baseUrl, exchangeHeader, place }: ProviderKind) => {
  // an upstream of our own is started with the gateway, at an address nobody has to know
  const isNeeded = baseUrl === undefined && exchangeHeader === undefined && place === undefined;
  const fallback = baseUrl === undefined ? '' : ` Default: ${baseUrl}.`;
  return (isNeeded ? address : address.optional()).describe(`Address with its version path.${fallback}`);
};

const keyOf = ({ keyVariables, keyParts }: ProviderKind) => {
  const names = [...keyVariables, ...(keyParts ? [keyParts.join(':')] : [])];
  const fallback = names.length > 0 ? ` Default: ${names.join(' or ')} of the environment.` : '';
  return z.string().optional().describe(`Its API key, as \`\${NAME}\`.${fallback}`);
};

/** Part of a host's name, or of a path. */
const placeName = z.string().regex(placePattern, 'cannot be one: only small letters, digits and "-" can');

const providerOf = (kind: ProviderKind) =>
  z.strictObject({
    type: z.literal(kind.type),
    key: keyOf(kind),
    keys: z
      .array(keyEntry)
      .min(1)
      .optional()
      .describe(
        'Several keys instead of one: conversations are spread over them, and each one is paused by itself.',
      ),
    baseUrl: addressOf(kind) as z.ZodType<string | undefined, string | undefined>,
    region: placeName
      .optional()
      .describe('Region of the account, where a type has its address made of it: see the types above.'),
    project: placeName.optional().describe('Project of the account, likewise.'),
    apiVersion: z
      .string()
      .regex(/^[\w.-]{1,40}$/, 'is not a version: write it like "2024-10-21"')
      .optional()
      .describe('Date in the paths, where a type has one there: see the types above.'),
    catalogue: z
      .string()
      .optional()
      .describe(
        "Vendor of the catalogue whose models and prices these are. Default: the type's own vendor, else the one the provider is named after.",
      ),
    only: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Models of the catalogue that are served here, `*` for any ending. Default: all of its vendor.',
      ),
    timeouts: timeouts.prefault({}).describe('Limits of one call.'),
    quirks: quirks.default({}).describe("Where the server differs from the dialect's own vendor."),
    models: z
      .record(z.string().min(1), customModel)
      .default({})
      .describe('Models the catalogue does not know, by the name the server has for them.'),
  });

const variants = providerKinds.map(providerOf);

/** A provider as a file says it: one variant for each kind there is, told apart by `type`. */
export const providerSchema = z.discriminatedUnion(
  'type',
  variants as [(typeof variants)[number], ...typeof variants],
);

/** A provider as written, its units read. */
export type ProviderConfig = z.output<typeof providerSchema>;
