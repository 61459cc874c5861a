import type { Dialect } from '../dialect.ts';
import { readError, writeError, writeStreamError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readReply } from './reply.ts';
import { readRequest } from './request.ts';
import { readStream } from './stream.ts';
import { tapStream } from './tap.ts';
import { dialectName } from './wire.ts';
import { carriesReasoning, writeReply } from './write-answer.ts';
import { writeRequest } from './write-request.ts';
import { writeStream } from './write-stream.ts';

/** Google's `generateContent`. */
export const gemini: Dialect = {
  name: dialectName,
  readRequest,
  passRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream,
  writeStream,
  tapStream,
  carriesReasoning,
  readError,
  writeError,
  writeStreamError,
};
