import type { EventQuery } from '../../events/event-log.ts'
import type { Position, Recorded } from '../../events/recorded-event.ts'
import type { GraphqlContext } from '../context.ts'
import { formatCursor, parseCursor } from '../scalars/cursor.ts'
import { readPage, type Page, type PageArgs } from '../scalars/page.ts'

/** Reads one page of the events that a query asks for. A page stays the same while the log grows. */
export async function readEventPage(
  args: PageArgs,
  query: Omit<EventQuery, 'limit' | 'order'>,
  context: GraphqlContext,
): Promise<Page<Recorded>> {
  return readPage<Recorded>(
    args,
    ({ position }) => formatCursor(position, context),
    async ({ after, before, limit, inverted }) => {
      const from = Math.max(query.after ?? 0, after === undefined ? 0 : parseCursor(after, context))
      const to = Math.min(
        query.before ?? Number.MAX_SAFE_INTEGER,
        before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(before, context),
      )
      const range = { after: from as Position, before: to as Position }
      return context.log.read({ ...query, ...range, limit, order: inverted ? 'DESC' : 'ASC' })
    },
    context.turns,
  )
}
