import { fdatasync, write } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the journal asks of the file system, handed in so that tests can break it. */
export interface Disk {
  /** A new file of this many bytes, all there: later syncs have no sizes or blocks to note. */
  create(path: string, bytes: number): Promise<FileHandle>;
  /** An old file under a new name. */
  reuse(from: string, path: string): Promise<FileHandle>;
  /** Writes and syncs; `done` comes after the sync returned. Never blocks the event loop. */
  append(file: FileHandle, bytes: Buffer, offset: number, done: (error: Error | null) => void): void;
  remove(path: string): Promise<void>;
}

export const realDisk: Disk = {
  create: async (path, bytes) => {
    const file = await open(path, 'w+', 0o600);
    try {
      const zeros = Buffer.alloc(Math.min(bytes, 1024 * 1024));
      for (let at = 0; at < bytes; at += zeros.length)
        await file.write(zeros, 0, Math.min(zeros.length, bytes - at), at);
      await file.sync();
      await syncDirectory(dirname(path));
      return file;
    } catch (error) {
      // half of it would keep the disk full
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  },
  reuse: async (from, path) => {
    await rename(from, path);
    await syncDirectory(dirname(path));
    return open(path, 'r+');
  },
  append: (file, bytes, offset, done) => {
    const { fd } = file;
    let written = 0;
    const writeRest = (): void => write(fd, bytes, written, bytes.length - written, offset + written, step);
    const step = (error: Error | null, count: number): void => {
      written += count;
      if (error) done(error);
      else if (written === bytes.length) fdatasync(fd, done);
      else if (count === 0) done(new Error('the disk took no bytes'));
      // a full disk may take a part first and refuse the rest
      else writeRest();
    };
    writeRest();
  },
  remove: (path) => rm(path, { force: true }),
};

// a name is durable only once its directory is
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
