import { defineGate } from './gate.ts';

export const tools = defineGate({
  name: 'tools',
  isPassing: false,
  check: ({ provider, capabilities }, { features, dialectOf }) => {
    if (!features.hasTools) return undefined;
    if (!capabilities.tools) return 'it takes no tools';
    const spoken = dialectOf(provider);
    if (spoken && !capabilities.toolDialects.includes(spoken))
      return `it takes tools only on ${capabilities.toolDialects.join(' and ') || 'another protocol'}, which Tierwise does not speak yet`;
    return features.isToolForced && !capabilities.forcedTools
      ? 'a tool call cannot be demanded of it'
      : undefined;
  },
});
