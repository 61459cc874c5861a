/** Breaks a text between words into lines of at most `width`. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
};

/** Room for the label, and the space after it. */
export const labelWidth = 11;

/** "label     text", broken to the width with the rest below the text. */
export const labelled = (
  label: string,
  text: string,
  width: number,
  paint: (text: string) => string,
): string => labelledLines(label, wrap(text, width - labelWidth), paint);

/** The same with lines that are made already. */
export const labelledLines = (
  label: string,
  lines: readonly string[],
  paint: (text: string) => string,
): string =>
  lines
    .map((line, index) => `${index === 0 ? paint(label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${line}`)
    .join('\n');
