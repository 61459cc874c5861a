import { type Block, type ToolResultBlock, textOf } from '../core/chat.ts';
import { isObject, type JsonValue } from '../core/json.ts';

/**
 * Whether the result of a tool tells of a failure: its flag, the exit code of a command, a first line that
 * reads "Error: …", an HTTP status of failure. A text that merely speaks of errors (a log that was read, a
 * search result) is no failure.
 */
export const isFailedResult = (block: Block): boolean => {
  if (block.type === 'tool-result') return block.isError || tellsFailure(firstText(block));
  if (block.type === 'vendor') return isFailedRun(block.raw);
  return false;
};

const headChars = 400;
const tailChars = 160;

const firstText = ({ blocks }: ToolResultBlock): string => {
  const [only] = blocks;
  return blocks.length === 1 && only?.type === 'text' ? only.text : textOf(blocks);
};

const tellsFailure = (text: string): boolean => {
  const start = skipSpace(text, 0);
  if (start >= text.length) return false;
  const head = text.slice(start, start + headChars);
  const exitCode =
    exitCodeIn(head) ?? (text.length > headChars ? exitCodeIn(text.slice(-tailChars)) : undefined);
  if (exitCode !== undefined) return exitCode !== 0;
  if (head.charCodeAt(0) === 0x7b) return isFailedObject(head);
  return failedLine.test(firstLine(head));
};

const firstLine = (text: string): string => {
  const end = text.indexOf('\n');
  return (end < 0 ? text : text.slice(0, end)).slice(0, 200);
};

/** "Error (none)" and "0 errors" are none. */
const failedLine =
  /^(?:<(?:tool_use_)?error>|\[?error\]?:(?! ?\(?none\b)|(?:fatal|panic|failed|failure): |error executing |traceback \(most recent|npm err!|uncaught |exception in |mcp error |request failed |[\w.]{1,60}(?:error|exception): |command (?:failed|not found)|(?:ba|z)?sh: .{1,80}(?:command not found|no such file|permission denied)|http(?:\/[\d.]{1,3})? [45]\d\d\b|(?:status|status code|http status)(?: code)?: ?[45]\d\d\b|[45]\d\d (?:bad request|unauthorized|forbidden|not found|method not allowed|conflict|too many requests|internal server error|bad gateway|service unavailable|gateway timeout))/i;

const exitCode =
  /(?:^|\n)(?:process |command )?(?:exited with (?:exit )?code|exit code|exit status|exit_code)[: ]{1,2}(-?\d{1,9})\b/i;

const exitCodeIn = (text: string): number | undefined => {
  const found = exitCode.exec(text)?.[1] ?? exitMember.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** `"metadata":{"exit_code":1` of a result that is JSON, at its head or its tail. */
const exitMember = /"exit_?code" ?: ?(-?\d{1,9})\b/i;

const failedMember =
  /^\{\s*"(?:error|errors|error_message)"\s*:(?!\s*(?:null|false|\[\s*\]|""|\{\s*\}))|^\{[^{}[\]]{0,200}"(?:is_?error"\s*:\s*true|(?:ok|success)"\s*:\s*false|status(?:_?code)?"\s*:\s*(?:[45]\d\d\b|"(?:error|failed|failure)"))/i;

/** Only a head is looked at, so it is not parsed. */
const isFailedObject = (head: string): boolean => failedMember.test(head);

/** A shell or patch of a vendor: how it ended stands in members of their own. */
const isFailedRun = (raw: JsonValue): boolean => {
  if (!isObject(raw)) return false;
  if (raw.status === 'failed') return true;
  const output = raw.output as JsonValue | undefined;
  if (typeof output === 'string') return tellsFailure(output);
  if (!Array.isArray(output)) return false;
  for (const part of output as readonly JsonValue[]) {
    const outcome = isObject(part) ? (part.outcome as JsonValue | undefined) : undefined;
    if (isObject(outcome) && (outcome.type === 'timeout' || (Number(outcome.exit_code) || 0) !== 0))
      return true;
  }
  return false;
};

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
};
