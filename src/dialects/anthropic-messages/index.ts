import type { Dialect } from '../dialect.ts';
import { readError, writeError, writeStreamError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readReply, writeReply } from './reply.ts';
import { readRequest } from './request.ts';
import { carriesReasoning } from './sealed-thoughts.ts';
import { readStream } from './stream.ts';
import { tapStream } from './tap.ts';
import { dialectName } from './wire.ts';
import { writeRequest } from './write-request.ts';
import { writeStream } from './write-stream.ts';

export { readCountRequest as countRequest } from './request.ts';

/** Anthropic's Messages API. */
export const anthropicMessages: Dialect = {
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
