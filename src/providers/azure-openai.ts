import { openai } from './openai.ts';
import { defineProvider } from './provider.ts';

/**
 * Per docs: OpenAI's models in one's own resource, by the names of their deployments. This is the surface
 * without dated versions; the base URL is "https://RESOURCE.openai.azure.com/openai/v1".
 */
export const azureOpenai = defineProvider({
  ...openai,
  type: 'azure-openai',
  baseUrl: undefined,
  basePath: '/openai/v1',
  keyVariables: ['AZURE_OPENAI_API_KEY'],
  isFoundByKey: false,
  hasDeployments: true,
  authorize: (key) => ({ 'api-key': key }),
});

/** The older surface, a path for each deployment: "https://RESOURCE.openai.azure.com/openai" and a dated version. */
export const azureDeployments = defineProvider({
  ...azureOpenai,
  type: 'azure-openai-deployments',
  endpoints: [
    {
      dialect: 'openai-chat',
      chatPath: '/deployments/{model}/chat/completions?api-version={apiVersion}',
    },
  ],
  surfaces: [],
  basePath: '/openai',
  // the last one that is generally available, per docs
  apiVersion: '2024-10-21',
});
