/**
 * First and last lines that only lead to what is asked or thank for it ("Please answer the following
 * question:", "Thanks in advance!") say nothing of it, and differ from caller to caller. They are left out; a
 * text of nothing else comes back as it is. The text has no space at its ends.
 */
export const withoutCourtesy = (text: string): string => {
  let from = 0;
  let to = text.length;
  for (let lines = 0; lines < most; lines++) {
    const end = text.indexOf('\n', from);
    if (end < 0 || end - from > longestLine || !isHollow(text.slice(from, end))) break;
    from = skipSpace(text, end);
  }
  for (let lines = 0; lines < most; lines++) {
    const start = text.lastIndexOf('\n', to - 1);
    if (start <= from || to - start > longestLine || !isHollow(text.slice(start + 1, to))) break;
    to = backOverSpace(text, start);
  }
  return from < to && (from > 0 || to < text.length) ? text.slice(from, to) : text;
};

const most = 2;
const longestLine = 120;

/** Nothing but words that lead and thank, and marks around them. */
const isHollow = (line: string): boolean => {
  let wordCount = 0;
  let start = -1;
  for (let at = 0; at <= line.length; at++) {
    const code = at < line.length ? line.charCodeAt(at) | 0x20 : 0;
    const isLetter = code >= 0x61 && code <= 0x7a;
    if (isLetter) {
      if (start < 0) start = at;
      continue;
    }
    const mark = at < line.length ? line.charCodeAt(at) : 0;
    if (mark > 0x7f || (mark >= 0x30 && mark <= 0x39)) return false;
    if (start < 0) continue;
    if (!hollow.has(line.slice(start, at).toLowerCase())) return false;
    wordCount++;
    start = -1;
  }
  return wordCount >= 2;
};

const hollow: ReadonlySet<string> = new Set(
  `a above advance answer answers appreciate appreciated as assist assistance assistant be below best can
  carefully choice choose consider correct could dear do for following give given greatly have hello help here
  hey hi i in is it kindly let look lot me multiple much my need of on one one's option please problem provide
  question questions quick read regards request response see select so task thank thanks that the then this to
  want will with would you your`.split(/\s+/),
);

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
};

const backOverSpace = (text: string, to: number): number => {
  let at = to;
  while (at > 0 && text.charCodeAt(at - 1) <= 0x20) at--;
  return at;
};
