import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ConfigReading, configFromText } from './config.ts';
import { catalogueOf } from './config-models.ts';

const bedrockName = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const account = 'AKIDCANARY:canary/secret:canary-token';

const read = (provider: object, environment: Record<string, string> = {}): ConfigReading =>
  configFromText(JSON.stringify({ providers: { cloud: provider } }), { environment, folder: '/srv/gateway' });

/** What it came to: the address and key of each credential, and what is wrong. */
const outcome = (provider: object, environment: Record<string, string> = {}) => {
  const { config, findings } = read(provider, environment);
  return {
    addresses: config?.providers.cloud?.credentials.map(({ baseUrl }) => baseUrl),
    keys: config?.providers.cloud?.credentials.map(({ key }) => key),
    problems: findings.filter(({ severity }) => severity === 'error').map(({ path }) => path.at(-1)),
    told: JSON.stringify(findings),
  };
};

describe('Amazon Bedrock in a configuration', () => {
  const only = [bedrockName];

  it('takes region and account from where the tools of AWS look for them', () => {
    const found = outcome(
      { type: 'amazon-bedrock', only },
      {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDCANARY',
        AWS_SECRET_ACCESS_KEY: 'canary/secret',
        AWS_SESSION_TOKEN: 'canary-token',
      },
    );

    expect(found).toMatchObject({
      addresses: ['https://bedrock-runtime.eu-central-1.amazonaws.com'],
      keys: [account],
      problems: [],
    });
  });

  it('takes an account without a session token, and an API key before it', () => {
    const environment = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };

    expect(outcome({ type: 'amazon-bedrock', only }, environment).keys).toEqual(['AKID:secret']);
    expect(
      outcome({ type: 'amazon-bedrock', only }, { ...environment, AWS_BEARER_TOKEN_BEDROCK: 'ABSK' }).keys,
    ).toEqual(['ABSK']);
  });

  it('has a region of its own in the file, or a whole address for each key', () => {
    const key = account;

    expect(
      outcome({ type: 'amazon-bedrock', only, key, region: 'us-west-2' }, { AWS_REGION: 'x' }).addresses,
    ).toEqual(['https://bedrock-runtime.us-west-2.amazonaws.com']);
    expect(
      outcome({ type: 'amazon-bedrock', only, keys: [{ key, baseUrl: 'https://bedrock.example.com' }] }),
    ).toMatchObject({ addresses: ['https://bedrock.example.com'], problems: [] });
  });

  it('tells of what is missing, or could be no part of an address', () => {
    const key = account;

    expect(outcome({ type: 'amazon-bedrock', only, key }).problems).toEqual(['region']);
    expect(
      outcome({ type: 'amazon-bedrock', only, key }, { AWS_REGION: 'evil.example.com/' }).problems,
    ).toEqual(['region']);
    expect(outcome({ type: 'amazon-bedrock', only, key, region: 'a.b' }).problems).toEqual(['region']);
    expect(outcome({ type: 'amazon-bedrock', only, region: 'us-east-1' }).problems).toEqual(['key']);
  });

  it('refuses a key of another form, and tells nothing of it', () => {
    const { problems, told } = outcome({
      ...{ type: 'amazon-bedrock', only, region: 'us-east-1' },
      key: 'canary-id:canary-secret',
    });

    expect(problems).toEqual(['key']);
    expect(told).not.toContain('canary-');
  });

  it('serves the models it names, as what they are elsewhere', () => {
    const names = [
      bedrockName,
      'anthropic.claude-opus-4-6-v1',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    ];
    const { config } = read({ type: 'amazon-bedrock', only: names, key: account, region: 'us-east-1' });
    const anthropic = read({ type: 'anthropic', key: 'k' }).config;
    if (!config || !anthropic) throw new Error('refused');

    const models = catalogueOf(config).list();

    expect(models.map(({ name }) => name)).toEqual(names);
    const known = ['claude-sonnet-4-5-20250929', 'claude-opus-4-6', 'claude-haiku-4-5-20251001'].map((name) =>
      catalogueOf(anthropic).find(name),
    );
    models.forEach(({ prices, tier, contextTokens, capabilities }, index) => {
      expect({ prices, tier, contextTokens, capabilities }).toEqual({
        prices: known[index]?.prices,
        tier: known[index]?.tier,
        contextTokens: known[index]?.contextTokens,
        capabilities: known[index]?.capabilities,
      });
    });
  });

  it('is asked for by the names callers have for its models', () => {
    const { config } = read({ type: 'amazon-bedrock', only, key: account, region: 'us-east-1' });
    if (!config) throw new Error('refused');

    for (const name of ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', bedrockName])
      expect(catalogueOf(config).find(name)?.name).toBe(bedrockName);
  });

  it('says how to name models, where none or an unknown one is named', () => {
    const none = read({ type: 'amazon-bedrock', key: account, region: 'us-east-1' });
    const unknown = outcome({
      ...{ type: 'amazon-bedrock', key: account, region: 'us-east-1' },
      only: ['meta.llama-4'],
    });

    expect(JSON.stringify(none.findings)).toContain('us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(unknown.told).toContain('The catalogue has no model');
  });
});

describe('Google Vertex in a configuration', () => {
  const keyFile = JSON.stringify({
    type: 'service_account',
    project_id: 'of-the-key',
    client_email: 'a@b.iam.gserviceaccount.com',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
  });

  it('takes its project from the key and asks everywhere, unless it is told otherwise', () => {
    const type = 'google-vertex';

    expect(outcome({ type }, { GOOGLE_CREDENTIALS: keyFile })).toMatchObject({
      addresses: ['https://aiplatform.googleapis.com/v1/projects/of-the-key/locations/global'],
      problems: [],
    });
    expect(outcome({ type, key: 'ya29.x', project: 'p1', region: 'europe-west4' }).addresses).toEqual([
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4',
    ]);
    expect(outcome({ type, key: 'ya29.x', project: 'p1', region: 'eu' }).addresses).toEqual([
      'https://aiplatform.eu.rep.googleapis.com/v1/projects/p1/locations/eu',
    ]);
  });

  it('tells of what is missing and of keys that are none', () => {
    expect(outcome({ type: 'google-vertex', key: 'ya29.x' }).problems).toEqual(['project']);
    const { problems, told } = outcome({ type: 'google-vertex', project: 'p', key: '/srv/canary/key.json' });
    expect(problems).toEqual(['key']);
    expect(told).not.toContain('canary');
  });

  it('serves all that Google does, or the Claudes it names', () => {
    const serving = (provider: object): readonly string[] => {
      const { config } = read({ key: 'ya29.x', project: 'p', ...provider });
      return config
        ? catalogueOf(config)
            .list()
            .map(({ name }) => name)
        : [];
    };

    expect(serving({ type: 'google-vertex' })).toContain('gemini-2.5-flash');
    expect(
      serving({ type: 'google-vertex-anthropic', only: ['claude-sonnet-4-5@20250929', 'claude-opus-4-6'] }),
    ).toEqual(['claude-sonnet-4-5@20250929', 'claude-opus-4-6']);
  });
});

it('a region or a project is no part of other addresses, which is told', () => {
  const { findings } = read({ type: 'anthropic', key: 'k', region: 'us-east-1', project: 'p' });

  expect(findings.filter(({ severity }) => severity === 'warning').map(({ path }) => path.at(-1))).toEqual(
    expect.arrayContaining(['region', 'project']),
  );
});
