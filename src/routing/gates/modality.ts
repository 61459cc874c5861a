import type { Block } from '../../core/chat.ts';
import { defineGate } from './gate.ts';

export const modality = defineGate({
  name: 'modality',
  isPassing: false,
  check: (model, { request, features: { images, documents, audios }, dialectOf }) => {
    const { input, toolResultImages } = model.capabilities;
    if (images > 0 && !input.includes('image')) return 'it takes no pictures';
    if (documents > 0 && !input.includes('pdf')) return 'it takes no documents';
    if (audios > 0 && !input.includes('audio')) return 'it takes no sound';
    // a translation puts them beside the result
    if (toolResultImages || images + documents === 0 || dialectOf(model) !== request.dialect)
      return undefined;
    return request.turns.some(({ blocks }) => blocks.some(holdsMedia))
      ? 'it takes no pictures in results of tools'
      : undefined;
  },
});

const holdsMedia = (block: Block): boolean =>
  block.type === 'tool-result' && block.blocks.some(({ type }) => type === 'image' || type === 'document');
