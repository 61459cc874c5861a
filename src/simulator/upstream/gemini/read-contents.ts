import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { withoutReminders } from '../../answer-source.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isNothing, isText } from '../wire.ts';
import { arrayAt, fieldsOf, objectAt } from './fields.ts';
import { invalid } from './problem.ts';
import { kindOf, partFields, readMedia } from './read-part.ts';
import { isOld, isToolName } from './read-tools.ts';
import { checkPart } from './signature.ts';

export interface ReadContents {
  readonly userText: string;
  readonly results: readonly string[];
  readonly rounds: number;
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
  readonly path: string;
}

const contentFields = fieldsOf('role parts');

/** Walks the turns, checks what must stand where, and finds the newest words of a person. */
export const readContents = (
  value: JsonValue | undefined,
  model: SimulatedModel,
  prompt: PromptBuilder,
): ReadContents => {
  const turns = merged(
    arrayAt(value, 'contents').map((content, at) => readTurn(content, `contents[${at}]`, model)),
  );
  if (turns.length === 0)
    throw invalid('GenerateContentRequest.contents: contents is not specified', 'contents');
  let userText = '';
  for (const [at, turn] of turns.entries()) {
    prompt.message(turn.role);
    for (const [index, part] of turn.parts.entries())
      readPart(part, `${turn.path}.parts[${index}]`, turn, model, prompt);
    checkOrder(turn, turns[at - 1], turns[at + 1]);
    if (turn.role !== 'user') continue;
    const said = withoutReminders(textsOf(turn).join('\n'));
    if (said) userText = said;
  }
  checkSignatures(turns, model);
  const last = turns.at(-1) as Turn;
  const results = last.parts.flatMap(({ functionResponse: result }) =>
    isObject(result) ? [resultText(result.response)] : [],
  );
  const start = turns.findLastIndex((turn) => turn.role === 'user' && textsOf(turn).length > 0);
  const rounds = turns.slice(start + 1).filter((turn) => callsIn(turn).length > 0).length;
  return { userText, results: textsOf(last).length > 0 ? [] : results, rounds };
};

const textsOf = ({ parts }: Turn): readonly string[] =>
  parts.flatMap(({ text }) => (isText(text) && text !== '' ? [text] : []));

/** `{output: …}` and `{result: …}` are how results of a text are wrapped. */
const resultText = (response: JsonValue | undefined): string => {
  const inner = isObject(response) ? (response.output ?? response.result ?? response.error) : undefined;
  return isText(inner) ? inner : JSON.stringify(inner ?? response ?? {});
};

const readTurn = (value: JsonValue, path: string, model: SimulatedModel): Turn => {
  const { role, parts } = objectAt(value, path, contentFields);
  if (!isNothing(role) && role !== 'user' && role !== 'model' && role !== 'function')
    throw invalid('Please use a valid role: user, model.', `${path}.role`);
  const read = arrayAt(parts, `${path}.parts`).map((part, at) =>
    objectAt(part, `${path}.parts[${at}]`, partFields),
  );
  if (read.length === 0)
    throw invalid(
      `* GenerateContentRequest.${path}.parts: contents.parts must not be empty.`,
      `${path}.parts`,
    );
  if (read.some((part) => kindOf(part) === 'functionCall') && !model.capabilities.tools)
    throw invalid(`Function calling is not enabled for models/${model.name}`, path);
  return { role: role === 'model' ? 'model' : 'user', parts: read, path };
};

/** The vendor's own SDK sends a content for each chunk of a stream: equal roles in a row are one turn. */
const merged = (turns: readonly Turn[]): readonly Turn[] => {
  const whole: Turn[] = [];
  for (const turn of turns) {
    const before = whole.at(-1);
    if (before?.role === turn.role)
      whole[whole.length - 1] = { ...before, parts: [...before.parts, ...turn.parts] };
    else whole.push(turn);
  }
  return whole;
};

const callsIn = (turn: Turn | undefined): readonly JsonObject[] =>
  turn?.parts.flatMap(({ functionCall }) => (isObject(functionCall) ? [functionCall] : [])) ?? [];
const responsesIn = (turn: Turn | undefined): readonly JsonObject[] =>
  turn?.parts.flatMap(({ functionResponse }) => (isObject(functionResponse) ? [functionResponse] : [])) ?? [];

/** The first turn is the user's, and what was called is answered at once and whole. */
const checkOrder = (turn: Turn, before: Turn | undefined, after: Turn | undefined): void => {
  const { path, role } = turn;
  if (!before && role !== 'user')
    throw invalid('The first content must be of the role user.', `${path}.role`);
  if (turn.parts.every((part) => part.text === '' && isNothing(part.thoughtSignature)))
    throw invalid(`* GenerateContentRequest.${path}.parts: contents.parts must not be empty.`, path);
  const calls = callsIn(turn);
  if (calls.length > 0 && role !== 'model') throw invalid('Function calls are of the role model.', path);
  const responses = responsesIn(turn);
  if (responses.length > 0 && role !== 'user')
    throw invalid('Function responses are of the role user.', path);
  if (responses.length > 0 && callsIn(before).length === 0)
    throw invalid(
      'Please ensure that function response turn comes immediately after a function call turn.',
      path,
    );
  if (calls.length > 0 && responsesIn(after).length === 0)
    throw invalid(
      'Please ensure that every function call turn is followed by a function response turn.',
      path,
    );
  if (responses.length > 0) checkPairs(callsIn(before), responses, path);
};

