import Database from 'better-sqlite3'

interface Row {
  readonly position: number
  readonly data: string
}

const PAGE_ROWS = 1_000

/** What a program does that knows nothing of events: all rows, as objects, in pages, and their JSON parsed. */
export function readPlainly(file: string): number {
  const db = new Database(file, { readonly: true })
  const page = db.prepare<[number], Row>(`select * from event where position > ? order by position limit ${PAGE_ROWS}`)
  let [position, parsed] = [0, 0]
  for (let rows = page.all(position); rows.length > 0; rows = page.all(position)) {
    for (const { data } of rows) if (JSON.parse(data) !== null) parsed += 1
    position = rows.at(-1)?.position ?? position
  }
  db.close()
  return parsed
}
