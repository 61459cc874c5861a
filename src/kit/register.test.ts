import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Register } from './register.ts';

it('holds what a set would hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const items = Array.from({ length: 10 }, (_, name) => ({ name, slot: -1 }));
      const register = new Register<(typeof items)[number]>();
      const expected = new Set<number>();
      for (const [isAdded, name] of steps) {
        const item = items[name] as (typeof items)[number];
        if (isAdded) {
          register.add(item);
          expected.add(name);
        } else {
          register.delete(item);
          expected.delete(name);
        }
      }

      expect(register.size).toBe(expected.size);
      expect(new Set(register.all().map(({ name }) => name))).toEqual(expected);
    }),
  );
});
