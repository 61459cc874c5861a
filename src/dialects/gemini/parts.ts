import type { Block, MediaSource } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { kindOf, optionalString, refuse, requiredObject, requiredString } from '../fields.ts';
import { dialectName, field } from './wire.ts';

/** A part that is no call, no result and no thought: those belong to the conversation (`contents.ts`). */
export const readPart = (part: JsonObject, path: () => string): Block => {
  if (part.text !== undefined && part.text !== null) {
    if (typeof part.text !== 'string')
      refuse(() => `${path()}.text`, `has to be a string; it is ${kindOf(part.text)}.`);
    return { type: 'text', text: part.text as string };
  }
  const inline = field(part, 'inlineData');
  if (isPresent(inline))
    return readInline(
      requiredObject(inline, () => `${path()}.inlineData`),
      part,
      path,
    );
  const file = field(part, 'fileData');
  if (isPresent(file))
    return readFile(
      requiredObject(file, () => `${path()}.fileData`),
      part,
      path,
    );
  // a kind that was thought of after this was written, or one that no other dialect has
  const kind = Object.keys(part).find((key) => isObject(part[key]) && !modifiers.has(key));
  if (kind === undefined)
    return refuse(path, 'says nothing: a part has `text`, `inlineData`, `functionCall` or the like.');
  return vendor(kind, part, path);
};

export const isPresent = (value: JsonValue | undefined): value is Exclude<JsonValue, null> =>
  value !== undefined && value !== null;

const modifiers: ReadonlySet<string> = new Set([
  'videoMetadata',
  'video_metadata',
  'mediaResolution',
  'media_resolution',
  'partMetadata',
  'part_metadata',
  'mediaProcessing',
  'media_processing',
]);

const vendor = (kind: string, raw: JsonValue, path: () => string): Block => ({
  type: 'vendor',
  dialect: dialectName,
  kind,
  path: path(),
  raw,
});

/** Bytes in the body. Sound is told apart by its format; films are Google's alone. */
const readInline = (blob: JsonObject, part: JsonObject, path: () => string): Block => {
  const mediaType = requiredString(field(blob, 'mimeType'), () => `${path()}.inlineData.mimeType`);
  const data = plainBase64(requiredString(blob.data, () => `${path()}.inlineData.data`));
  const title = optionalString(field(blob, 'displayName'), () => `${path()}.inlineData.displayName`);
  const format = audioFormats.get(baseOf(mediaType));
  if (format) return { type: 'audio', format, data };
  return (
    mediaBlock({ type: 'base64', mediaType, data }, mediaType, title, part) ??
    vendor('inlineData', part, path)
  );
};

/** Uploaded files are bound to an account, whatever their address looks like. */
const readFile = (file: JsonObject, part: JsonObject, path: () => string): Block => {
  const uri = requiredString(field(file, 'fileUri'), () => `${path()}.fileData.fileUri`);
  const mediaType = optionalString(field(file, 'mimeType'), () => `${path()}.fileData.mimeType`) ?? '';
  const title = optionalString(field(file, 'displayName'), () => `${path()}.fileData.displayName`);
  const source: MediaSource =
    uri.startsWith('https://') && !uploaded.test(uri)
      ? { type: 'url', url: uri }
      : { type: 'file', fileId: uri };
  return mediaBlock(source, mediaType, title, part) ?? vendor('fileData', part, path);
};

const uploaded = /^https:\/\/generativelanguage\.googleapis\.com\//;

const mediaBlock = (
  source: MediaSource,
  mediaType: string,
  title: string | undefined,
  part: JsonObject,
): Block | undefined => {
  const base = baseOf(mediaType);
  if (base.startsWith('image/')) {
    const detail = readDetail(field(part, 'mediaResolution'));
    return { type: 'image', source, ...(detail && { detail }) };
  }
  if (base === 'application/pdf' || base.startsWith('text/') || base === 'application/json')
    return { type: 'document', source, ...(title && { title }) };
  return undefined;
};

const baseOf = (mediaType: string): string => (mediaType.split(';')[0] ?? '').trim().toLowerCase();

const readDetail = (value: JsonValue | undefined): string | undefined => {
  const level = isObject(value) ? value.level : value;
  if (level === 'MEDIA_RESOLUTION_LOW') return 'low';
  return level === 'MEDIA_RESOLUTION_HIGH' ? 'high' : undefined;
};

const audioFormats: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/mpeg', 'mp3'],
]);

/** This wire takes the alphabet of addresses, too; other vendors do not. */
const plainBase64 = (data: string): string =>
  data.includes('-') || data.includes('_') ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
