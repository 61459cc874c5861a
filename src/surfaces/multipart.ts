import { GatewayError } from '../core/errors.ts';
import type { JsonSpan } from '../kit/json-scan.ts';

/** A short text field of a form: its value, and where that stands. */
export interface FormField extends Pick<JsonSpan, 'start' | 'end'> {
  readonly value: string;
}

/** A form has so few parts; more are an attack. */
const mostParts = 200;
const longestHead = 8192;

const lineEnd = '\r\n';
const headEnd = '\r\n\r\n';

/** The boundary a content type names; undefined where it is no form. Throws `invalid-request` where it names two. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  if (!contentType || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const found = [...contentType.matchAll(/;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/gi)];
  if (found.length !== 1) throw unreadable('its boundary is not told once');
  return found[0]?.[1] ?? found[0]?.[2];
};

/**
 * A text field by its name, in a form whose parts are otherwise left alone. Throws `invalid-request` on
 * whatever another reader could take for something else: what is routed, billed and sent has to be one
 * and the same.
 */
export const findField = (bytes: Buffer, boundary: string, name: string): FormField | undefined => {
  const mark = `--${boundary}`;
  if (bytes.toString('latin1', 0, mark.length) !== mark)
    throw unreadable('it does not begin with its boundary');
  let found: FormField | undefined;
  let at = mark.length;
  for (let parts = 0; ; parts += 1) {
    const behind = bytes.toString('latin1', at, at + 2);
    if (behind === '--') return found;
    if (behind !== lineEnd || parts >= mostParts) throw unreadable('its parts are not whole');
    const headAt = at + lineEnd.length;
    const headStop = bytes.indexOf(headEnd, at);
    const from = headStop + headEnd.length;
    const to = headStop < 0 ? -1 : nextMark(bytes, from, `${lineEnd}${mark}`);
    if (to < 0 || headStop - headAt > longestHead) throw unreadable('its parts are not whole');
    if (nameOf(bytes.toString('latin1', headAt, headStop)) === name) {
      if (found) throw unreadable(`it has the field "${name}" twice`, name);
      found = { start: from, end: to, value: bytes.toString('utf8', from, to) };
    }
    at = to + lineEnd.length + mark.length;
  }
};

/** A boundary is one only as a line of its own; with blanks behind it readers disagree. */
const nextMark = (bytes: Buffer, from: number, mark: string): number => {
  for (let at = bytes.indexOf(mark, from, 'latin1'); at >= 0; at = bytes.indexOf(mark, at + 1, 'latin1')) {
    const behind = bytes.toString('latin1', at + mark.length, at + mark.length + 2);
    if (behind === lineEnd || behind === '--') return at;
    if (/^[ \t\n]/.test(behind)) throw unreadable('a boundary has blanks behind it');
  }
  return -1;
};

/** The field a part is of; a file's is none. */
const nameOf = (head: string): string | undefined => {
  const lines = head.split(lineEnd).filter((line) => /^content-disposition\s*:/i.test(line));
  const [line = ''] = lines;
  const names = [...line.matchAll(/;\s*name\s*=\s*(?:"([^"]*)"|([^\s;"]+))/gi)];
  if (lines.length !== 1 || names.length !== 1 || /[;\s]name\*/i.test(line))
    throw unreadable('a part does not tell its name once');
  if (/;\s*filename\*?\s*=/i.test(line)) return undefined;
  return names[0]?.[1] ?? names[0]?.[2];
};

const unreadable = (why: string, param?: string): GatewayError =>
  new GatewayError(
    'invalid-request',
    `The form cannot be read: ${why}.`,
    param === undefined ? {} : { param },
  );
