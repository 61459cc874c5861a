import { shareOfCode } from './code.ts';

/**
 * Retrieved or quoted text around a short question, told by its shape in any language: passages that are
 * numbered, lines that are quoted, blocks between rules or triple quotes, a long paper with one question at
 * its end. What is returned is what is left when they are set apart; a text without them comes back as it is.
 */
export const apartFromPassages = (text: string): string => {
  if (text.length < shortest || text.length > longest) return text;
  const numbered = fromNumbered(text);
  if (numbered && numbered.length <= longestAsk) return numbered;
  for (const read of [betweenMarks, fromQuoted, fromPaper]) {
    const left = read(text);
    // an order is about the text it stands beside ("solve this:"), a question may be about anything in it
    if (left !== undefined && left.length <= longestAsk && asks(left)) return left;
  }
  return text;
};

/** A "?" of any script at the end of a line. */
const asks = (text: string): boolean => {
  for (let line = 0; line < text.length; ) {
    const end = endOfLine(text, line);
    if (end - line > 3 && endsAsking(text, end)) return true;
    line = end + 1;
  }
  return false;
};

const endsAsking = (text: string, end: number): boolean => {
  let at = end;
  while (at > 0 && text.charCodeAt(at - 1) <= 0x20) at--;
  return '?？؟\u037e'.includes(text.charAt(at - 1));
};

const shortest = 240;
const longest = 2_000_000;
/** What is left over must be short: something long is no question beside a text but a text itself. */
const longestAsk = 1_500;
/** A block between marks is a quotation from this length on; below it may be the very thing asked about. */
const quotedChars = 400;

/** Blocks between lines of `"""`, `'''`, `---`, `===` or `***`. */
const betweenMarks = (text: string): string | undefined => {
  let kept = '';
  let from = 0;
  let cut = 0;
  for (let line = 0; line < text.length; ) {
    const end = endOfLine(text, line);
    const fence = fenceAt(text, line, end);
    const close = fence === undefined ? -1 : closingLine(text, end, fence);
    if (fence === undefined || close < 0) {
      line = end + 1;
      continue;
    }
    const closeEnd = endOfLine(text, close);
    if (close - end >= quotedChars) {
      kept += text.slice(from, line);
      from = closeEnd;
      cut += closeEnd - line;
    }
    line = closeEnd + 1;
  }
  if (cut === 0) return undefined;
  return (kept + text.slice(from)).trim();
};

const fenceMarks = ['"""', "'''", '---', '===', '***'] as const;

const fenceAt = (text: string, line: number, end: number): string | undefined => {
  if (end - line < 3) return undefined;
  const mark = fenceMarks.find((candidate) => text.startsWith(candidate, line));
  // a rule is a line of its own; a quotation may begin behind its marks
  if (mark === undefined || (mark.charCodeAt(0) !== 0x22 && !isRule(text, line, end))) return undefined;
  return mark;
};

const isRule = (text: string, line: number, end: number): boolean => {
  const mark = text.charCodeAt(line);
  for (let at = line; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== mark && code > 0x20) return false;
  }
  return true;
};

/** Where the line with the closing marks begins. */
const closingLine = (text: string, from: number, fence: string): number => {
  if (fence === '"""') return text.indexOf(fence, from);
  const close = text.indexOf(`\n${fence}`, from);
  return close < 0 ? -1 : close + 1;
};

/** "[1] …", "[2] …" or "1: …" at the head of paragraphs; what is asked stands before or behind all of them. */
const fromNumbered = (text: string): string | undefined => {
  let first = -1;
  let last = -1;
  let count = 0;
  for (let line = 0; line < text.length; line = endOfLine(text, line) + 1) {
    if (!startsPassage(text, line)) continue;
    if (first < 0) first = line;
    last = line;
    count++;
  }
  if (count < 2) return undefined;
  const gap = text.indexOf('\n\n', last);
  const behind = gap < 0 ? '' : text.slice(gap).trim();
  const passages = (gap < 0 ? text.length : gap) - first;
  if (passages < quotedChars || passages / count < passageChars) return undefined;
  return `${text.slice(0, first).trim()}\n\n${behind}`.trim();
};

/** Shorter ones are items of a list, and belong to what is asked. */
const passageChars = 150;

/** "[12] " or "[doc 3]: ". */
const startsPassage = (text: string, line: number): boolean => {
  if (text.charCodeAt(line) !== 0x5b) return false;
  let digits = 0;
  for (let at = line + 1; at < line + 24; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits++;
    else if (code === 0x5d) return digits > 0 && digits <= 3;
    else if (Number.isNaN(code) || code === 0x0a) return false;
  }
  return false;
};

/** Lines behind a ">" that make up most of the text. */
const fromQuoted = (text: string): string | undefined => {
  if (!text.startsWith('>') && !text.includes('\n>')) return undefined;
  let quoted = 0;
  let kept = '';
  for (let line = 0; line < text.length; ) {
    const end = endOfLine(text, line);
    if (text.charCodeAt(line) === 0x3e) quoted += end - line;
    else kept += `${text.slice(line, end)}\n`;
    line = end + 1;
  }
  return quoted >= quotedChars && quoted * 2 > text.length ? kept.trim() : undefined;
};

/** A paper is long; a story that ends in a sum, a case that ends in "what now?" are shorter and belong to the question. */
const paperChars = 6_000;
const longestQuestion = 400;

const fromPaper = (text: string): string | undefined => {
  if (text.length < paperChars) return undefined;
  const gap = text.lastIndexOf('\n\n');
  if (gap >= paperChars - longestQuestion) {
    const question = text.slice(gap).trim();
    if (asks(question) && question.length <= longestQuestion && isProse(text, 0)) return question;
  }
  const firstGap = text.indexOf('\n\n');
  if (firstGap < 0 || firstGap > longestQuestion) return undefined;
  const opening = text.slice(0, firstGap).trim();
  return isProse(text, firstGap) ? opening : undefined;
};

/** Code and traces belong to the question about them. */
const isProse = (text: string, from: number): boolean => shareOfCode(text.slice(from, from + 16_000)) < 0.2;

const endOfLine = (text: string, from: number): number => {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
};
