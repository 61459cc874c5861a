/**
 * Fields of one dialect that decide what an answer is made of, or what it is an answer to: another dialect
 * refuses them, for without them the caller would get something else than was asked for (WIRE 7.0).
 */
export const decisiveExtras: ReadonlySet<string> = new Set([
  'previous_response_id',
  'conversation',
  'background',
  'prompt',
  'mcp_servers',
  'container',
  'cachedContent',
  'continuationToken',
  'generationConfig.responseMimeType',
  'generationConfig.responseModalities',
  'generationConfig.responseFormat',
  'generationConfig.speechConfig',
  'generationConfig.imageConfig',
]);
