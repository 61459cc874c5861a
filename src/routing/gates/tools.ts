import { elsewhere } from './elsewhere.ts';
import { defineGate } from './gate.ts';

export const tools = defineGate({
  name: 'tools',
  isPassing: false,
  check: ({ provider, capabilities }, { features, dialectOf }) => {
    if (!features.hasTools) return undefined;
    if (!capabilities.tools) return 'it takes no tools';
    const spoken = dialectOf(provider);
    if (spoken && !capabilities.toolDialects.includes(spoken))
      return `it takes function tools ${elsewhere(capabilities.toolDialects, spoken)}`;
    return features.isToolForced && !capabilities.forcedTools
      ? 'a tool call cannot be demanded of it'
      : undefined;
  },
});
