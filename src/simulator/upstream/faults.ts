import { WireProblem } from './wire.ts';

/** Something that goes wrong on request: "429:7", "truncate:20", "drip". */
export interface Fault {
  readonly name: FaultName | 'status';
  /** What stood behind the colon; undefined where nothing did. */
  readonly detail: string | undefined;
  /** Only of `status`. */
  readonly status: number;
}

/** What can be asked for, beside any HTTP status from 400 on (`429:7` tells to retry after 7). */
export const faultMeanings = {
  refusal: 'the model declines',
  length: 'the answer is cut after N tokens (default 5), as at a limit, and the protocol says so',
  'content-filter': 'a filter cuts the answer after N tokens (default 5)',
  blocked: 'the prompt itself is not let through',
  'malformed-call': 'the model calls its first tool with arguments that are no JSON',
  'error-first': '200, and an error as the first event of the stream',
  'error-after': 'an error event after N tokens (default 5)',
  truncate: 'a clean end of the connection after N tokens (default 5), without the protocol saying so',
  reset: 'the connection is reset after N tokens (default 5)',
  silence: 'nothing more after N tokens (default 0: only headers)',
  'no-answer': 'not even headers',
  slow: 'N milliseconds (default 1000) before the first byte',
  drip: 'byte by byte, N milliseconds (default 1) apart',
  html: '200 with a page instead of an answer',
  'error-in-200': '200 with an error as the JSON body',
  'broken-json': 'JSON that ends in the middle, as body or as event',
  'no-usage': 'no usage is told',
} as const satisfies Record<string, string>;

export type FaultName = keyof typeof faultMeanings;

/** Throws WireProblem, naming what there is. */
export const readFault = (text: string): Fault => {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const detail = colon < 0 ? undefined : text.slice(colon + 1);
  if (/^[45]\d\d$/.test(name)) return { name: 'status', detail, status: Number(name) };
  if (Object.hasOwn(faultMeanings, name)) return { name: name as FaultName, detail, status: 200 };
  throw new WireProblem(
    400,
    `There is no fault "${name}". There are ${Object.keys(faultMeanings).join(', ')}, and any status from 400 on.`,
    {
      param: 'model',
    },
  );
};

/** The number behind the colon, or the usual one. */
export const amountOf = ({ detail }: Fault, usual: number): number => {
  const amount = Number(detail ?? usual);
  return Number.isFinite(amount) && amount >= 0 ? amount : usual;
};

/** The words of a person may carry a fault, for callers who cannot choose the model's name: "sim-fault=429:7". */
export const faultIn = (userText: string): string | undefined =>
  /\bsim-fault=([a-z0-9-]+(?::[\w.-]+)?)/.exec(userText)?.[1];

/** A model's name may carry a fault: "sim-light-a~429:7". */
export const splitName = (name: string): readonly [name: string, fault: string | undefined] => {
  const at = name.indexOf('~');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
};
