/** A bar on the error stream: one line that is written over, or a line a table where nobody watches. */
export const createProgress = (tables: number) => {
  const { stderr } = process;
  let finished = 0;
  let title = '';
  const show = (within: number): void => {
    if (!stderr.isTTY) return;
    const share = Math.min(1, (finished + within) / tables);
    const full = Math.round(30 * share);
    stderr.write(
      `\r[${'█'.repeat(full)}${'░'.repeat(30 - full)}] ${Math.round(100 * share)} %  ${title}\x1b[K`,
    );
  };
  return {
    begin: (name: string): void => {
      title = name;
      show(0);
    },
    step: (done: number, of: number): void => show(done / of),
    end: (seconds: number): void => {
      finished += 1;
      if (stderr.isTTY) show(0);
      else stderr.write(`${finished}/${tables}  ${title} (${seconds.toFixed(1)} s)\n`);
    },
    close: (): void => {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
};
