import { type AwsAccount, SigV4 } from '../kit/sig-v4.ts';
import { bedrockError } from './bedrock-errors.ts';
import { BedrockStream } from './bedrock-stream.ts';
import { ErrorUnwrapping } from './cloud-errors.ts';
import { type CloudWire, cloudMessages } from './cloud-messages.ts';
import { type Credential, defineProvider, type Envelope, type Signer } from './provider.ts';

/**
 * Claude on Amazon Bedrock, by InvokeModel: Messages in an envelope of AWS. Everything here is per docs and
 * was never seen live. A key is either a Bedrock API key or an account, "ID:SECRET" or "ID:SECRET:TOKEN".
 */

const wire: CloudWire = {
  version: 'bedrock-2023-05-31',
  inPath: ['model', 'stream'],
  hasBetasInBody: true,
};

const envelope: Envelope = {
  wrap: (letter) => cloudMessages(letter, wire),
  unwrap: (status, headers) => {
    if (status >= 400) {
      const code = headers['x-amzn-errortype'];
      return new ErrorUnwrapping((body) => bedrockError(code, body).error, bedrockError(code, {}).status);
    }
    return headers['content-type']?.startsWith('application/vnd.amazon.eventstream')
      ? new BedrockStream()
      : undefined;
  },
};

export const bedrock = defineProvider({
  type: 'amazon-bedrock',
  baseUrl: undefined,
  place: {
    regionVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    baseUrl: (region) =>
      `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  },
  endpoints: [
    {
      dialect: 'anthropic-messages',
      chatPath: '/model/{model}/invoke',
      streamPath: '/model/{model}/invoke-with-response-stream',
      // names may be ARNs, whose slashes are their own
      hasUndividedNames: true,
      envelope,
    },
  ],
  surfaces: [],
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  keyParts: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  keyProblem: (key) => {
    const parts = key.split(':');
    if (parts.length === 1) return undefined;
    return parts.length <= 3 && parts.slice(0, 2).every(Boolean) && /^\w+$/.test(parts[0] as string)
      ? undefined
      : 'is neither a Bedrock API key nor "ID:SECRET" or "ID:SECRET:TOKEN" of an AWS account';
  },
  needsKey: true,
  isFoundByKey: false,
  catalogue: 'anthropic',
  nameExample: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  // its schema is closed: fields that only Anthropic's own service knows are errors
  quirks: { fetchesNoImages: true, refusedFields: ['service_tier', 'inference_geo'] },
  passHeaders: ['anthropic-beta'],
  accountHeaders: [],
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  createSigner: (credential, { now }): Signer | undefined => {
    const account = accountOf(credential.key);
    if (!account) return undefined;
    const { host, hostname } = credential.baseUrl;
    const region = regionOf(hostname) ?? credential.region ?? 'us-east-1';
    const signer = new SigV4(account, { region, service: 'bedrock' });
    return {
      sign: ({ method, path, query, headers, body }) => {
        const type = headers['content-type'];
        const signed = { host, ...(type !== undefined && { 'content-type': type }) };
        return { headers: signer.sign({ method, path, query, headers: signed, body }, now()) };
      },
    };
  },
});

const accountOf = (key: Credential['key']): AwsAccount | undefined => {
  const [accessKeyId = '', secretAccessKey, sessionToken] = (key ?? '').split(':');
  if (!secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};

/** The address says it, also that of a private endpoint: "bedrock-runtime.us-east-1.amazonaws.com". */
const regionOf = (hostname: string): string | undefined =>
  /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?$/.exec(
    hostname,
  )?.[1];
