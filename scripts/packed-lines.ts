import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** All of a gzipped file of JSON lines, taken at its word: for files that were looked at before. */
export const packedLines = <Line>(path: string): readonly Line[] =>
  gunzipSync(readFileSync(path))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
