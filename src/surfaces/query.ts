/** Of a caller's query only these go on, written anew: neither keys nor anything that could change the call. */
const passed = new Set(['purpose', 'limit', 'after', 'order']);

export const passedQuery = (query: string): string => {
  if (query.length < 2) return '';
  const kept = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(query))
    if (passed.has(name) && /^[\w.-]{1,128}$/.test(value)) kept.append(name, value);
  const text = kept.toString();
  return text && `?${text}`;
};
