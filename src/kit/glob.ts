/** A test for a pattern in which `*` stands for any run of characters; whatever the case. */
export const globTest = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern.toLowerCase().split('*');
  if (parts.length === 1) return (text) => text.toLowerCase() === parts[0];
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1).filter(Boolean);
  return (text) => {
    const low = text.toLowerCase();
    if (low.length < first.length + last.length || !low.startsWith(first) || !low.endsWith(last))
      return false;
    let at = first.length;
    const end = low.length - last.length;
    for (const part of middle) {
      const found = low.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
};

/** True where any of the patterns fits. */
export const anyGlobTest = (patterns: readonly string[]): ((text: string) => boolean) => {
  const tests = patterns.map(globTest);
  return (text) => tests.some((test) => test(text));
};
