import { CelScalar, type CelType, mapType } from '@bufbuild/cel';
import type { Subject } from './condition.ts';

export type CelKind = 'int' | 'double' | 'string' | 'bool' | 'tags';

export interface CelVariable {
  readonly kind: CelKind;
  readonly type: CelType;
  readonly summary: string;
}

const variable = (kind: CelKind, summary: string): CelVariable => ({ kind, type: types[kind], summary });

const types: Readonly<Record<CelKind, CelType>> = {
  int: CelScalar.INT,
  double: CelScalar.DOUBLE,
  string: CelScalar.STRING,
  bool: CelScalar.BOOL,
  tags: mapType(CelScalar.STRING, CelScalar.STRING),
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
