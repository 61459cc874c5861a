import type { Block, DocumentBlock, ImageBlock } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { cannotSay } from './cannot-say.ts';

/** Pictures and papers as Messages takes them. Throws `not-translatable` for what it has no word for. */
export const writeImage = (block: ImageBlock): JsonObject => {
  const source = ofDataUrl(block.source);
  if (source.type === 'base64') {
    const mediaType = imageTypeOf(source.data) ?? baseType(source.mediaType);
    if (!imageTypes.has(mediaType))
      cannotSay(
        'messages',
        `has a picture of type "${mediaType.slice(0, 64)}"`,
        'Send it as JPEG, PNG, GIF or WebP',
      );
    refuseEmpty(source.data, 'picture');
    return { type: 'image', source: { type: 'base64', media_type: mediaType, data: source.data } };
  }
  if (source.type === 'file') return refuseFile();
  return { type: 'image', source: { type: 'url', url: httpsOnly(source.url) } };
};

export const writeDocument = ({ source, title, context }: DocumentBlock): JsonObject => {
  const said = { ...(title && { title }), ...(context && { context }) };
  if (source.type === 'text') return { type: 'document', source: textSource(source.text), ...said };
  const given = ofDataUrl(source);
  if (given.type === 'file') return refuseFile();
  if (given.type === 'url')
    return { type: 'document', source: { type: 'url', url: httpsOnly(given.url) }, ...said };
  const mediaType = given.data.startsWith('JVBERi') ? pdf : baseType(given.mediaType);
  if (mediaType.startsWith('text/') || mediaType === 'application/json')
    return { type: 'document', source: textSource(Buffer.from(given.data, 'base64').toString()), ...said };
  if (mediaType !== pdf)
    cannotSay('messages', `has a file of type "${mediaType.slice(0, 64)}"`, 'Send it as PDF or plain text');
  refuseEmpty(given.data, 'file');
  return { type: 'document', source: { type: 'base64', media_type: pdf, data: given.data }, ...said };
};

const pdf = 'application/pdf';

const textSource = (data: string): JsonObject => ({ type: 'text', media_type: 'text/plain', data });

type Source = Extract<Block, { type: 'image' }>['source'];

const ofDataUrl = (source: Source): Source => {
  if (source.type !== 'url' || !source.url.startsWith('data:')) return source;
  const comma = source.url.indexOf(',');
  const head = source.url.slice(5, comma);
  if (comma < 0 || !head.endsWith(';base64'))
    return cannotSay('messages', 'has a `data:` address that is not base64', 'Encode it as base64');
  return { type: 'base64', mediaType: head.slice(0, -7), data: source.url.slice(comma + 1) };
};

/** "image/JPG; charset=…" is meant as "image/jpeg". */
const baseType = (mediaType: string): string => {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  return type === 'image/jpg' ? 'image/jpeg' : type;
};

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** The type that the first bytes tell: the vendor refuses a label that lies. */
const imageTypeOf = (base64: string): string | undefined => {
  const head = Buffer.from(base64.slice(0, 24), 'base64').toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('GIF8')) return 'image/gif';
  return head.startsWith('RIFF') && head.startsWith('WEBP', 8) ? 'image/webp' : undefined;
};

const httpsOnly = (url: string): string =>
  /^https:\/\//i.test(url)
    ? url
    : cannotSay('messages', 'has an address that is not https', 'Send the data itself as base64');

const refuseEmpty = (data: string, what: string): void => {
  if (data === '') cannotSay('messages', `has a ${what} without any data`, 'Send its data as base64');
};

const refuseFile = (): never =>
  cannotSay('messages', 'has a file id of another account', 'Send the data itself as base64');
