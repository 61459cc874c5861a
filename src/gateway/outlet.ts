import type { GatewayError } from '../core/errors.ts';

/** Where an answer goes: the transport behind one small interface, so that the path never sees a socket. */
export interface Outlet {
  /** Once, before anything is written. */
  start(status: number, headers: Readonly<Record<string, string | number>>): void;
  /** False where the caller reads too slowly: stop until `onDrain`. */
  write(chunk: Buffer | string): boolean;
  /** Trailers are sent where the answer is chunked and they were announced. */
  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void;
  /** Breaks the connection, so that nobody takes what was sent for a whole answer. */
  destroy(): void;
  onDrain(resume: () => void): void;
  /** Called once where the caller hangs up before the end; at once where it already has. */
  onGone(tell: () => void): void;
  /** Called once where the gateway itself has to break off (it is being stopped); at once where it already has. */
  onCut(tell: (error: GatewayError) => void): void;
  readonly hasStarted: boolean;
  readonly isGone: boolean;
  /** Why the gateway has to break off, once it has to. */
  readonly cutBy: GatewayError | undefined;
}
