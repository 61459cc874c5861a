import { elsewhere } from './elsewhere.ts';
import { defineGate } from './gate.ts';

export const tools = defineGate({
  name: 'tools',
  isPassing: false,
  check: (model, { features, dialectOf, spokenBy }) => {
    if (!features.hasTools) return undefined;
    const { capabilities } = model;
    if (!capabilities.tools) return 'it takes no tools';
    const spoken = dialectOf(model);
    if (spoken && !capabilities.toolDialects.includes(spoken))
      return `it takes function tools ${elsewhere(capabilities.toolDialects, spokenBy(model.provider) ?? [spoken])}`;
    return features.isToolForced && !capabilities.forcedTools
      ? 'a tool call cannot be demanded of it'
      : undefined;
  },
});
