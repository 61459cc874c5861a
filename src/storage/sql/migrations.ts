/** One step of the schema. What has been released is never changed: a change is a new step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/**
 * Names that repeat (callers, models, rules, outcomes …) stand once in `names` and as its ids in the
 * rows. Money is whole nano-dollars. What reports sum is kept apart from what only a single exchange
 * is asked for (`details`, `texts`), so that a report reads few pages.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
      ) STRICT;

      CREATE TABLE exchanges (
        -- in the order of settling
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        received_at INTEGER NOT NULL,
        dialect INTEGER NOT NULL REFERENCES names,
        asked INTEGER NOT NULL REFERENCES names,
        caller INTEGER NOT NULL REFERENCES names,
        session TEXT NOT NULL,
        -- JSON object, null where there are none
        tags TEXT,
        route INTEGER NOT NULL REFERENCES names,
        rule INTEGER REFERENCES names,
        mode INTEGER NOT NULL REFERENCES names,
        task INTEGER NOT NULL REFERENCES names,
        outcome INTEGER NOT NULL REFERENCES names,
        error INTEGER REFERENCES names,
        status INTEGER NOT NULL,
        -- that answered; null where none did
        model INTEGER REFERENCES names,
        tier INTEGER REFERENCES names,
        is_stream INTEGER NOT NULL,
        -- sums over the attempts
        prompt_tokens INTEGER NOT NULL,
        answer_tokens INTEGER NOT NULL,
        cost INTEGER NOT NULL,
        is_estimated INTEGER NOT NULL,
        baseline_cost INTEGER NOT NULL,
        baseline_model INTEGER REFERENCES names,
        first_byte_ms REAL,
        total_ms REAL NOT NULL
      ) STRICT;
      CREATE INDEX exchanges_by_time ON exchanges (received_at);

      CREATE TABLE attempts (
        exchange INTEGER NOT NULL REFERENCES exchanges,
        number INTEGER NOT NULL,
        model INTEGER NOT NULL REFERENCES names,
        provider INTEGER NOT NULL REFERENCES names,
        tier INTEGER NOT NULL REFERENCES names,
        started_ms REAL NOT NULL,
        first_byte_ms REAL,
        total_ms REAL NOT NULL,
        status INTEGER,
        outcome INTEGER NOT NULL REFERENCES names,
        error INTEGER REFERENCES names,
        message TEXT,
        input_tokens INTEGER NOT NULL,
        cache_read_tokens INTEGER NOT NULL,
        cache_write_5m_tokens INTEGER NOT NULL,
        cache_write_30m_tokens INTEGER NOT NULL,
        cache_write_1h_tokens INTEGER NOT NULL,
        cache_write_12h_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL,
        cost INTEGER NOT NULL,
        is_estimated INTEGER NOT NULL,
        upstream_id TEXT,
        end_reason INTEGER REFERENCES names,
        price_version INTEGER NOT NULL REFERENCES names,
        PRIMARY KEY (exchange, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE details (
        exchange INTEGER PRIMARY KEY REFERENCES exchanges,
        -- JSON
        decision TEXT NOT NULL,
        warnings TEXT
      ) STRICT;

      CREATE TABLE texts (
        exchange INTEGER PRIMARY KEY REFERENCES exchanges,
        received_at INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        answer TEXT NOT NULL
      ) STRICT;
      CREATE INDEX texts_by_time ON texts (received_at);

      -- all of the journal before this place is in the tables above
      CREATE TABLE journal_position (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        segment INTEGER NOT NULL,
        "offset" INTEGER NOT NULL
      ) STRICT;
      INSERT INTO journal_position VALUES (1, 0, 0);

      -- intents of segments before that place whose exchange has not been settled
      CREATE TABLE open_intents (
        id TEXT PRIMARY KEY,
        decision TEXT NOT NULL,
        heads TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- records that fitted no table: a fault of ours, kept so that no money is lost with it
      CREATE TABLE unreadable (
        id TEXT NOT NULL,
        record TEXT NOT NULL,
        reason TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 2,
    sql: `
      -- which program asked; null where it did not say, or was not asked
      ALTER TABLE exchanges ADD COLUMN agent INTEGER REFERENCES names;
      -- of the prompt: what was newly asked, as decisions were made by it
      ALTER TABLE texts ADD COLUMN ask TEXT;
      CREATE INDEX attempts_by_upstream ON attempts (upstream_id) WHERE upstream_id IS NOT NULL;

      -- what was learnt of an exchange after its answer was out: of a source its newest word
      CREATE TABLE signals (
        exchange TEXT NOT NULL,
        source INTEGER NOT NULL REFERENCES names,
        at INTEGER NOT NULL,
        score REAL NOT NULL,
        label TEXT,
        comment TEXT,
        PRIMARY KEY (exchange, source)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX signals_by_time ON signals (at);
    `,
  },
  {
    version: 3,
    sql: `
      -- why an answer did not go out, and what a call was for that wanted none
      ALTER TABLE attempts ADD COLUMN passed_over TEXT;
      ALTER TABLE attempts ADD COLUMN role INTEGER REFERENCES names;
    `,
  },
];
