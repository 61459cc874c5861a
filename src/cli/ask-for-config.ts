import {
  type CANCEL_SYMBOL,
  confirm,
  intro,
  isCancel,
  multiselect,
  note,
  select,
  text,
} from '@clack/prompts';
import { detectedKinds, isFoundByKey } from '../app/config-resolve-providers.ts';
import { catalogueProviders } from '../catalog/data.ts';
import { providerKinds } from '../providers/index.ts';
import { CliError } from './cli-error.ts';
import { type ConfigAnswers, strategyChoices } from './config-template.ts';
import type { Terminal } from './terminal.ts';

/** Asks, with what was found in the environment already chosen. Throws where somebody breaks off. */
export const askForConfig = async (
  defaults: ConfigAnswers,
  { environment }: Terminal,
): Promise<ConfigAnswers> => {
  intro('A configuration for Tierwise');
  const detected = detectedKinds(environment).map(({ type }) => type);
  const chosen = await answerTo(
    multiselect({
      message: 'Which providers shall answer? (space to choose; none: simulated ones)',
      options: [
        ...providerKinds.filter(isFoundByKey).map(({ type, keyVariables: [variable = ''] }) => ({
          value: type,
          label: type,
          hint: detected.includes(type) ? `${variable} is set` : `wants ${variable}`,
        })),
        { value: otherServer, label: 'another server', hint: 'Ollama, vLLM, LM Studio …' },
      ],
      initialValues: [...defaults.vendors],
      required: false,
    }),
  );
  const server = chosen.includes(otherServer) ? await askForServer() : undefined;
  const strategy = await answerTo(
    select({
      message: 'How shall models be chosen?',
      options: strategyChoices.map((value) => ({
        value,
        label: strategyWords[value][0],
        hint: strategyWords[value][1],
      })),
      initialValue: defaults.strategy,
    }),
  );
  const mode = await answerTo(
    select({
      message: 'Shall it route from the start?',
      options: [
        { value: 'route' as const, label: 'Route', hint: 'each request goes where the rules say' },
        {
          value: 'observe' as const,
          label: 'Observe first',
          hint: 'decide and record, but send it where the caller asked',
        },
      ],
      initialValue: defaults.mode,
    }),
  );
  const port = await answerTo(
    text({
      message: 'Port?',
      initialValue: String(defaults.port),
      validate: (value) => (isPort(value ?? '') ? undefined : 'A number from 0 to 65535.'),
    }),
  );
  const storesTexts = await answerTo(
    confirm({
      message: 'Keep prompts and answers in the ledger, for seven days?',
      initialValue: defaults.storesTexts,
    }),
  );
  const unset = providerKinds.filter(({ type }) => chosen.includes(type) && !detected.includes(type));
  if (unset.length > 0)
    note(
      unset.map(({ keyVariables: [variable] }) => `export ${variable}=…`).join('\n'),
      'Before the start, set',
    );
  return {
    vendors: chosen.filter((type) => type !== otherServer),
    server,
    strategy,
    mode,
    port: Number(port),
    storesTexts,
  };
};

const otherServer = 'another server';

const strategyWords = {
  matrix: [
    'By the selection matrix',
    'simple work to light, everyday work to mid, hard or critical work to frontier',
  ],
  'written-out': ['By the selection matrix, written out', 'its rules stand in the file, to be changed'],
  hybrid: ['By a policy inside guardrails', 'learns from your labels; until then as the selection matrix'],
  light: ['Always light', 'a control to measure against'],
  mid: ['Always mid', 'a control to measure against'],
  frontier: ['Always frontier', 'a control to measure against'],
} as const satisfies Record<(typeof strategyChoices)[number], readonly [string, string]>;

const askForServer = async (): Promise<NonNullable<ConfigAnswers['server']>> => {
  const baseUrl = await answerTo(
    text({
      message: 'Its base URL, with the version path?',
      placeholder: 'http://127.0.0.1:11434/v1',
      defaultValue: 'http://127.0.0.1:11434/v1',
      validate: (value) =>
        !value || /^https?:\/\/\S+$/.test(value)
          ? undefined
          : 'An address that begins with http:// or https://.',
    }),
  );
  const name = await answerTo(
    text({
      message:
        "A name for it? (the vendor's, where the catalogue knows its prices: groq, deepseek, openrouter …)",
      defaultValue: 'local',
      placeholder: 'local',
      validate: (value) =>
        !value || /^[A-Za-z0-9][\w.-]*$/.test(value) ? undefined : 'Letters, digits, "-", "_" and "." only.',
    }),
  );
  const keyVariable = await answerTo(
    text({
      message: 'Variable that holds its key? (empty: it needs none)',
      defaultValue: '',
      validate: (value) =>
        !value || /^[A-Za-z_]\w*$/.test(value) ? undefined : 'The name of an environment variable.',
    }),
  );
  const isKnown = catalogueProviders().includes(name);
  const models = await answerTo(
    text({
      message: isKnown
        ? 'Models that the catalogue does not know, with commas between? (empty: none)'
        : 'Names of its models, with commas between?',
      defaultValue: '',
      placeholder: isKnown ? '' : 'qwen3:8b',
      validate: (value) =>
        isKnown || value?.trim() ? undefined : 'The catalogue knows none of it: name at least one.',
    }),
  );
  return {
    baseUrl,
    name,
    keyVariable: keyVariable || undefined,
    models: models
      .split(',')
      .map((model) => model.trim())
      .filter(Boolean),
  };
};

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

const answerTo = async <Value>(question: Promise<Value | typeof CANCEL_SYMBOL>): Promise<Value> => {
  const answer = await question;
  if (isCancel(answer)) throw new CliError('Broken off; nothing was written.', { exitCode: 130 });
  return answer;
};
