import { GatewayError } from '../core/errors.ts';
import type { JsonSpan } from '../kit/json-scan.ts';

/** A short text field of a form: its value, and where that stands. */
export interface FormField extends Pick<JsonSpan, 'start' | 'end'> {
  readonly value: string;
}

/** A form has so few parts; more are an attack. */
const mostParts = 200;
const longestHead = 8192;

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');

/** The boundary a content type names; undefined where it is no form. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  if (!contentType || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
};

/**
 * A text field by its name, in a form whose parts are otherwise left alone. Throws `invalid-request` where
 * the field is there twice: what is routed, billed and sent has to be one and the same.
 */
export const findField = (bytes: Buffer, boundary: string, name: string): FormField | undefined => {
  const mark = Buffer.from(`--${boundary}`);
  let found: FormField | undefined;
  let at = bytes.indexOf(mark);
  for (let parts = 0; at >= 0; parts += 1) {
    const start = at + mark.length;
    // "--" behind the mark ends the form
    if (bytes[start] === 0x2d && bytes[start + 1] === 0x2d) return found;
    const bodyAt = bytes.indexOf(headEnd, start);
    const next = bytes.indexOf(mark, start);
    if (bodyAt < 0 || next < 0 || bodyAt > next || bodyAt - start > longestHead || parts >= mostParts)
      throw new GatewayError('invalid-request', 'The form cannot be read: its parts are not whole.');
    if (nameOf(bytes.toString('latin1', start, bodyAt)) === name) {
      if (found)
        throw new GatewayError('invalid-request', `The form has the field "${name}" twice.`, { param: name });
      const from = bodyAt + headEnd.length;
      const to = next - lineEnd.length;
      found = { start: from, end: to, value: bytes.toString('utf8', from, to) };
    }
    at = next;
  }
  return found;
};

/** The field a part is of; a file's is none. */
const nameOf = (head: string): string | undefined => {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  if (/;\s*filename\*?=/i.test(line)) return undefined;
  return /;\s*name="([^"]*)"/i.exec(line)?.[1] ?? /;\s*name=([^\s;"]+)/i.exec(line)?.[1];
};
