import { z } from 'zod';
import { modelOverride } from '../catalog/index.ts';
import { tiers } from '../core/model.ts';
import { type ImplicitSignal, implicitMeaning, implicitSignals } from '../learning/implicit-signals.ts';
import { usualImplicit } from '../learning/ledger-rows.ts';
import { interceptSchema } from '../routing/resolve.ts';
import { routeSchema } from '../routing/route.ts';
import { providerSchema } from './config-providers.ts';
import { durationMs, sizeBytes } from './config-units.ts';

const name = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][\w.-]*$/, 'cannot be a name: only letters, digits, "-", "_" and "." can');

const server = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. Without keys nothing but loopback is accepted.'),
    port: z.int().min(0).max(65_535).default(4100).describe('Port to listen on; 0 takes any free one.'),
    bodyLimit: sizeBytes.prefault('32mb').describe('Largest request body.'),
    uploadLimit: sizeBytes
      .prefault('512mb')
      .describe('Largest file for `/v1/files`; it is passed on while it comes in.'),
    writeIdle: durationMs
      .prefault('60s')
      .describe('How long a caller may read nothing of what waits for it before it is taken for gone.'),
    maxConcurrent: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe('Requests under way at once; one more is refused at once with a 503.'),
    longestLag: durationMs
      .prefault('250ms')
      .describe('How late the process may run, for longer than a moment, before it refuses requests.'),
    shutdownGrace: durationMs
      .prefault('30s')
      .describe('How long running answers may go on after a stop was asked for.'),
    tellsTiming: z.boolean().default(false).describe('Whether answers carry a `server-timing` header.'),
  })
  .transform(({ bodyLimit, uploadLimit, writeIdle, longestLag, shutdownGrace, ...rest }) => ({
    ...rest,
    bodyLimitBytes: bodyLimit,
    uploadLimitBytes: uploadLimit,
    writeIdleMs: writeIdle,
    longestLagMs: longestLag,
    shutdownGraceMs: shutdownGrace,
  }));

const retries = z
  .strictObject({
    share: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('Second attempts (fallbacks included) per request, on the average of all requests.'),
    perSecond: z
      .number()
      .min(0)
      .max(10_000)
      .default(10)
      .describe('Second attempts a second that are allowed beside the share.'),
    longestWait: durationMs
      .prefault('2s')
      .describe('A provider that asks for a longer pause is not asked again by the same request.'),
    hedgeAfter: durationMs
      .prefault('3s')
      .describe('On routes with `hedge`: so long a call may say nothing before it is made once more.'),
    hedgeShare: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.05)
      .describe('Calls made beside others, per request of such routes.'),
  })
  .transform(({ longestWait, hedgeAfter, ...rest }) => ({
    ...rest,
    longestWaitMs: longestWait,
    hedgeAfterMs: hedgeAfter,
  }));

const tierModels = z.array(z.string().min(1));

const tierLists = z.strictObject(
  Object.fromEntries(
    tiers.map((tier) => [
      tier,
      tierModels.optional().describe(`Models of the ${tier} tier; first is asked first.`),
    ]),
  ) as Record<(typeof tiers)[number], z.ZodOptional<typeof tierModels>>,
);

const downloads = z
  .strictObject({
    limit: sizeBytes.prefault('20mb').describe('Largest picture or paper.'),
    timeout: durationMs.prefault('10s').describe('For one of them, all in all.'),
    privateNetworks: z
      .boolean()
      .default(false)
      .describe("Whether hosts of private networks may be asked; clouds' metadata services never are."),
  })
  .transform(({ limit, timeout, ...rest }) => ({ ...rest, bytes: limit, totalMs: timeout }));

const ledger = z.strictObject({
  path: z.string().min(1).default('.tierwise').describe('Folder of the ledger, relative to this file.'),
  texts: z
    .strictObject({
      store: z.boolean().default(false).describe('Whether prompts and answers are kept.'),
      keepDays: z.number().positive().max(3650).default(7).describe('For how long.'),
    })
    .prefault({})
    .describe('Prompts and answers themselves; figures are always kept.'),
});

const hourMs = 3_600_000;

const vault = z
  .strictObject({
    key: z
      .string()
      .min(32, 'is too short for a key: 32 characters or more')
      .optional()
      .describe(
        'Secret that all of it is encrypted with, best from a variable. Default: the file `vault.key` beside the ledger, made where there is none.',
      ),
    keep: durationMs
      .prefault('24h')
      .refine((ms) => ms >= hourMs, 'is too short: conversations pause for longer than that; at least 1h')
      .describe('How long the reasoning of a conversation is kept for callers who cannot carry it.'),
    keepResponses: durationMs
      .prefault('7d')
      .refine((ms) => ms >= hourMs, 'is too short: at least 1h')
      .describe('How long responses are kept that callers asked to be stored and no provider stores.'),
    memory: sizeBytes.prefault('64mb').describe('What of it is in memory at most.'),
    disk: sizeBytes.prefault('1gb').describe('What of it is on disk at most; the oldest goes first.'),
  })
  .transform(({ keep, keepResponses, memory, disk, ...rest }) => ({
    ...rest,
    keepMs: keep,
    keepResponsesMs: keepResponses,
    memoryBytes: memory,
    diskBytes: disk,
  }));

