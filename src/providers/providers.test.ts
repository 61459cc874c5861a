import { describe, expect, it } from 'vitest';
import { catalogueProviders } from '../catalog/index.ts';
import { dialects } from '../dialects/index.ts';
import { providerKinds } from './index.ts';

describe.each(providerKinds.map((kind) => [kind.type, kind] as const))('the provider %s', (_type, kind) => {
  it('speaks dialects there are, each once', () => {
    const spoken = kind.endpoints.map(({ dialect }) => dialect);

    expect(new Set(spoken).size).toBe(spoken.length);
    for (const name of spoken) expect(dialects.map((dialect) => dialect.name)).toContain(name);
  });

  it('has an https address, one on this very machine, or leaves it to the configuration', () => {
    if (kind.baseUrl !== undefined)
      expect(kind.baseUrl).toMatch(/^(https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1:\d+)(\/\w+)*$/);
    for (const { chatPath, streamPath = chatPath, countPath = chatPath } of kind.endpoints)
      for (const path of [chatPath, streamPath, countPath])
        expect(path.replaceAll(/\{(model|apiVersion)\}/g, 'x')).toMatch(/^\/[\w/:.-]+(\?[\w=&-]+)?$/);
  });

  it('has a date for paths that want one, and an address with a key that is found by itself', () => {
    const isDated = kind.endpoints.some(({ chatPath }) => chatPath.includes('{apiVersion}'));

    expect(kind.apiVersion !== undefined).toBe(isDated);
    if (kind.keyVariables.length > 0 && kind.isFoundByKey !== false) expect(kind.baseUrl).toBeDefined();
  });

  it('signs with the key in headers, and with nothing else', () => {
    const headers = Object.entries(kind.authorize('canary'));

    expect(headers.filter(([, value]) => value.includes('canary'))).toHaveLength(headers.length);
    for (const [name] of headers) expect(name).toBe(name.toLowerCase());
  });

  it('is found by its vendor’s variable and has its models in the catalogue', () => {
    if (kind.needsKey) expect(kind.keyVariables.length).toBeGreaterThan(0);
    if (kind.catalogue !== undefined) expect(catalogueProviders()).toContain(kind.catalogue);
  });

  it('never passes on what names somebody’s account without their key', () => {
    for (const start of kind.accountHeaders)
      expect(kind.passHeaders.some((pass) => start.startsWith(pass))).toBe(true);
  });
});

it('names each kind once', () => {
  const types = providerKinds.map(({ type }) => type);

  expect(new Set(types).size).toBe(types.length);
});
