import type { JsonObject } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { mediaTypeOf } from '../media.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isText } from '../wire.ts';
import { fieldsOf, objectAt } from './fields.ts';
import { invalid } from './problem.ts';

/** A part is exactly one of these. */
const kinds = [
  ...['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode'],
  ...['codeExecutionResult', 'toolCall', 'toolResponse'],
] as const;

export const partFields = fieldsOf(
  `${kinds.join(' ')} thought thoughtSignature mediaResolution videoMetadata partMetadata`,
);

export const kindOf = (part: JsonObject): (typeof kinds)[number] | undefined => {
  const found = kinds.filter((kind) => part[kind] !== undefined && part[kind] !== null);
  if (found.length > 1) throw invalid(`A part holds only one of its kinds, not ${found.join(' and ')}.`);
  return found[0];
};

const inlineFields = fieldsOf('mimeType data displayName');
const fileFields = fieldsOf('mimeType fileUri displayName');

/** Pictures, papers, sounds: as data or from a place the vendor reads from. */
export const readMedia = (
  part: JsonObject,
  path: string,
  model: SimulatedModel,
  prompt: PromptBuilder,
): void => {
  if (kindOf(part) === 'fileData') {
    const { fileUri } = objectAt(part.fileData, `${path}.file_data`, fileFields);
    if (!isText(fileUri) || fileUri === '')
      throw invalid(`${path}.file_data.file_uri: must not be empty.`, path);
    const isKnown =
      /^https:\/\/generativelanguage\.googleapis\.com\/|^https:\/\/(?:www\.)?youtu|^gs:\/\/|^files\//.test(
        fileUri,
      );
    if (!isKnown && !(model.capabilities.fetchesImages && fileUri.startsWith('https://')))
      throw invalid(`Unsupported file URI type: ${fileUri.slice(0, 80)}`, `${path}.file_data.file_uri`);
    prompt.picture(fileUri);
    return;
  }
  if (kindOf(part) !== 'inlineData') throw invalid(`${path}: expected inline_data or file_data.`, path);
  const { mimeType, data } = objectAt(part.inlineData, `${path}.inline_data`, inlineFields);
  if (!isText(mimeType) || !isText(data) || !/^[\w+/-]*={0,2}$/.test(data.slice(-80)))
    throw invalid(`Invalid value at '${path}.inline_data': mime type and base64 data are needed.`, path);
  if (mimeType === 'image/svg+xml') throw invalid(`Unsupported MIME type: ${mimeType}`, path);
  if (mimeType.startsWith('image/') || mimeType === 'application/pdf') {
    if (mediaTypeOf(data) === undefined)
      throw invalid('Unable to process input image. Please retry or report.', path);
    if (mimeType === 'application/pdf') prompt.paper(data);
    else prompt.picture(data);
    return;
  }
  if (!/^(?:audio|video|text)\//.test(mimeType)) throw invalid(`Unsupported MIME type: ${mimeType}`, path);
  prompt.paper(data);
};