const key = z.strictObject({
  name: z.string().min(1).max(100).describe('Who holds it: the caller in logs, reports and rules.'),
  hash: z
    .string()
    .regex(
      /^sha256:[0-9a-fA-F]{64}$/,
      'is not a key\'s hash: "sha256:" and 64 hex digits, as `tierwise keys create NAME` prints it',
    )
    .describe('Hash of the key. The key itself is shown once, when it is made.'),
  routes: z.array(z.string()).optional().describe('Routes it may use. Default: all.'),
  models: z.array(z.string()).optional().describe('Models it may use, `*` for any ending. Default: all.'),
});

const minuteMs = 60_000;

const learning = z
  .strictObject({
    every: durationMs
      .prefault('1h')
      .refine((ms) => ms >= 1000, 'is too often: at least 1s')
      .describe('How often it is looked whether enough was said.'),
    minLabels: z
      .int()
      .min(10, 'is too few to compare two policies by: 10 or more')
      .max(100_000)
      .default(50)
      .describe('Exchanges that have to be labelled anew before a new policy is tried.'),
    halfLife: durationMs
      .prefault('30d')
      .refine((ms) => ms >= 60 * minuteMs, 'is too short: at least 1h')
      .describe('What is so old counts half.'),
    hold: z
      .number()
      .min(0.1)
      .max(0.5)
      .default(0.3)
      .describe('Share of the new labels, the newest, by which the old policy and the new are compared.'),
    implicit: z
      .strictObject(
        Object.fromEntries(
          implicitSignals.map((kind) => [
            kind,
            z
              .number()
              .min(0)
              .max(1)
              .default(usualImplicit[kind])
              .describe(`Counts as ${implicitMeaning[kind].score}: ${implicitMeaning[kind].summary}.`),
          ]),
        ) as Record<ImplicitSignal, z.ZodDefault<z.ZodNumber>>,
      )
      .prefault({})
      .describe(
        'What signs that nobody spoke weigh beside a label; 0 leaves a kind out. Together they never weigh more than the labels.',
      ),
  })
  .transform(({ every, halfLife, ...rest }) => ({ ...rest, everyMs: every, halfLifeMs: halfLife }));

const embeddings = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .describe('The configured provider that answers them, in the form of OpenAI (`/embeddings`).'),
    model: z
      .string()
      .min(1)
      .max(200)
      .describe('As its vendor calls it: `text-embedding-3-small`. The policy has to be trained with it.'),
    dimensions: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .describe('How many numbers it is asked for. Default: as many as the model makes.'),
    deadline: durationMs
      .prefault('80ms')
      .refine((ms) => ms >= 1 && ms <= 10_000, 'is out of range: from 1ms to 10s')
      .describe('How long a decision waits for them at most; then it is decided without.'),
    cache: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(10_000)
      .describe('Asks whose embeddings are remembered, some 500 bytes each.'),
    price: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .describe("Dollars for a million tokens. Default: the catalogue's."),
  })
  .transform(({ deadline, ...rest }) => ({ ...rest, deadlineMs: deadline }));

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least important thing that is logged.'),
});

/** The whole file. Every key is optional. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('Where the gateway listens.'),
  providers: z
    .record(name, providerSchema)
    .optional()
    .describe(
      'Where models answer. Default: every vendor whose key is in the environment; none at all: simulated ones.',
    ),
  retries: retries
    .prefault({})
    .describe('How much is asked a second time, of another model or credential or of the same.'),
  models: z
    .record(z.string().min(1), modelOverride)
    .default({})
    .describe('Corrections to the catalogue, by model id.'),
  tiers: tierLists
    .prefault({})
    .describe('Models of each tier. Default: from the catalogue, for the providers there are.'),
  routes: z
    .record(name, routeSchema)
    .default({})
    .describe('Named ways to choose a model; `auto` is always there.'),
  intercept: z
    .array(interceptSchema)
    .default([])
    .describe('Model names that clients hard-code, sent elsewhere; first match wins.'),
  baseline: z
    .string()
    .min(1)
    .optional()
    .describe('Model that savings are measured against. Default: the first of `frontier`.'),
  downloads: downloads
    .prefault({})
    .describe(
      'Pictures and papers that a request names by https addresses, fetched for models that fetch none.',
    ),
  policy: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of the policy that `classifier` and `hybrid` ask, relative to this file; watched, and put in force when it changes. Default: the one that ships with the package.',
    ),
  learning: learning
    .optional()
    .describe('Makes new policies of labels while the gateway runs. Default: off. `{}` switches it on.'),
  embeddings: embeddings
    .optional()
    .describe(
      'An endpoint that is asked about the newest ask before a policy decides that was trained with it. Default: off.',
    ),
  ledger: ledger.prefault({}).describe('Where exchanges are kept.'),
  vault: vault.prefault({}).describe('What is kept for conversations, encrypted, beside the ledger.'),
  keys: z.array(key).default([]).describe('Who may use the gateway. Default: anybody on this machine.'),
  log: log.prefault({}).describe('What the gateway writes about itself.'),
});

export type WrittenConfig = z.output<typeof configSchema>;
