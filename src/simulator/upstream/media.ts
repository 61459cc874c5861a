/** What the first bytes of base64 data say it is; undefined where they are of nothing known here. */
export const mediaTypeOf = (base64: string): string | undefined => {
  const bytes = Buffer.from(base64.slice(0, 32), 'base64');
  const text = bytes.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'image/gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'audio/wav';
  if (text.startsWith('ID3') || ((bytes[0] ?? 0) === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0))
    return 'audio/mp3';
  if (text.startsWith('%PDF')) return 'application/pdf';
  return undefined;
};

export const pictureTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** "data:image/png;base64,AAAA" in its two halves; undefined for anything else. */
export const readDataUrl = (
  url: string,
): { readonly mediaType: string; readonly data: string } | undefined => {
  if (!url.startsWith('data:')) return undefined;
  const comma = url.indexOf(',');
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return undefined;
  return { mediaType: head.slice(0, -';base64'.length), data: url.slice(comma + 1) };
};
