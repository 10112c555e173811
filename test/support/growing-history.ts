import { filesOf } from '../../src/app/torrents.ts'
import { packArchives, type PackingSurroundings } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { TorrentToServe } from '../../src/torrents/client/torrent-to-serve.ts'
import { messagesInMemory } from './in-memory-messages.ts'
import { sampleMessage, SAMPLE_TOPIC } from './sample-message.ts'
import { smallHistory } from './small-history.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { UNSYNCED } from './unsynced-file-steps.ts'
import { valueOf } from './value-of.ts'

/** A version of a history, and what the torrent client needs to serve it. */
export interface GrownHistory extends PackedArchives {
  readonly torrent: TorrentToServe
}

/** A history in pieces of the usual length. */
export interface GrowingHistory {
  /** Packs so many messages, each about a piece long, behind what is there. */
  grow(messages: number, surroundings?: PackingSurroundings): GrownHistory
}

const PAYLOAD_BYTES = 100_000

/** Begins a history in a folder of its own. */
export function createGrowingHistory(): GrowingHistory {
  const { pieceBytes: _pieces, chunkBytes: _chunks, ...request } = smallHistory(createTemporaryFolder())
  let previous: PackedArchives | null = null
  let from = 0
  return {
    grow(messages, surroundings = {}) {
      const sent = Array.from({ length: messages }, (_, index) =>
        sampleMessage({
          topic: SAMPLE_TOPIC,
          timestamp: (from + index) as UnixSeconds,
          payload: Buffer.alloc(PAYLOAD_BYTES, `message ${from + index}`),
        }),
      )
      const to = from + messages
      const range = { from: from as UnixSeconds, to: to as UnixSeconds, partitionSeconds: messages }
      const run = { ...request, ...range, contentTopics: [SAMPLE_TOPIC], previous }
      const packed = valueOf(
        packArchives(run, messagesInMemory(sent, [SAMPLE_TOPIC]), { files: UNSYNCED, ...surroundings }),
      )
      if (packed === null) throw new Error('Nothing was packed')
      previous = packed
      from = to
      return { ...packed, torrent: torrentOf(packed, request.archivesDir) }
    },
  }
}

function torrentOf(packed: PackedArchives, archivesDir: string): TorrentToServe {
  const { communityId } = smallHistory(archivesDir)
  return {
    ...filesOf({ communityId, isFetched: false, ...packed }, archivesDir),
    trackers: [],
    trustedTrackers: [],
    check: 'IF_CHANGED',
  }
}
