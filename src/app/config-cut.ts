import type { ConfigPath } from './config-findings.ts';

/** A value without what could not be read, and what that was. */
export interface Cut {
  readonly value: unknown;
  readonly leftOut: readonly ConfigPath[];
  /** Where something in the value stood before: entries of lists have moved up. */
  readonly original: (path: ConfigPath) => ConfigPath;
}

export const uncut = (value: unknown): Cut => ({ value, leftOut: [], original: (path) => path });

/** Takes out the things at some paths or, where they are what is missing, what should have held them. */
export const cutPaths = (before: Cut, paths: readonly ConfigPath[]): Cut => {
  const targets = paths.map((path) => (isThere(before.value, path) ? path : path.slice(0, -1)));
  const wanted = new Map(
    targets
      .filter((path) => path.length > 0 && isThere(before.value, path))
      .map((path) => [path.join('\u0000'), path]),
  );
  let cut = before;
  // the last entry of a list first: those before it keep their places
  for (const path of [...wanted.values()].sort(fromTheEnd)) cut = cutOne(cut, path);
  return cut;
};

const cutOne = ({ value, leftOut, original }: Cut, path: ConfigPath): Cut => {
  const holder = path.slice(0, -1);
  const index = path.at(-1);
  const beforeCut = (later: ConfigPath): ConfigPath => {
    const moved = later[holder.length];
    const isInside =
      typeof index === 'number' &&
      typeof moved === 'number' &&
      moved >= index &&
      holder.every((part, place) => later[place] === part);
    return isInside ? later.with(holder.length, moved + 1) : later;
  };
  return {
    value: without(value, path),
    leftOut: [...leftOut, original(path)],
    original: (later) => original(beforeCut(later)),
  };
};

const fromTheEnd = (a: ConfigPath, b: ConfigPath): number => {
  for (let place = 0; place < Math.min(a.length, b.length); place++) {
    const [mine, other] = [a[place], b[place]];
    if (mine === other) continue;
    return typeof mine === 'number' && typeof other === 'number' ? other - mine : 0;
  }
  return b.length - a.length;
};

const isThere = (value: unknown, path: ConfigPath): boolean => {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return false;
    found = (found as Record<string | number, unknown>)[part];
  }
  return true;
};

const without = (value: unknown, [first, ...rest]: ConfigPath): unknown => {
  if (Array.isArray(value)) {
    if (rest.length === 0) return value.toSpliced(Number(first), 1);
    return value.map((entry, index) => (index === first ? without(entry, rest) : entry));
  }
  const { [first as string]: inside, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [first as string]: without(inside, rest) };
};
