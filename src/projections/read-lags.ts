import { sql as raw, type Kysely } from 'kysely'
import { projections, type ReadModels } from './read-models.ts'

/**
 * How many events each read model is behind, as readers see it: what is appended is seen with its read models, so 0, unless
 * readers do not see what was appended. One that is not of this program's version stands at the beginning.
 *
 * @param head The position of the newest event, as the writer knows it.
 */
export async function readProjectionLags(db: Kysely<ReadModels>, head: number): Promise<ReadonlyMap<string, number>> {
  const kept = await raw<{ readonly name: string; readonly version: number; readonly position: number }>`
    select name, version, (select position from log_head) as position from projection_version`.execute(db)
  const rows = new Map(kept.rows.map((row) => [row.name, row]))
  return new Map(
    projections.map(({ name, version }) => {
      const row = rows.get(name)
      return [name, Math.max(0, head - (row?.version === version ? row.position : 0))]
    }),
  )
}
