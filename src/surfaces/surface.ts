import type { DialectName } from '../core/model.ts';
import type { SurfaceName } from '../providers/provider.ts';

/** A path that is passed through to the provider that owns the model: never translated, always metered. */
export interface Surface {
  readonly name: SurfaceName;
  readonly method: SurfaceMethod;
  /** Below the provider's base URL; "{model}" is the model's name. */
  readonly upstreamPath: string;
  /** Where the model is named. `none`: the path belongs to the account, not to a model. */
  readonly modelIn: 'body' | 'path' | 'none';
  /** Named in the path. */
  readonly model?: string;
  /** Whose errors the caller understands. */
  readonly dialect: DialectName;
  /** What it answers is never charged for. */
  readonly isFree: boolean;
}

export type SurfaceMethod = 'GET' | 'POST' | 'DELETE';

/** What a path of OpenAI's beside chat asks for, "/v1" taken off; the methods it answers to where this is none of them. */
export const findSurface = (
  method: string,
  path: string,
): Surface | { readonly allowed: readonly SurfaceMethod[] } | undefined => {
  const known = fixed.get(path) ?? fileAt(path);
  if (!known) return undefined;
  const { methods, ...rest } = known;
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = methods.find((name) => name === wanted);
  if (!found) return { allowed: methods };
  return { ...rest, method: found, upstreamPath: path, dialect: 'openai-chat' };
};

/** Gemini's embeddings: the model stands in the path. */
export const geminiSurface = (operation: string, model: string): Surface | undefined =>
  operation === 'embedContent' || operation === 'batchEmbedContents'
    ? {
        name: 'gemini-embeddings',
        method: 'POST',
        upstreamPath: `/models/{model}:${operation}`,
        modelIn: 'path',
        model,
        dialect: 'gemini',
        isFree: false,
      }
    : undefined;

interface Known extends Pick<Surface, 'name' | 'modelIn' | 'isFree'> {
  readonly methods: readonly SurfaceMethod[];
}

const posted = (name: SurfaceName, isFree = false): Known => ({
  name,
  methods: ['POST'],
  modelIn: 'body',
  isFree,
});

const files: Known = { name: 'files', methods: ['GET', 'POST'], modelIn: 'none', isFree: true };

const fixed: ReadonlyMap<string, Known> = new Map([
  ['/embeddings', posted('embeddings')],
  ['/completions', posted('completions')],
  ['/moderations', posted('moderations', true)],
  ['/images/generations', posted('images')],
  ['/images/edits', posted('images')],
  ['/images/variations', posted('images')],
  ['/audio/speech', posted('audio')],
  ['/audio/transcriptions', posted('audio')],
  ['/audio/translations', posted('audio')],
  ['/files', files],
]);

/** Ids are letters, digits, "-" and "_": nothing that could leave its place in the path. */
const fileAt = (path: string): Known | undefined => {
  const [, content] = /^\/files\/[\w-]{1,128}(\/content)?$/.exec(path) ?? [undefined, null];
  if (content === null) return undefined;
  return { ...files, methods: content === undefined ? ['GET', 'DELETE'] : ['GET'] };
};
