/** Nothing but a plain path of this very host: no foreign host, no steps up, no way to write them (SCENARIOS D7). */
export const isUnsafe = (path: string): boolean =>
  !path.startsWith('/') ||
  path.startsWith('//') ||
  /[\\;\0]|%00|%5c|%3b/i.test(path) ||
  path
    .split('/')
    .some((part) => /^(?:\.|%2e){1,2}$/i.test(part) || /(?:%2f|\/)(?:\.|%2e){1,2}(?:%2f|$)/i.test(part));

/** No part of it is empty or a step, and nothing in it could end a line. */
export const isName = (text: string): boolean => !/[\p{Cc}\\]|(?:^|\/)\.{0,2}(?:\/|$)/u.test(text);

/** A model's name as a path holds it, decoded once; undefined where it is none that anybody could have meant. */
export const nameIn = (text: string): string | undefined => {
  try {
    const name = decodeURIComponent(text);
    return isName(name) ? name : undefined;
  } catch {
    return undefined;
  }
};
