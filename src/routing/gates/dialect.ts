import { elsewhere } from './elsewhere.ts';
import { defineGate } from './gate.ts';

/** The provider has to serve the model on the wire protocol that it is spoken to in. */
export const dialect = defineGate({
  name: 'dialect',
  isPassing: false,
  check: ({ provider, capabilities }, { dialectOf }) => {
    const spoken = dialectOf(provider);
    if (!spoken) return `its provider "${provider}" is not configured`;
    return capabilities.dialects.includes(spoken)
      ? undefined
      : `it is served ${elsewhere(capabilities.dialects, spoken)}`;
  },
});
