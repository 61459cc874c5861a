import { WireProblem } from '../wire.ts';

export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly bytes: Buffer } | undefined;
}

/** A multipart form, as SDKs write them: texts, and one file. */
export const readForm = (bytes: Buffer, contentType: string | undefined): Form => {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (boundary === undefined)
    throw new WireProblem(400, 'The request has to be sent as multipart/form-data, with its boundary.');
  const fields: Record<string, string> = {};
  let file: Form['file'];
  const mark = `--${boundary}`;
  let from = bytes.indexOf(mark);
  for (;;) {
    const to = from < 0 ? -1 : bytes.indexOf(`\r\n${mark}`, from + mark.length);
    if (to < 0) return { fields, file };
    const part = bytes.subarray(from + mark.length + 2, to);
    const head = part.indexOf('\r\n\r\n');
    const disposition = part.subarray(0, Math.max(0, head)).toString('latin1');
    const name = /name="([^"]*)"/.exec(disposition)?.[1];
    const fileName = /filename="([^"]*)"/.exec(disposition)?.[1];
    const content = part.subarray(head + 4);
    if (fileName !== undefined) file = { name: fileName, bytes: content };
    else if (name !== undefined) fields[name] = content.toString('utf8');
    from = to + 2;
  }
};
