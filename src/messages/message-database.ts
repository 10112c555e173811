import Database from 'better-sqlite3'

/** Each entry raises the schema by one, in a transaction of its own. Entries are only ever added. */
const MIGRATIONS: readonly string[] = [
  `
  create table communities (
    number integer primary key,
    id     text not null unique
  ) strict;

  create table messages (
    sequence    integer primary key autoincrement,
    community   integer not null references communities,
    key         blob not null,
    key_is_hash integer not null,
    sent_at     integer not null,
    topic       integer not null,
    bytes       integer not null,
    chunk_bytes integer not null,
    encoding    blob not null
  ) strict;
  create unique index messages_by_key on messages (community, key, key_is_hash);
  create index messages_in_order on messages (community, sent_at, topic, sequence, bytes);
  -- What came in since a run looked, without reading a message.
  create index messages_as_recorded on messages (community, sequence, sent_at, topic, bytes);

  -- What is recorded of each topic, so that no question about it reads the messages.
  create table topics (
    community integer not null references communities,
    topic     integer not null,
    messages  integer not null,
    bytes     integer not null,
    oldest_at integer not null,
    primary key (community, topic)
  ) strict, without rowid;

  -- What is recorded of each day, so that a range of any length is quickly summed up. Days since 1970, in UTC.
  create table days (
    community integer not null references communities,
    day       integer not null,
    messages  integer not null,
    bytes     integer not null,
    primary key (community, day)
  ) strict, without rowid;

  -- Takings over of archives. Only the newest of a community can be undone.
  create table imports (
    number    integer primary key,
    community integer not null references communities,
    id        text not null,
    restored  integer not null default 0, -- How many messages were put back when it was undone.
    unique (community, id)
  ) strict;

  -- Archives that are being, or were, taken over.
  create table imported_archives (
    number    integer primary key,
    community integer not null references communities,
    id        text not null,
    messages  integer not null,
    added     integer not null,
    import    integer references imports, -- The one that took over all of it; null until then.
    unique (community, id)
  ) strict;

  -- Which messages belong to which of them.
  create table archive_messages (
    sequence integer not null,
    archive  integer not null,
    primary key (sequence, archive)
  ) strict, without rowid;

  -- What the newest import removed, so that it can be put back as it was.
  create table removed_messages (
    sequence    integer primary key,
    import      integer not null references imports,
    archive     integer not null references imported_archives, -- Whose import removed it.
    community   integer not null references communities,
    key         blob not null,
    key_is_hash integer not null,
    sent_at     integer not null,
    topic       integer not null,
    bytes       integer not null,
    chunk_bytes integer not null,
    encoding    blob not null
  ) strict;
  create index removed_by_import on removed_messages (import, archive);
  `,
]

/** How much of the file SQLite keeps in memory, in KiB, for each connection. */
const CACHE_KIB = 16_384

/**
 * Opens the messages' database for writing, creating or migrating it first.
 *
 * @throws When the file cannot be opened, or was written by a newer program.
 */
export function openForWriting(file: string): Database.Database {
  return open(file, {}, (db) => {
    db.pragma('journal_mode = wal')
    db.pragma('synchronous = full')
    // What is deleted is overwritten: forgotten messages are not to be found in free pages.
    db.pragma('secure_delete = on')
    migrate(db)
  })
}

/**
 * Opens the messages' database for reading, beside a writer in this or another thread or process.
 *
 * @throws When the file does not exist, or its schema is not this program's.
 */
export function openForReading(file: string): Database.Database {
  return open(file, { readonly: true, fileMustExist: true }, (db) => {
    const found = versionOf(db)
    if (found !== MIGRATIONS.length) throw wrongVersion(found)
  })
}

function open(file: string, options: Database.Options, prepare: (db: Database.Database) => void): Database.Database {
  let db: Database.Database | null = null
  try {
    db = new Database(file, options)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    prepare(db)
    return db
  } catch (cause) {
    db?.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Cannot open the messages in "${file}": ${reason}`, { cause })
  }
}

function migrate(db: Database.Database): void {
  const found = versionOf(db)
  if (found > MIGRATIONS.length) throw wrongVersion(found)
  MIGRATIONS.slice(found).forEach((statements, index) => {
    db.transaction(() => {
      db.exec(statements)
      db.pragma(`user_version = ${found + index + 1}`)
    }).immediate()
  })
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

function wrongVersion(found: number): Error {
  const relation = found > MIGRATIONS.length ? 'newer' : 'older'
  return new Error(`its schema is version ${found}, ${relation} than this program's ${MIGRATIONS.length}`)
}
