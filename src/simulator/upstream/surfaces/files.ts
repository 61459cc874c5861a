import type { JsonObject } from '../../../core/json.ts';
import { openaiWire } from '../openai/index.ts';
import { WireProblem } from '../wire.ts';
import { readForm } from './form.ts';
import type { Surface, SurfaceParts } from './surface.ts';

interface StoredFile {
  readonly organisation: string;
  readonly about: JsonObject;
  readonly bytes: Buffer;
}

/** Files, each seen only by the organisation that brought it. */
export const files = ({ unique, now }: SurfaceParts): Surface => {
  const stored = new Map<string, StoredFile>();
  const find = (id: string, organisation: string): StoredFile => {
    const file = stored.get(id);
    if (file?.organisation === organisation) return file;
    throw new WireProblem(404, `No such File object: ${id}`, { param: 'id', type: 'invalid_request_error' });
  };
  return {
    wire: openaiWire,
    matches: (method, path) =>
      /^\/v1\/files(?:\/[^/]+(?:\/content)?)?$/.test(path) && ['GET', 'POST', 'DELETE'].includes(method),
    answer: ({ method, path, headers, bytes, organisation }) => {
      const [, , , id, content] = path.split('/');
      if (id === undefined) {
        if (method === 'GET') {
          const mine = [...stored.values()].filter((file) => file.organisation === organisation);
          return { body: { object: 'list', data: mine.map(({ about }) => about), has_more: false } };
        }
        const { fields, file } = readForm(bytes, headers['content-type']);
        if (!file) throw new WireProblem(400, "Missing required parameter: 'file'.", { param: 'file' });
        if (!fields.purpose)
          throw new WireProblem(400, "Missing required parameter: 'purpose'.", { param: 'purpose' });
        const about = {
          id: `file-${unique('file')}`,
          object: 'file',
          bytes: file.bytes.length,
          created_at: Math.floor(now() / 1000),
          filename: file.name,
          purpose: fields.purpose,
          status: 'processed',
        };
        stored.set(about.id, { organisation, about, bytes: Buffer.from(file.bytes) });
        return { body: about };
      }
      const found = find(id, organisation);
      if (method === 'DELETE') {
        stored.delete(id);
        return { body: { id, object: 'file', deleted: true } };
      }
      return content === 'content'
        ? { bytes: found.bytes, contentType: 'application/octet-stream' }
        : { body: found.about };
    },
  };
};
