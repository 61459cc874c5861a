import type { Dialect } from '../dialect.ts';
import { readError, writeError } from '../openai-errors.ts';
import { writeStreamError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readReply, writeReply } from './reply.ts';
import { readRequest } from './request.ts';
import { readStream } from './stream.ts';
import { tapStream } from './tap.ts';
import { dialectName } from './wire.ts';
import { writeRequest } from './write-request.ts';
import { writeStream } from './write-stream.ts';

/** OpenAI's Responses API. */
export const openaiResponses: Dialect = {
  name: dialectName,
  hasNoStop: true,
  readRequest,
  passRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream,
  writeStream,
  tapStream,
  carriesReasoning: ({ dialect }) => dialect === dialectName,
  readError,
  writeError,
  writeStreamError,
};
