import { defineGate } from './gate.ts';

export const modality = defineGate({
  name: 'modality',
  isPassing: false,
  check: ({ capabilities: { input } }, { features: { images, documents, audios } }) => {
    if (images > 0 && !input.includes('image')) return 'it takes no pictures';
    if (documents > 0 && !input.includes('pdf')) return 'it takes no documents';
    return audios > 0 && !input.includes('audio') ? 'it takes no sound' : undefined;
  },
});
