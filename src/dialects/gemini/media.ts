import type { AudioBlock, DocumentBlock, ImageBlock, MediaSource } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { readDataUrl } from '../data-url.ts';
import { cannotSay } from './cannot-say.ts';

/** Pictures, papers and sound as parts. Throws `not-translatable` for what Gemini has no word for. */
export const writeImage = ({ source }: ImageBlock, model: Model): JsonObject => {
  const given = ofDataUrl(source);
  if (given.type === 'file') return refuseFile();
  if (given.type === 'url') return writeAddress(given.url, model, 'picture', imageTypeOfPath(given.url));
  const mimeType = imageTypeOf(given.data) ?? baseType(given.mediaType);
  if (!imageTypes.has(mimeType))
    cannotSay(
      'messages',
      `has a picture of type "${mimeType.slice(0, 64)}"`,
      'Send it as JPEG, PNG, GIF or WebP',
    );
  return inline(mimeType, given.data, 'picture');
};

/** Texts are parts of their own, with a line of title; papers go as they are. */
export const writeDocument = (
  { source, title, context }: DocumentBlock,
  model: Model,
): readonly JsonObject[] => {
  const about = context ? [{ text: `About ${title ?? 'the document'}: ${context}` }] : [];
  if (source.type === 'text') return [{ text: titled(source.text, title, context) }];
  const given = ofDataUrl(source);
  if (given.type === 'file') return refuseFile();
  if (given.type === 'url') return [...about, writeAddress(given.url, model, 'document', pdf)];
  const mimeType = given.data.startsWith('JVBERi') ? pdf : baseType(given.mediaType);
  if (mimeType.startsWith('text/') || mimeType === 'application/json')
    return [{ text: titled(Buffer.from(given.data, 'base64').toString(), title, context) }];
  if (mimeType !== pdf)
    cannotSay('messages', `has a file of type "${mimeType.slice(0, 64)}"`, 'Send it as PDF or plain text');
  return [...about, inline(pdf, given.data, 'file')];
};

export const writeAudio = ({ format, data }: AudioBlock): JsonObject =>
  inline(`audio/${format}`, data, 'sound');

const pdf = 'application/pdf';

const titled = (text: string, title: string | undefined, context: string | undefined): string =>
  [`Document: ${title ?? 'untitled'}`, ...(context ? [context] : []), '', text].join('\n');

const inline = (mimeType: string, data: string, what: string): JsonObject => {
  if (data === '') cannotSay('messages', `has a ${what} without any data`, 'Send its data as base64');
  return { inlineData: { mimeType, data } };
};

/** What Google does not fetch has been fetched before, where the gateway may. */
const writeAddress = (url: string, model: Model, what: string, mimeType: string): JsonObject => {
  if (!model.capabilities.fetchesImages || !/^https:\/\//i.test(url))
    cannotSay('messages', `has a ${what} by its address`, 'Send the data itself as base64');
  return { fileData: { mimeType, fileUri: url } };
};

const refuseFile = (): never =>
  cannotSay('messages', 'has a file id of another account', 'Send the data itself as base64');

const ofDataUrl = (source: MediaSource): MediaSource =>
  source.type === 'url' ? readDataUrl(source.url) : source;

/** "image/JPG; charset=…" is meant as "image/jpeg". */
const baseType = (mediaType: string): string => {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  return type === 'image/jpg' ? 'image/jpeg' : type;
};

const imageTypes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heif',
]);

/** The type that the first bytes tell: labels lie. */
const imageTypeOf = (base64: string): string | undefined => {
  const head = Buffer.from(base64.slice(0, 24), 'base64').toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('GIF8')) return 'image/gif';
  return head.startsWith('RIFF') && head.startsWith('WEBP', 8) ? 'image/webp' : undefined;
};

const imageTypeOfPath = (url: string): string => {
  const ending = /\.(png|gif|webp|heic|heif)$/i.exec(url.split(/[?#]/, 1)[0] ?? '')?.[1];
  return ending ? `image/${ending.toLowerCase()}` : 'image/jpeg';
};
