import { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { ReplyGatherer } from '../core/reply.ts';
import type { Dialect, StreamWriter } from '../dialects/dialect.ts';

/** A caller's dialect that remembers the whole answer it wrote, however it was written. */
export interface RememberingDialect {
  readonly dialect: Dialect;
  /** Undefined until the answer is complete. */
  readonly answer: () => JsonObject | undefined;
}

export const remembering = (caller: Dialect): RememberingDialect => {
  let answer: (() => JsonObject) | undefined;
  return {
    dialect: {
      ...caller,
      writeReply: (reply, call) => {
        const written = caller.writeReply(reply, call);
        answer = () => written;
        return written;
      },
      writeStream: (call) => {
        const gatherer = new ReplyGatherer();
        answer = () => caller.writeReply(gatherer.reply(), call);
        return gathering(caller.writeStream(call), gatherer);
      },
    },
    answer: () => {
      try {
        return answer?.();
      } catch (cause) {
        // an answer that cannot be told is none to keep: its caller has the error already
        if (cause instanceof GatewayError) return undefined;
        throw cause;
      }
    },
  };
};

const gathering = (writer: StreamWriter, gatherer: ReplyGatherer): StreamWriter => ({
  write: (event) => {
    gatherer.add(event);
    return writer.write(event);
  },
  end: () => writer.end(),
  // its frames go on from those that were told: their numbers do, too
  ...(writer.writeError && { writeError: (error: GatewayError) => writer.writeError?.(error) ?? '' }),
});
