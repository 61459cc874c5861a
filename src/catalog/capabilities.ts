import {
  type Capabilities,
  type DialectName,
  type Effort,
  efforts,
  type Modality,
  modalities,
  type Reasoning,
} from '../core/model.ts';
import type { CatalogueRecord } from './data.ts';
import { anthropic } from './facts/anthropic.ts';
import { effortsBetween, type Family, type Maker } from './facts/family.ts';
import { google } from './facts/google.ts';
import { openai } from './facts/openai.ts';
import { canonicalName } from './names.ts';

const makers: readonly Maker[] = [anthropic, openai, google];

/** Vendors whose endpoint takes a reasoning effort for every model that reasons, and translates it. */
const effortTranslators: ReadonlySet<string> = new Set(['openrouter', 'google']);

/** Where a model is asked: whose offer it is, and in which dialects we speak there. */
export interface Endpoint {
  readonly vendor: string;
  readonly dialects: readonly DialectName[];
}

/** What a record says, corrected by what is known of its family, at this endpoint. */
export const capabilitiesOf = (record: CatalogueRecord, endpoint: Endpoint): Capabilities => {
  const [family, isAtHome] = familyOf(record.id, endpoint);
  const spoken = endpoint.dialects;
  const told: Capabilities = {
    input: record.input.filter((name): name is Modality => modalities.includes(name as Modality)),
    tools: record.tools,
    forcedTools: record.tools && family?.model?.forcedTools !== false,
    structuredOutput: record.schema ? 'schema' : 'json',
    reasoning: toldReasoning(record, effortTranslators.has(endpoint.vendor)),
    sampling: record.sampling ? 'yes' : 'no',
    stop: true,
    prefill: false,
    systemRole: 'system',
    maxTokensField: 'max_tokens',
    dialects: spoken,
    toolDialects: record.tools ? spoken : [],
    midSystem: true,
    hasSystemPrompt: true,
    schemaWithTools: true,
    // Chat takes text only as a tool's result
    toolResultImages: spoken.some((name) => name !== 'openai-chat'),
    fetchesImages: true,
    boundReasoning: false,
  };
  if (!isAtHome) return told;
  const known = { ...told, ...family?.model, ...family?.home };
  return {
    ...known,
    forcedTools: known.tools && known.forcedTools,
    reasoning: withToldEfforts(known.reasoning, record),
    toolDialects: known.tools ? known.toolDialects : [],
  };
};

/** The maker's family a model belongs to, and whether it is asked at its maker's, in its own dialect. */
export const familyOf = (
  id: string,
  { vendor, dialects }: Endpoint,
): readonly [family: Family | undefined, isAtHome: boolean] => {
  const name = canonicalName(id);
  for (const maker of makers) {
    const family = maker.families.find((candidate) => candidate.name.test(name));
    if (family)
      return [family, maker.vendor === vendor && dialects.some((name) => maker.dialects.includes(name))];
  }
  return [undefined, false];
};

const toldReasoning = (record: CatalogueRecord, takesEffortForAll: boolean): Reasoning => {
  if (!record.reasoning) return { type: 'none' };
  const told = toldEfforts(record);
  if (told.length > 0) return { type: 'effort', efforts: told };
  // a budget or a switch has no field of its own on Chat Completions: it is left alone
  return takesEffortForAll ? { type: 'effort', efforts: effortsBetween('low', 'high') } : { type: 'none' };
};

/** The family knows the kind; which efforts there are, the record knows better. */
const withToldEfforts = (known: Reasoning, record: CatalogueRecord): Reasoning => {
  if (!record.reasoning) return { type: 'none' };
  const told = toldEfforts(record);
  return told.length > 0 && (known.type === 'effort' || known.type === 'adaptive')
    ? { ...known, efforts: told }
    : known;
};

const toldEfforts = (record: CatalogueRecord): readonly Effort[] =>
  (record.efforts ?? []).filter((name): name is Effort => efforts.includes(name as Effort));
