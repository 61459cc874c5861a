import { isObject } from '../../core/json.ts';
import { defineGate } from './gate.ts';

/**
 * A conversation that its vendor keeps: what came before is not in the request. Only who asks for a model
 * by name, on its own protocol, can go on with it there; then no gate but a few applies.
 */
export const thread = defineGate({
  name: 'thread',
  isPassing: false,
  check: (_model, { request: { extras } }) =>
    isObject(extras.thread) ? 'it does not have the conversation' : undefined,
});
