import { WireProblem } from '../wire.ts';

/** Google names the field in the message. */
export const invalid = (message: string, param?: string): WireProblem =>
  new WireProblem(400, message, { type: 'INVALID_ARGUMENT', ...(param !== undefined && { param }) });

/** As its JSON reader says it of a field that no message of the protocol has. */
export const unknownField = (name: string, path: string): WireProblem =>
  invalid(
    `Invalid JSON payload received. Unknown name "${name}"${path ? ` at '${path}'` : ''}: Cannot find field.`,
    path ? `${path}.${name}` : name,
  );
