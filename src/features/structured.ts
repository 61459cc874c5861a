import { defineFeature } from './feature.ts';

export const structured = defineFeature({
  name: 'structured',
  read: ({ request }) => ({ structured: request.format.type === 'text' ? 'none' : request.format.type }),
});
