import { elsewhere } from './elsewhere.ts';
import { defineGate } from './gate.ts';

/** The provider has to serve the model on the wire protocol that it is spoken to in. */
export const dialect = defineGate({
  name: 'dialect',
  isPassing: false,
  check: (model, { dialectOf, spokenBy }) => {
    if (dialectOf(model)) return undefined;
    const spoken = spokenBy(model.provider);
    return spoken
      ? `it is served ${elsewhere(model.capabilities.dialects, spoken)}`
      : `its provider "${model.provider}" is not configured`;
  },
});
