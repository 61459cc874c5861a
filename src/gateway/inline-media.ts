import type { Block, ChatRequest, MediaSource } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import { DownloadError, type Downloaded } from '../providers/download.ts';
import type { Target } from './target.ts';

/** Fetches what an address names. Throws DownloadError. */
export type FetchMedia = (address: string) => Promise<Downloaded>;

/** So many addresses of one request are fetched, so many at a time, and so many bytes of all of them. */
const mostAddresses = 20;
const sideBySide = 4;
const mostBytes = 40 * 1024 * 1024;

/** Its vendor fetches nothing, so that addresses have to become data. What passes as bytes its own vendor understands. */
export const needsData = ({ model, provider, caller, upstream }: Target): boolean =>
  provider.quirks.fetchesNoImages === true || (!model.capabilities.fetchesImages && caller !== upstream);

/** Addresses of pictures and papers in a request, each once; [] for nearly every request. */
export const mediaAddresses = ({ system, turns }: ChatRequest): readonly string[] => {
  let found: Set<string> | undefined;
  const look = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      if (block.type === 'tool-result') look(block.blocks);
      else if ((block.type === 'image' || block.type === 'document') && block.source.type === 'url') {
        found ??= new Set();
        found.add(block.source.url);
      }
    }
  };
  look(system);
  for (const { blocks } of turns) look(blocks);
  return found ? [...found] : [];
};

/**
 * The request with the data itself in place of its addresses, for a model whose vendor fetches nothing.
 * Throws GatewayError `not-translatable`: another model may fetch it itself. Nothing more is fetched once one
 * of them has failed or nobody wants them any more.
 */
export const inlineMedia = async (
  request: ChatRequest,
  addresses: readonly string[],
  fetchMedia: FetchMedia,
  isWanted: () => boolean,
): Promise<ChatRequest> => {
  if (addresses.length > mostAddresses)
    throw new GatewayError(
      'not-translatable',
      `The chosen model takes no addresses of pictures, and the gateway fetches at most ${mostAddresses} of them; send the data.`,
    );
  const sources = new Map<string, MediaSource>();
  let size = 0;
  const waiting = [...addresses];
  const fetchNext = async (): Promise<void> => {
    for (let address = waiting.shift(); address !== undefined && isWanted(); address = waiting.shift()) {
      const { bytes, mediaType } = await fetched(address, fetchMedia);
      size += bytes.length;
      if (size > mostBytes)
        throw new GatewayError(
          'not-translatable',
          `The pictures of this request are over ${mostBytes} bytes together; send fewer, or smaller ones.`,
        );
      sources.set(address, { type: 'base64', mediaType, data: bytes.toString('base64') });
    }
  };
  try {
    await Promise.all(Array.from({ length: sideBySide }, fetchNext));
  } finally {
    waiting.length = 0;
  }
  const inlined = (blocks: readonly Block[]): readonly Block[] =>
    blocks.map((block) => {
      if (block.type === 'tool-result') return { ...block, blocks: inlined(block.blocks) };
      if ((block.type !== 'image' && block.type !== 'document') || block.source.type !== 'url') return block;
      const source = sources.get(block.source.url);
      return source ? asWhatItIs({ ...block, source }, source) : block;
    });
  return {
    ...request,
    system: inlined(request.system),
    turns: request.turns.map((turn) => ({ ...turn, blocks: inlined(turn.blocks) })),
  };
};

const fetched = async (address: string, fetchMedia: FetchMedia): Promise<Downloaded> => {
  try {
    return await fetchMedia(address);
  } catch (cause) {
    if (!(cause instanceof DownloadError)) throw cause;
    throw new GatewayError(
      'not-translatable',
      `The chosen model takes no addresses of pictures, and ${JSON.stringify(address.slice(0, 200))} cannot be fetched for it: ${cause.message}. Send the data itself.`,
      { cause, param: 'image_url' },
    );
  }
};

/** A paper that was sent as a picture is one all the same, and the other way round. */
const asWhatItIs = (block: Extract<Block, { type: 'image' | 'document' }>, source: MediaSource): Block => {
  const isPaper = source.type === 'base64' && source.mediaType === 'application/pdf';
  if (isPaper === (block.type === 'document')) return block;
  const { cache } = block;
  return { type: isPaper ? 'document' : 'image', source, ...(cache && { cache }) };
};
