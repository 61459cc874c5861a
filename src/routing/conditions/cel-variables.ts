import type { CelType } from '@bufbuild/cel';
import { celLibrary } from './cel-library.ts';
import type { Subject } from './condition.ts';

export type CelKind = 'int' | 'double' | 'string' | 'bool' | 'tags';

export interface CelVariable {
  readonly kind: CelKind;
  readonly summary: string;
}

const variable = (kind: CelKind, summary: string): CelVariable => ({ kind, summary });

export const celType = (kind: CelKind): CelType => {
  const { CelScalar, mapType } = celLibrary();
  switch (kind) {
    case 'int':
      return CelScalar.INT;
    case 'double':
      return CelScalar.DOUBLE;
    case 'string':
      return CelScalar.STRING;
    case 'bool':
      return CelScalar.BOOL;
    case 'tags':
      return mapType(CelScalar.STRING, CelScalar.STRING);
  }
};

/** Everything an expression may name. A fact that is added to `Subject` does not compile until it is told here. */
const all: Readonly<Record<keyof Subject, CelVariable>> = {
  promptTokens: variable('int', 'estimated tokens of the whole prompt'),
  askTokens: variable('int', 'estimated tokens of the newest ask'),
  maxOutputTokens: variable('int', 'the most tokens the answer may have; 0 where nothing was said'),
  turns: variable('int', 'how often the user has spoken'),
  toolCount: variable('int', 'tools declared'),
  hasTools: variable('bool', 'any tools'),
  isToolForced: variable('bool', 'a tool call is demanded'),
  isToolLoop: variable('bool', 'the newest turn brings tool results'),
  toolDepth: variable('int', 'calls since the user last spoke'),
  images: variable('int', 'pictures'),
  documents: variable('int', 'documents'),
  audios: variable('int', 'recordings'),
  hasHostedTools: variable('bool', 'tools that the vendor runs'),
  hasCode: variable('bool', 'the ask holds source code'),
  codeShare: variable('double', 'share of the ask that is code, 0 to 1'),
  script: variable('string', 'script of the ask: "latin", "han" …'),
  structured: variable('string', '"none", "json" or "schema"'),
  wantsReasoning: variable('bool', 'thinking was asked for'),
  hasPrefill: variable('bool', 'the last turn is an answer to be gone on with'),
  hasFileIds: variable('bool', 'files uploaded to a vendor are named'),
  askCount: variable('int', 'questions or numbered jobs in the ask'),
  constraints: variable('int', 'conditions put on the answer: a length, a form, things to leave out'),
  mathShare: variable('double', 'share of the ask that is mathematics, 0 to 1'),
  contextTokens: variable('int', 'estimated tokens of what stands beside the ask: pasted papers, passages'),
  toolSet: variable('string', 'the set of tools as a short hash of their names; "" without any'),
  toolErrors: variable('int', 'tool results in a row, newest first, that tell of an error'),
  repeats: variable('int', 'how often the newest tool call was made before with the same arguments'),
  reasks: variable('int', 'how often the user has put this ask before in the conversation'),
  answerTokens: variable('int', 'mean estimate of the earlier answers'),
  isCompacted: variable('bool', 'the conversation begins with a summary of an earlier one'),
  isSubagent: variable('bool', "an agent's helper asks, not a person"),
  task: variable('string', 'the recognised task, or "unsure"'),
  taskConfidence: variable('double', 'how sure of it, 0 to 1; 0 where unsure'),
  ask: variable('string', 'the newest ask itself, its first 65,536 characters'),
  caller: variable('string', 'name of the gateway key'),
  asked: variable('string', 'what stood in the field `model`'),
  dialect: variable('string', '"openai-chat" or "anthropic-messages"'),
  tags: variable('tags', 'tags of the request: `tags.job == "nightly"`, `"job" in tags`'),
  agent: variable('string', 'the agent inside a client, or ""'),
  now: variable('int', 'milliseconds since 1970'),
};

export const celVariables: Readonly<Record<string, CelVariable>> = all;
