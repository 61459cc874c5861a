import type { Dialect } from '../dialect.ts';
import { readError, writeError } from '../openai-errors.ts';
import { writeStreamError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readReply, writeReply } from './reply.ts';
import { readRequest } from './request.ts';
import { readStream } from './stream.ts';
import { writeStream } from './stream-writer.ts';
import { tapStream } from './tap.ts';
import { writeRequest } from './write-request.ts';

export { longNames, shortName } from '../names.ts';

/** OpenAI's Chat Completions, and what the many servers that speak it make of it. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  readRequest,
  passRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream,
  writeStream,
  tapStream,
  readError,
  writeError,
  writeStreamError,
};
