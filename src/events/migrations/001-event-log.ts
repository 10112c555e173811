import { v4 } from 'uuid'
import type { Connection } from '../database.ts'
import { genesisLink } from '../hash-chain.ts'
import type { LogId } from '../recorded-event.ts'

const TABLES = `
  create table event (
    position       integer primary key autoincrement check (position > 0),
    stream         text    not null,
    version        integer not null check (version > 0),
    id             text    not null,
    type           text    not null,
    schema_version integer not null,
    recorded_at    integer not null,
    actor          text    not null,
    correlation_id text    not null,
    causation_id   text,
    data           text    not null,
    leaf           blob    not null check (length(leaf) = 32),
    link           blob    not null check (length(link) = 32),
    unique (stream, version)
  ) strict;

  -- Each index costs every append a page. None on time: it never falls along the log, so that a time is found by bisecting
  -- positions. None on type and actor: what asks for these alone reads the log window by window.
  create index event_by_correlation on event (correlation_id);

  create trigger event_is_never_updated before update on event begin
    select raise(abort, 'an event is never updated');
  end;

  create trigger event_is_never_deleted before delete on event begin
    select raise(abort, 'an event is never deleted');
  end;

  -- A position that SQLite would have to choose is still -1 here, so it is refused too. FAIL and not ABORT, because
  -- a trigger that can abort makes SQLite copy, for each insert, every page that it is about to write.
  create trigger event_is_only_appended before insert on event
  when new.position <= (select coalesce(max(position), 0) from event) begin
    select raise(fail, 'an event is only inserted after the head');
  end;

  -- Which types and versions of events there are, so that one that the program does not know is found at once at the next
  -- start, however long the log is.
  create table event_kind (
    type           text    not null,
    schema_version integer not null,
    first_position integer not null,
    primary key (type, schema_version)
  ) strict, without rowid;

  -- IGNORE and not ABORT, as above.
  create trigger event_kind_is_noted after insert on event
  when not exists (select 1 from event_kind where type = new.type and schema_version = new.schema_version) begin
    insert or ignore into event_kind values (new.type, new.schema_version, new.position);
  end;

  create table log_identity (
    only_row integer primary key check (only_row = 1),
    log_id   text not null
  ) strict;

  create table log_head (
    only_row integer primary key check (only_row = 1),
    position integer not null,
    link     blob    not null
  ) strict;

  create table receipt (
    actor        text    not null,
    key          text    not null,
    command_type text    not null,
    input_hash   text    not null,
    result       text    not null,
    position     integer,
    recorded_at  integer not null,
    primary key (actor, key)
  ) strict, without rowid;

  create table projection_version (
    name    text primary key,
    version integer not null,
    tables  text    not null -- A JSON array of the names of its tables.
  ) strict;
`

/** The log, its identity and head, the receipts, and which projections are up to date. */
export function createEventLogTables(db: Connection): void {
  const logId = v4() as LogId
  db.exec(TABLES)
  db.prepare('insert into log_identity (only_row, log_id) values (1, ?)').run(logId)
  db.prepare('insert into log_head (only_row, position, link) values (1, 0, ?)').run(genesisLink(logId))
}
