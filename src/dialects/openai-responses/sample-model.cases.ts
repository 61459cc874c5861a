import type { Capabilities, Model } from '../../core/model.ts';
import { efforts } from '../../core/model.ts';
import { sampleModel as anyModel } from '../openai-chat/sample-model.cases.ts';

/** A GPT that reasons; `capabilities` are what a case is about. */
export const sampleModel = (capabilities: Partial<Capabilities> = {}): Model =>
  anyModel({
    reasoning: { type: 'effort', efforts: efforts.filter((effort) => effort !== 'minimal') },
    sampling: 'when-not-reasoning',
    systemRole: 'developer',
    stop: false,
    dialects: ['openai-chat', 'openai-responses'],
    toolDialects: ['openai-responses'],
    ...capabilities,
  });
