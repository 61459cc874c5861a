import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../src/core/json.ts';
import type { Vendor } from './conversations.ts';

const clients = join(import.meta.dirname, '..', 'clients', 'sdks');

/** The client the tests compare with is installed apart, by `npm run e2e:clients`. */
export const hasAiSdk = (): boolean => existsSync(join(clients, 'node_modules', '@ai-sdk', 'google'));

interface SdkModel {
  doGenerate(options: object): Promise<unknown>;
}

type Maker = (
  settings: object,
) => ((model: string) => SdkModel) & Record<string, (model: string) => SdkModel>;

const makers: Readonly<Record<Vendor, readonly [name: string, maker: string, flavour?: string]>> = {
  anthropic: ['@ai-sdk/anthropic', 'createAnthropic'],
  'openai-chat': ['@ai-sdk/openai', 'createOpenAI', 'chat'],
  'openai-responses': ['@ai-sdk/openai', 'createOpenAI', 'responses'],
  google: ['@ai-sdk/google', 'createGoogle'],
};

/** The body that the AI SDK would send; nothing leaves the process. */
export const bodyOfAiSdk = async (
  vendor: Vendor,
  model: string,
  options: JsonObject,
): Promise<JsonObject> => {
  const [name, maker, flavour] = makers[vendor];
  const resolved = createRequire(join(clients, 'package.json')).resolve(name);
  const module = (await import(pathToFileURL(resolved).href)) as Record<string, Maker>;
  let caught: JsonObject | undefined;
  const provider = (module[maker] as Maker)({
    apiKey: 'none',
    fetch: (_: unknown, { body }: { body: string }) => {
      caught = JSON.parse(body) as JsonObject;
      return Promise.reject(new Error('the body is all that was wanted'));
    },
  });
  const make = flavour ? (provider[flavour] as (name: string) => SdkModel) : provider;
  await make(model)
    .doGenerate(options)
    .catch((error: unknown) => {
      if (!caught) throw error;
    });
  if (!caught) throw new Error(`the AI SDK sent nothing to ${vendor}`);
  return caught;
};
