import { compaction } from './compact.ts';
import { geminiEmbeddings, openaiEmbeddings } from './embeddings.ts';
import { files } from './files.ts';
import { images, moderations, speech, transcriptions } from './media.ts';
import type { Surface, SurfaceParts } from './surface.ts';

export type { Surface } from './surface.ts';

/** What the vendors serve beside chat models; files are remembered for as long as the upstream runs. */
export const createSurfaces = (parts: SurfaceParts): readonly Surface[] => [
  openaiEmbeddings,
  geminiEmbeddings(parts),
  images(parts),
  speech,
  transcriptions,
  moderations(parts),
  files(parts),
  compaction(parts),
];