const checkPairs = (calls: readonly JsonObject[], responses: readonly JsonObject[], path: string): void => {
  if (calls.length !== responses.length)
    throw invalid(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      path,
    );
  for (const response of responses)
    if (!isNothing(response.id) && !calls.some(({ id }) => isNothing(id) || id === response.id))
      throw invalid(`The function response id '${String(response.id)}' is of no function call.`, path);
  const names = (parts: readonly JsonObject[]): string =>
    parts
      .map(({ name }) => String(name))
      .toSorted()
      .join();
  if (names(calls) !== names(responses))
    throw invalid(`Function responses (${names(responses)}) do not match the calls (${names(calls)}).`, path);
};

/** From Gemini 3 on: the first call of each step since the last words of a person comes back signed. */
const checkSignatures = (turns: readonly Turn[], model: SimulatedModel): void => {
  if (isOld(model)) return;
  const start = turns.findLastIndex((turn) => turn.role === 'user' && responsesIn(turn).length === 0);
  for (const turn of turns.slice(start + 1)) {
    const calls = turn.parts.filter((part) => kindOf(part) === 'functionCall');
    for (const [at, part] of calls.entries()) {
      const call = part.functionCall as JsonObject;
      const signature = part.thoughtSignature;
      if (!isText(signature) || signature === '') {
        if (at > 0) continue;
        throw invalid(
          `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Additional data, function call \`default_api:${String(call.name)}\`, position ${turns.indexOf(turn) + 1}.`,
          turn.path,
        );
      }
      const fault = checkPart(signedPart(call), signature);
      if (fault === 'foreign') throw invalid('Thought signature is not valid.', turn.path);
      if (fault === 'moved')
        throw invalid(
          `Thought signature is not valid: it belongs to another part than the call of ${String(call.name)}.`,
          turn.path,
        );
    }
  }
};

/** What of a call is signed. */
export const signedPart = ({ name, args }: JsonObject): JsonObject => ({ name, args: args ?? {} });

const readPart = (
  part: JsonObject,
  path: string,
  turn: Turn,
  model: SimulatedModel,
  prompt: PromptBuilder,
): void => {
  const { thoughtSignature: signature } = part;
  if (!isNothing(signature) && !(isText(signature) && /^[\w+/=-]*$/.test(signature)))
    throw invalid(`Invalid value at '${path}.thought_signature' (TYPE_BYTES)`, path);
  switch (kindOf(part)) {
    case 'text':
      if (!isText(part.text)) throw invalid(`Invalid value at '${path}.text' (TYPE_STRING)`, path);
      // the last chunk of a stream is empty, and comes back so
      if (part.text === '' && turn.role === 'user')
        throw invalid(`Unable to submit request because '${path}' must have a text.`, path);
      if (part.thought !== true) prompt.text(part.text);
      return;
    case 'functionCall':
      readCall(part.functionCall, `${path}.function_call`, prompt);
      return;
    case 'functionResponse':
      readResponse(part.functionResponse, `${path}.function_response`, model, prompt);
      return;
    case 'inlineData':
    case 'fileData':
      readMedia(part, path, model, prompt);
      return;
    case undefined:
      throw invalid(`${path}.data: required oneof field 'data' must have one initialized field`, turn.path);
    default:
      prompt.json(part);
  }
};

const callFields = fieldsOf('id name args partialArgs willContinue');

const readCall = (value: JsonValue | undefined, path: string, prompt: PromptBuilder): void => {
  const call = objectAt(value, path, callFields);
  if (!isText(call.name) || !isToolName(call.name))
    throw invalid(`Invalid function name at '${path}.name'.`, path);
  if (!isNothing(call.args) && !isObject(call.args))
    throw invalid(`Invalid value at '${path}.args': expected an object.`, path);
  prompt.json({ name: call.name, args: call.args });
};

const responseFields = fieldsOf('id name response parts willContinue scheduling');

const readResponse = (
  value: JsonValue | undefined,
  path: string,
  model: SimulatedModel,
  prompt: PromptBuilder,
): void => {
  const response = objectAt(value, path, responseFields);
  if (!isText(response.name) || response.name === '')
    throw invalid(`* GenerateContentRequest.${path}.name: Name cannot be empty.`, `${path}.name`);
  if (!isObject(response.response))
    throw invalid(`Invalid value at '${path}.response': expected an object.`, `${path}.response`);
  const parts = arrayAt(response.parts, `${path}.parts`);
  if (parts.length > 0 && isOld(model))
    throw invalid('Multimodal function responses are not supported by this model.', `${path}.parts`);
  prompt.json({ name: response.name, response: response.response });
  for (const [at, part] of parts.entries())
    readMedia(objectAt(part, `${path}.parts[${at}]`, partFields), `${path}.parts[${at}]`, model, prompt);
};
