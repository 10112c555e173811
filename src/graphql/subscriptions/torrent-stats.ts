import type { CommunityId } from '../../domain/community-id.ts'
import { readCommunitySeeding, type SeedingRow } from '../../projections/seeding.ts'
import { builder } from '../builder.ts'
import type { GraphqlContext } from '../context.ts'
import { guardStream } from '../transport/guarded-stream.ts'
import { Torrent } from '../nouns/torrent.ts'

const SAMPLE_MS = 1000

builder.subscriptionField('torrentStats', (t) =>
  t.field({
    type: [Torrent],
    description: 'The torrents of a community with what they do, sampled once a second. A slow client misses samples.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    subscribe: (_root, { communityId }, context) => sampleTorrents(communityId, context),
    resolve: (rows) => rows,
  }),
)

/** One sample a second while somebody pulls. The first comes at once, and none is ever held. */
function sampleTorrents(
  communityId: CommunityId,
  context: GraphqlContext,
): AsyncIterableIterator<readonly SeedingRow[], undefined> {
  const abort = new AbortController()
  let dueAt = 0

  async function pull(): Promise<readonly SeedingRow[] | undefined> {
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await wait(waitMs, abort.signal)
    if (abort.signal.aborted) return undefined
    dueAt = performance.now() + SAMPLE_MS
    return readCommunitySeeding(context.db, communityId)
  }

  return guardStream({ pull, release: async () => abort.abort() }, context)
}

/** Resolves after a time, or as soon as the signal aborts. */
async function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    signal.addEventListener('abort', done)
  })
}
