/** A comment, which no client takes for an event. */
export const keepAlive = ': keep-alive\n\n';
/** Callers, and what stands between, give up on silence. */
export const keepAliveMs = 15_000;
