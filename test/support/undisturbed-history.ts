import { readFileSync } from 'node:fs'
import { recordedMessages } from '../../src/app/packing/recorded-messages.ts'
import { dataPathOf } from '../../src/archives/archive-paths.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from './temporary-message-store.ts'
import { BEGINNING, OWN_TOPICS, TALKS, WEEK, type Delivery } from './two-years-plan.ts'
import { UNSYNCED } from './unsynced-file-steps.ts'
import { valueOf } from './value-of.ts'

/**
 * Packs what the n-th community said week by week, each as soon as it is over, without a node that anything could
 * happen to.
 *
 * @returns Its `data`.
 */
export async function packUndisturbed(
  deliveries: readonly Delivery[],
  community: number,
  weeks: number,
): Promise<Uint8Array> {
  const archivesDir = createTemporaryFolder()
  const { store } = openTemporaryStore(createTemporaryFolder())
  const waiting = deliveries.filter((delivery) => delivery.community === community)
  const range = { archivesDir, communityId: COMMUNITY, contentTopics: OWN_TOPICS, partitionSeconds: WEEK }
  let version = null as PackedArchives | null
  let recordedAfter = 0
  let from = TALKS[community]?.begin ?? Infinity
  for (; from + WEEK <= BEGINNING + (weeks + 1) * WEEK; from += WEEK) {
    while ((waiting[0]?.at ?? Infinity) < from + WEEK) await store.record(COMMUNITY, waiting.shift()?.messages ?? [])
    const recordedUpTo = store.newestSequence()
    const week = { from: from as UnixSeconds, to: (from + WEEK) as UnixSeconds }
    const request: PackingRequest = { ...range, ...week, previous: version, trackers: [], createdAt: week.to }
    const source = recordedMessages(store, { ...request, recordedAfter, recordedUpTo })
    version = valueOf(packArchives(request, source, { files: UNSYNCED })) ?? version
    recordedAfter = recordedUpTo
  }
  if (waiting.length > 0) throw new Error(`${waiting.length} deliveries come after the last week`)
  return readFileSync(dataPathOf(archivesDir, COMMUNITY, 1))
}
