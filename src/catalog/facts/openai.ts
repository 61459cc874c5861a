import type { Capabilities, DialectName, Effort } from '../../core/model.ts';
import { effortsBetween, type Family, type Maker } from './family.ts';

const both: readonly DialectName[] = ['openai-chat', 'openai-responses'];
const responses: readonly DialectName[] = ['openai-responses'];

const home: Partial<Capabilities> = {
  dialects: both,
  toolDialects: both,
  maxTokensField: 'max_completion_tokens',
};

/** A reasoning GPT. Efforts are the family's: those a data file tells of the very model go before. */
const reasoning = (first: Effort, last: Effort, more: Partial<Capabilities> = {}): Omit<Family, 'name'> => ({
  model: {
    reasoning: { type: 'effort', efforts: effortsBetween(first, last) },
    sampling: first === 'none' ? 'when-not-reasoning' : 'no',
    stop: false,
  },
  home: { ...home, systemRole: 'developer', ...more },
});

const plain: Omit<Family, 'name'> = { model: { reasoning: { type: 'none' }, sampling: 'yes' }, home };
const onlyResponses = { dialects: responses, toolDialects: responses };
// Chat refuses their function tools together with reasoning, or at all
const toolsOnResponses = { toolDialects: responses };

export const openai: Maker = {
  vendor: 'openai',
  dialects: both,
  families: [
    { name: /^gpt-5-chat-latest/, ...plain, model: { ...plain.model, sampling: 'no', tools: false } },
    {
      name: /^gpt-(?:5-[1-9]|6)[\w-]*-(?:pro|codex)|^gpt-5-[1-9]-codex/,
      ...reasoning('none', 'xhigh', onlyResponses),
    },
    { name: /^gpt-5-(?:pro|codex)/, ...reasoning('minimal', 'high', onlyResponses) },
    { name: /^o\d-pro/, ...reasoning('low', 'high', onlyResponses) },
    { name: /^gpt-6-astra|^gpt-6-1-sol/, ...reasoning('low', 'max') },
    { name: /^gpt-6/, ...reasoning('none', 'max') },
    { name: /^gpt-5-6|^gpt-daybreak/, ...reasoning('none', 'max', toolsOnResponses) },
    { name: /^gpt-5-[45]/, ...reasoning('none', 'xhigh', toolsOnResponses) },
    { name: /^gpt-5-[23]/, ...reasoning('none', 'xhigh') },
    { name: /^gpt-5-1/, ...reasoning('none', 'high') },
    { name: /^gpt-5(?:-|$)/, ...reasoning('minimal', 'high') },
    { name: /^o\d/, ...reasoning('low', 'high') },
    { name: /^gpt-(?:3|4)|^chatgpt-4/, ...plain },
    // what is not known is taken for newest
    { name: /^gpt-/, ...reasoning('none', 'max') },
  ],
};
