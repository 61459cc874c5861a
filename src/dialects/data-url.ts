import type { MediaSource } from '../core/chat.ts';

/** What an address says: the data itself where it is a `data:` URL in base64, else where to fetch it. */
export const readDataUrl = (url: string): MediaSource => {
  if (!url.startsWith('data:')) return { type: 'url', url };
  const comma = url.indexOf(',');
  const head = url.slice(5, comma);
  if (comma < 0 || !head.endsWith(';base64')) return { type: 'url', url };
  return { type: 'base64', mediaType: head.slice(0, -7), data: url.slice(comma + 1) };
};

export const writeDataUrl = (source: { readonly mediaType: string; readonly data: string }): string =>
  `data:${source.mediaType};base64,${source.data}`;
