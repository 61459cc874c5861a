import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryOf, findField } from './multipart.ts';

const part = (head: string, body: string): string =>
  `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const form = (...parts: readonly string[]): Buffer => Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1');
const model = (bytes: Buffer): string | undefined => findField(bytes, 'b', 'model')?.value;

describe('a field of a form', () => {
  it('is found with its place, whatever stands around it', () => {
    const bytes = form(
      part('name="file"; filename="model"', 'RIFF\0'),
      part('name="model"', 'whisper-1'),
      part('name=x', ''),
    );

    const field = findField(bytes, 'b', 'model');

    expect(field?.value).toBe('whisper-1');
    expect(bytes.toString('latin1', field?.start, field?.end)).toBe('whisper-1');
  });

  it.each<[string, Buffer]>([
    ['in a file', form(part('name="file"; filename="a"', 'name="model"\r\n\r\nevil'))],
    ['that is a file', form(part('name="model"; filename="a"', 'evil'))],
    ['of another name', form(part('name="models"', 'evil'), part('name="amodel"', 'evil'))],
    [
      'behind a boundary that is only like it',
      form(
        part(
          'name="file"; filename="a"',
          'x\r\n--bx\r\ncontent-disposition: form-data; name="model"\r\n\r\nevil',
        ),
      ),
    ],
    [
      'behind a boundary in the middle of a line',
      form(
        part('name="file"; filename="a"', 'x--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nevil'),
      ),
    ],
    [
      'behind the end',
      Buffer.concat([form(part('name="a"', '1')), Buffer.from(part('name="model"', 'evil'))]),
    ],
  ])('is not one %s', (_name, bytes) => expect(model(bytes)).toBeUndefined());

  it.each<[string, Buffer]>([
    ['stands twice', form(part('name="model"', 'a'), part('name="model"', 'b'))],
    ['has two names', form(part('name="x"; name="model"', 'a'))],
    ['has a name in another writing, too', form(part(`name="x"; name*=utf-8''model`, 'a'))],
    ['has no name', form(part('filename="a"', 'a'))],
    [
      'has two heads',
      form(
        '--b\r\ncontent-disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="model"\r\n\r\na\r\n',
      ),
    ],
    [
      'has blanks behind a boundary',
      Buffer.from(
        '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--b \r\ncontent-disposition: form-data; name="model"\r\n\r\nevil\r\n--b--',
      ),
    ],
    ['has line feeds alone', Buffer.from('--b\ncontent-disposition: form-data; name="model"\n\nevil\n--b--')],
    [
      'has something before it',
      Buffer.from('preface\r\n--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nevil\r\n--b--'),
    ],
    ['never ends', Buffer.from('--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nevil')],
    [
      'has a head without end',
      Buffer.from(
        `--b\r\ncontent-disposition: form-data; name="model"; x="${'y'.repeat(10_000)}"\r\n\r\nevil\r\n--b--`,
      ),
    ],
    ['has parts without end', form(...Array.from({ length: 300 }, (_, at) => part(`name="f${at}"`, '1')))],
    ['is empty', Buffer.alloc(0)],
  ])('is refused where the form %s', (_name, bytes) => {
    expect(() => model(bytes)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('is the one that another reader finds, or none is found at all', async () => {
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\n',
      '\r',
      ' ',
      'x',
      'content-disposition: form-data; ',
      'name="model"',
      '; name="x"',
      '; filename="f"',
      '\r\n\r\n',
      'gpt',
      '--bx',
      ':',
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc
        .array(fc.tuple(fc.constantFrom('model', 'x', 'file'), fc.array(piece, { maxLength: 8 })), {
          maxLength: 4,
        })
        .map((parts) => form(...parts.map(([name, body]) => part(`name="${name}"`, body.join(''))))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        let ours: string | undefined;
        try {
          ours = model(body);
        } catch {
          return;
        }
        const response = new Response(new Uint8Array(body), {
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        });
        const theirs = await response.formData().catch(() => undefined);
        if (theirs) expect(ours ?? null).toBe(theirs.get('model'));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a boundary', () => {
  it.each<[string | undefined, string | undefined]>([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
    ['application/json', undefined],
    [undefined, undefined],
  ])('of %j is %j', (type, boundary) => expect(boundaryOf(type)).toBe(boundary));

  it.each(['multipart/form-data; x=1', 'multipart/form-data; boundary=a; boundary=b'])(
    'is told once: %s',
    (type) => {
      expect(() => boundaryOf(type)).toThrow(/boundary/);
    },
  );
});
