/** The door for tests: upstreams that answer as told, and a gateway before them. */
export * from './fake-upstream.ts';
export * from './raw-connection.ts';
export * from './test-gateway.ts';
