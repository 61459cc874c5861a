import { hash } from 'node:crypto';
import type { Tool } from '../core/chat.ts';

/**
 * A tool's name as every dialect takes it: at most 64 of `[a-zA-Z0-9_-]`. Others are cut and marked with a hash
 * of the whole, so that the same name always becomes the same one (the prompt cache) and no two meet.
 */
export const shortName = (name: string): string =>
  nameFits.test(name) ? name : `${clean(name).slice(0, 55)}_${mark(name)}`;

/** The same for vendors that want a letter or "_" at the beginning. */
export const letteredName = (name: string): string =>
  startFits.test(name) ? shortName(name) : `_${clean(name).slice(0, 54)}_${mark(name)}`;

/** The names that these changed, back to what the caller called them. Empty for most requests. */
export const longNames = (tools: readonly Tool[]): ReadonlyMap<string, string> => {
  let names: Map<string, string> | undefined;
  for (const tool of tools) {
    if (tool.type === 'hosted' || (nameFits.test(tool.name) && startFits.test(tool.name))) continue;
    names ??= new Map();
    names.set(shortName(tool.name), tool.name);
    names.set(letteredName(tool.name), tool.name);
  }
  return names ?? noNames;
};

/**
 * A tool call's id that any dialect takes: of `[a-zA-Z0-9_-]`, Chat up to 40 of them and Messages up to
 * 64. A changed one ends in a hash of the whole: the same for a call and its result, and no two meet.
 */
export const safeCallId = (id: string, maxLength: number): string =>
  id.length <= maxLength && idFits.test(id) ? id : `${clean(id).slice(0, maxLength - 9)}_${mark(id)}`;

const nameFits = /^[a-zA-Z0-9_-]{1,64}$/;
const startFits = /^[a-zA-Z_]/;
const idFits = /^[a-zA-Z0-9_-]+$/;
const noNames: ReadonlyMap<string, string> = new Map();
const clean = (text: string): string => text.replace(/[^a-zA-Z0-9_-]/g, '_');
const mark = (text: string): string => hash('sha256', text).slice(0, 8);
