/** The library door: the gateway inside a program of your own. */
export { type App, type AppOptions, compose } from './app/compose.ts';
export { type Config, type ConfigReading, configFromText, readConfig } from './app/config.ts';
export type * from './core/decision.ts';
export { type ErrorCode, errorCodes, GatewayError } from './core/errors.ts';
export type * from './core/exchange.ts';
export type * from './core/features.ts';
export type * from './core/model.ts';
export { type NanoUsd, toUsd, usdText } from './core/money.ts';
export { defineFeature } from './features/feature.ts';
export { defineProvider } from './providers/provider.ts';
export { defineCondition } from './routing/conditions/condition.ts';
export { defineGate } from './routing/gates/gate.ts';
export { defineStrategy } from './routing/strategies/strategy.ts';
export { serveApp } from './server/serve-app.ts';
export type { RunningServer } from './server/server.ts';
