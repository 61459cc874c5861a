import { isObject, type JsonValue } from '../core/json.ts';
import { tokenCount } from '../core/usage.ts';
import { pathFor } from './endpoint-for.ts';
import type { Credential, Provider } from './provider.ts';
import type { Egress, OngoingCall } from './send.ts';

/** A few texts for one embeddings endpoint of OpenAI's shape. */
export interface EmbedCall {
  readonly provider: Provider;
  readonly credential: Credential;
  /** As its vendor calls it. */
  readonly model: string;
  /** Asked for only where the configuration names them: not every model can be told. */
  readonly dimensions?: number | undefined;
  /** None of them empty. */
  readonly texts: readonly string[];
}

/** How it went. Its words are ours: nothing an upstream said of an account gets into them. */
export type Embedded =
  | {
      readonly ok: true;
      readonly status: number;
      /** In the order of the texts, all of one length. */
      readonly vectors: readonly Float32Array[];
      /** Undefined where the provider told none. */
      readonly tokens: number | undefined;
    }
  | {
      readonly ok: false;
      readonly status: number | null;
      readonly code: 'upstream-bad' | 'upstream-cut' | 'upstream-timeout';
      readonly message: string;
    };

export interface OngoingEmbedding {
  /** Never rejects; never resolves after `abort`. */
  readonly embedded: Promise<Embedded>;
  abort(): void;
  readonly wasSent: boolean;
}

/** No model makes more numbers of a text than some thousand, and no number takes more letters than some twenty. */
const mostBytesPerText = 256 * 1024;

/** Asks once. */
export const embedTexts = (call: EmbedCall, egress: Egress): OngoingEmbedding => {
  const { provider, credential, model, dimensions, texts } = call;
  let ongoing: OngoingCall | undefined;
  const embedded = new Promise<Embedded>((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status: number | null = null;
    const fail = (code: (Embedded & { ok: false })['code'], message: string): void =>
      resolve({ ok: false, status, code, message });
    ongoing = egress.send(
      {
        provider,
        credential,
        path: pathFor({ dialect: 'openai-chat', chatPath: '/embeddings' }, model, false),
        query: '',
        method: 'POST',
        headers: {},
        body: Buffer.from(
          JSON.stringify({ model, input: texts, ...(dimensions !== undefined && { dimensions }) }),
        ),
      },
      {
        sent: () => undefined,
        started: (told) => {
          status = told;
        },
        data: (chunk) => {
          bytes += chunk.length;
          if (bytes <= mostBytesPerText * texts.length) {
            chunks.push(chunk);
            return;
          }
          ongoing?.abort();
          fail('upstream-bad', 'answered with more than any embedding has');
        },
        ended: () => {
          if (status === null || status < 200 || status > 299)
            return fail('upstream-bad', `answered with status ${status}`);
          const read = readEmbeddings(Buffer.concat(chunks), texts.length);
          if (read) resolve({ ok: true, status, ...read });
          else fail('upstream-bad', 'answered with something that is no embeddings');
        },
        failed: ({ code, message }) => fail(code, message),
      },
    );
  });
  return {
    embedded,
    abort: () => ongoing?.abort(),
    get wasSent() {
      return ongoing?.wasSent ?? false;
    },
  };
};

/** Undefined where it is not one vector for each text, all of one length and of numbers. */
const readEmbeddings = (
  body: Buffer,
  count: number,
): { readonly vectors: readonly Float32Array[]; readonly tokens: number | undefined } | undefined => {
  const said = parsed(body);
  if (!isObject(said) || !Array.isArray(said.data) || said.data.length !== count) return undefined;
  const vectors: Float32Array[] = [];
  for (const [place, entry] of said.data.entries()) {
    if (!isObject(entry)) return undefined;
    // most say which text it is of, and need not keep the order
    const at = typeof entry.index === 'number' ? entry.index : place;
    const vector = vectorOf(entry.embedding);
    if (!vector || !(at >= 0 && at < count) || vectors[at]) return undefined;
    vectors[at] = vector;
  }
  const [first] = vectors;
  if (!first || vectors.some(({ length }) => length !== first.length)) return undefined;
  const told = isObject(said.usage) ? (said.usage.prompt_tokens ?? said.usage.total_tokens) : undefined;
  return { vectors, tokens: told === undefined ? undefined : tokenCount(told) };
};

/** A list of numbers, or their bytes in base64 where a server thinks that it was asked for those. */
const vectorOf = (value: JsonValue | undefined): Float32Array | undefined => {
  const vector =
    typeof value === 'string'
      ? floatsOf(Buffer.from(value, 'base64'))
      : Array.isArray(value) && value.every((each) => typeof each === 'number')
        ? Float32Array.from(value)
        : undefined;
  return vector && vector.length > 0 && vector.every(Number.isFinite) ? vector : undefined;
};

const floatsOf = (bytes: Buffer): Float32Array | undefined =>
  bytes.length % 4 === 0
    ? Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
    : undefined;

const parsed = (body: Buffer): JsonValue | undefined => {
  try {
    return JSON.parse(body.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
};
