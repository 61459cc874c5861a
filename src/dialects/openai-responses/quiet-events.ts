/**
 * Whether an event says nothing that is not said elsewhere: beginnings, and pieces once more as a whole.
 * They may be long (the whole request is in some), so they are known by their name and not parsed.
 */
export const isQuiet = (bytes: Buffer, start: number, end: number): boolean => {
  const from = start + head.length;
  if (bytes[end - 2] !== lineFeed || bytes[end - 3] !== closeBrace) return false;
  if (from >= end || bytes.compare(head, 0, head.length, start, from) !== 0) return false;
  const line = bytes.indexOf(lineFeed, from);
  if (line < 0 || line - from > longestName || !names.has(bytes.toString('latin1', from, line))) return false;
  const data = bytes.toString('latin1', line + 1, line + 8);
  return data === 'data: {' || data.startsWith('data:{');
};

const head = Buffer.from('event: response.');
const names: ReadonlySet<string> = new Set([
  'queued',
  'in_progress',
  'output_item.added',
  'content_part.added',
  'content_part.done',
  'output_text.done',
  'output_text.annotation.added',
  'refusal.done',
  'function_call_arguments.done',
  'custom_tool_call_input.done',
  'reasoning_summary_part.added',
  'reasoning_summary_part.done',
  'reasoning_summary_text.done',
  'reasoning_text.done',
]);
const longestName = 64;
const lineFeed = 0x0a;
const closeBrace = 0x7d;
