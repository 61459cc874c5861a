import type { DatabaseSync } from 'node:sqlite';

const mostHeld = 20_000;

/** Ids of names, for writing: made when first seen. */
export class NameIds {
  readonly #ids = new Map<string, number>();
  readonly #find;
  readonly #add;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM names WHERE name = ?');
    this.#add = database.prepare('INSERT INTO names (name) VALUES (?)');
  }

  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.#ids.size >= mostHeld) this.#ids.clear();
    const id = Number(this.#find.get(name)?.id ?? this.#add.run(name).lastInsertRowid);
    this.#ids.set(name, id);
    return id;
  }

  idOrNull(name: string | null): number | null {
    return name === null ? null : this.idOf(name);
  }
}

/** Names of ids, for reading. */
export class NameTexts {
  readonly #names = new Map<number, string>();
  readonly #newer;
  #last = 0;

  constructor(database: DatabaseSync) {
    this.#newer = database.prepare('SELECT id, name FROM names WHERE id > ? ORDER BY id');
  }

  nameOf(id: unknown): string {
    const number = Number(id);
    if (number > this.#last) this.#readNewer();
    return this.#names.get(number) ?? '';
  }

  nameOrNull(id: unknown): string | null {
    return id === null ? null : this.nameOf(id);
  }

  #readNewer(): void {
    for (const { id, name } of this.#newer.iterate(this.#last)) {
      this.#last = Number(id);
      this.#names.set(this.#last, String(name));
    }
  }
}
