import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import { writeChatError } from '../openai/write.ts';
import type { Call, Piece, StreamFrames, WireProblem } from '../wire.ts';
import { isThought, outputOf, responseOf, statusOf, textPart } from './output.ts';

/** Frames of one Responses stream: numbered without gaps, every `added` with its `done`. */
export const writeResponseStream = (
  call: Call,
  finish: (output: readonly JsonObject[], tokens: BookTokens) => JsonObject,
): StreamFrames => {
  const items = outputOf(call);
  let number = 0;
  let hasBegun = false;
  let index = -1;
  let open: Open | undefined;
  const event = (type: string, data: JsonObject): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...data })}\n\n`;
  const tell = (type: string, data: JsonObject): string =>
    event(`response.${type}`, { ...(open?.place ?? {}), ...data });
  const ongoing = () => responseOf(call, 'in_progress', [], undefined);

  const begin = (kind: Open['kind']): string => {
    const closing = close();
    index += 1;
    const item = items[index] ?? {};
    open = { kind, item, place: { item_id: item.id, output_index: index }, text: '', hasPart: false };
    return closing + event('response.output_item.added', { output_index: index, item: emptied(item) });
  };
  const beginPart = (kind: string, part: JsonObject, at: 'content_index' | 'summary_index'): string => {
    if (!open || open.hasPart) return '';
    open.hasPart = true;
    open.place = { ...open.place, [at]: 0 };
    return tell(kind, { part });
  };
  const add = (type: string, text: string): string => {
    if (open) open.text += text;
    return tell(`${type}.delta`, { delta: text, ...(type === 'output_text' && { logprobs: [] }) });
  };
  const close = (): string => {
    if (!open) return '';
    const { kind, text, item, hasPart } = open;
    let told = '';
    if (kind === 'reasoning' && hasPart)
      told =
        tell('reasoning_summary_text.done', { text }) +
        tell('reasoning_summary_part.done', { part: { type: 'summary_text', text } });
    if (kind === 'text')
      told =
        tell('output_text.done', { text, logprobs: [] }) +
        tell('content_part.done', { part: textPart(text) });
    if (kind === 'refusal')
      told =
        tell('refusal.done', { refusal: text }) +
        tell('content_part.done', { part: { type: 'refusal', refusal: text } });
    if (kind === 'call')
      told =
        'input' in item
          ? tell('custom_tool_call_input.done', { input: text })
          : tell('function_call_arguments.done', { name: item.name, arguments: text });
    open = undefined;
    return `${told}${event('response.output_item.done', { output_index: index, item })}`;
  };

  const piece = ({ kind, text }: Piece): string => {
    if (isThought(kind)) {
      const beginning = open?.kind === 'reasoning' ? '' : begin('reasoning');
      if (kind === 'signature') return beginning + close();
      if (kind === 'hidden') return beginning;
      const part = beginPart(
        'reasoning_summary_part.added',
        { type: 'summary_text', text: '' },
        'summary_index',
      );
      return beginning + part + add('reasoning_summary_text', text);
    }
    switch (kind) {
      case 'text': {
        const beginning = open?.kind === 'text' ? '' : begin('text');
        return (
          beginning +
          beginPart('content_part.added', textPart(''), 'content_index') +
          add('output_text', text)
        );
      }
      case 'refusal': {
        const beginning = open?.kind === 'refusal' ? '' : begin('refusal');
        const part = beginPart('content_part.added', { type: 'refusal', refusal: '' }, 'content_index');
        return beginning + part + add('refusal', text);
      }
      case 'call':
        return begin('call');
      default:
        return add(open && 'input' in open.item ? 'custom_tool_call_input' : 'function_call_arguments', text);
    }
  };

  return {
    start: () => {
      hasBegun = true;
      return (
        event('response.created', { response: ongoing() }) +
        event('response.in_progress', { response: ongoing() })
      );
    },
    piece,
    end: (tokens) => {
      // an answer without a word is a message all the same
      const silent =
        index < 0 && items.length > 0 ? piece({ kind: 'text', text: '', tokens: 0, call: 0 }) : '';
      const closing = silent + close();
      return closing + event(`response.${statusOf(call)}`, { response: finish(items, tokens) });
    },
    error: (problem) =>
      hasBegun
        ? event('response.failed', { response: failedWith(problem, ongoing()) })
        : event('error', errorOf(problem)),
  };
};

interface Open {
  readonly kind: 'reasoning' | 'text' | 'refusal' | 'call';
  readonly item: JsonObject;
  place: JsonObject;
  text: string;
  hasPart: boolean;
}

/** How an item looks when nothing of it has been said. */
const emptied = (item: JsonObject): JsonObject => ({
  ...item,
  ...(item.type !== 'reasoning' && { status: 'in_progress' }),
  ...('content' in item && { content: [] }),
  ...('summary' in item && { summary: [] }),
  ...('arguments' in item && { arguments: '' }),
  ...('input' in item && { input: '' }),
});

const errorOf = (problem: WireProblem): JsonObject => {
  const { code, message, param } = writeChatError(problem).error as JsonObject;
  return { code: code ?? 'server_error', message, param };
};

const failedWith = (problem: WireProblem, response: JsonObject): JsonObject => {
  const { code, message } = errorOf(problem);
  return { ...response, status: 'failed', error: { code, message } };
};
