import type { SimulatedModel } from '../../simulated-model.ts';
import { anthropicModels } from './anthropic-models.ts';
import { geminiModels } from './gemini-models.ts';
import { openaiModels } from './openai-models.ts';
import { modelOf } from './vendor-row.ts';

const rows = [...openaiModels, ...anthropicModels, ...geminiModels];

/** A vendor's model by its own name, as far as WIRE 13 knows it; undefined where no vendor has such a name. */
export const vendorModel = (name: string): SimulatedModel | undefined => {
  // what stands behind a "~" is a fault, and no part of a name
  const row = name.includes('~') ? undefined : rows.find(({ names }) => names.test(name));
  return row && modelOf(name, row);
};
