import type { ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import {
  archivePieces,
  isArchiveHeld,
  missingPieces,
  selectArchives,
  type IsHeld,
} from '../../archives/receiving/select-archives.ts'
import type { Command } from '../../domain/commands.ts'
import type { RecordDownloadFinished } from '../../domain/member-commands.ts'
import { isPieceHeld, readHeldPieces } from '../../formats/held-pieces.ts'
import { pieceCountOf, piecesIn } from '../../formats/piece-ranges.ts'
import { requireSpace, type DownloadOfTorrent } from './download-job.ts'
import { requireRecorded, valueOrStop } from './download-stopped.ts'
import { createFetchedArchives } from './fetched-archives.ts'

/**
 * Fetches the pieces that are missing of the archives that are wanted, and records each archive as soon as all of it is
 * durable; those that were here before, too.
 *
 * @throws DownloadStop.
 */
export async function fetchArchives(
  job: DownloadOfTorrent,
  archives: readonly ReceivedArchive[],
): Promise<RecordDownloadFinished['download']> {
  const { running, torrent, chosen, files, download, tell, claim, signal } = job
  const { pieceBytes } = torrent
  const { downloadId, selection } = running
  const isHeld = await readIsHeld(job)
  const wanted = selectArchives(archives, selection, isHeld, pieceBytes)
  const pieces = missingPieces(wanted, isHeld, pieceBytes)
  const bytes = pieceCountOf(pieces) * pieceBytes
  await requireSpace(bytes, job)
  tell.expect(wanted.length, bytes)

  const recorder = createRecorder(job)
  recorder.add(archives.filter((archive) => isArchiveHeld(archive, isHeld, pieceBytes)))
  if (pieces.length > 0) {
    const fetched = createFetchedArchives(wanted, pieceBytes)
    fetched.add(piecesIn(wanted.map((archive) => archivePieces(archive, pieceBytes))).filter(isHeld))
    const onDurable = (durable: readonly number[]): void => {
      const complete = fetched.add(durable)
      tell.completed(complete.length)
      recorder.add(complete)
    }
    const onPiece = (): void => {
      tell.fetched(pieceBytes)
      claim.written(pieceBytes)
    }
    const options = { signal, onPiece, onDurable }
    const outcome = await download.fetch({ files, pieces }, options)
    await recorder.settled()
    valueOrStop(outcome)
  }
  await recorder.settled()
  const isHeldNow = await readIsHeld(job)
  const heldArchives = archives.filter((archive) => isArchiveHeld(archive, isHeldNow, pieceBytes)).length
  const { dataBytes, indexBytes } = torrent
  const { generation } = chosen
  return { downloadId, generation, dataBytes, indexBytes, archives: archives.length, heldArchives }
}

/** Which pieces are here by now. */
async function readIsHeld({ chosen, torrent }: DownloadOfTorrent): Promise<IsHeld> {
  const held = await readHeldPieces(chosen.heldPath)
  return (piece) => isPieceHeld(held, torrent, piece)
}

interface ArchiveRecorder {
  add(archives: readonly ReceivedArchive[]): void
  /** @throws When the log could not be written; DownloadStop where it refused. */
  settled(): Promise<void>
}

/** Records archives one group after the other, while more are fetched. */
function createRecorder({ running, ports, chosen }: DownloadOfTorrent): ArchiveRecorder {
  const { communityId, downloadId } = running
  const recording: Promise<unknown>[] = []
  const record = async (command: Command): Promise<void> => requireRecorded(await ports.record(command, running))
  return {
    add(archives) {
      if (archives.length === 0) return
      const entries = archives.map(({ contentTopics: _, ...entry }) => entry)
      const told = { downloadId, generation: chosen.generation, archives: entries }
      const recorded = record({ type: 'RecordArchivesDownloaded', communityId, ...told })
      recorded.catch(() => undefined) // Whoever waits for all of them hears of it.
      recording.push(recorded)
    },
    async settled() {
      await Promise.all(recording)
    },
  }
}
