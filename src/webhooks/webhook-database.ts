import { chmodSync, closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Raise it with each change of the tables. */
const SCHEMA_VERSION = 1

const TABLES = `
  create table webhooks (
    number        integer primary key,
    id            text not null unique,
    url           text not null,
    secret        text not null,
    community     text, -- Null: told of all.
    types         text not null, -- A JSON list.
    added_at      integer not null,
    cursor        integer not null, -- The last event that it was told, or that was none for it.
    off           text, -- Why it was switched off; null while it is on.
    failures      integer not null default 0, -- In a row.
    failing_since integer,
    next_try_at   integer
  ) strict;

  -- What the newest tries came to, one row an event. A row that is tried again gets a new number.
  create table deliveries (
    number        integer primary key autoincrement,
    webhook       integer not null references webhooks on delete cascade,
    position      integer not null,
    event         text not null,
    type          text not null,
    attempts      integer not null,
    status        integer, -- Of the last answer.
    failure       text,
    duration_ms   integer not null,
    tried_at      integer not null,
    replay_wanted integer not null default 0,
    unique (webhook, position)
  ) strict;
  create index deliveries_in_order on deliveries (webhook, number);
`

/**
 * Opens the webhooks' database, which only its owner can read, as secrets are in it. Makes it where it is missing.
 *
 * @throws When the file cannot be opened, or was written by another version of the program.
 */
export function openWebhookDatabase(file: string): Database.Database {
  let db: Database.Database | null = null
  try {
    // Before SQLite does, which would make it for others to read; its other files get the same mode.
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
    db = new Database(file)
    db.pragma('journal_mode = wal')
    db.pragma('synchronous = full')
    db.pragma('foreign_keys = on')
    // What is removed is overwritten: no secret is left in free pages.
    db.pragma('secure_delete = on')
    migrate(db)
    return db
  } catch (cause) {
    db?.close()
    throw new Error(`Cannot open the webhooks in "${file}"`, { cause })
  }
}

function migrate(db: Database.Database): void {
  const found = Number(db.pragma('user_version', { simple: true }))
  if (found === SCHEMA_VERSION) return
  if (found !== 0) throw new Error(`its schema is version ${found}, and this program's ${SCHEMA_VERSION}`)
  db.transaction(() => {
    db.exec(TABLES)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  }).immediate()
}
