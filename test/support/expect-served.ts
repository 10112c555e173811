import { expect } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { pastsOf } from './pasts-of.ts'
import { readLogSnapshot, type LogSnapshot } from './log-snapshot.ts'
import { servedIn, type NodeState, type TorrentState } from './node-state.ts'
import { completeBitfield, readBitfield } from './served-pieces.ts'

/**
 * Expects the log, the API and the torrent client to tell of the same torrents: a peer that dials each torrent that
 * ever was is offered all pieces of those that are recorded as served, and is turned away for the others.
 *
 * @param state What the API just said.
 * @returns The log, as it was then.
 */
export async function expectServedAsRecorded(dataDir: string, state: NodeState): Promise<LogSnapshot> {
  const snapshot = await readLogSnapshot(dataDir)
  const pasts = [...pastsOf(snapshot.events).values()]
  const recorded = servedIn(state)
  const hashes: readonly string[] = recorded.map(({ infoHash }) => infoHash).sort()
  expect(pasts.flatMap(({ served }) => [...served]).sort()).toEqual(hashes)
  const { port } = state.status.torrentClient
  for (const torrent of recorded) await expectWhole(port, torrent)
  for (const infoHash of pasts.flatMap(({ created }) => created)) {
    if (!hashes.includes(infoHash)) expect(await readBitfield(port ?? 0, infoHash)).toBeNull()
  }
  return snapshot
}

/** Expects the torrent client to offer every piece of a torrent to a peer that dials it. */
export async function expectWhole(
  port: number | null,
  { infoHash, dataBytes, indexBytes }: Pick<TorrentState, 'infoHash' | 'dataBytes' | 'indexBytes'>,
): Promise<void> {
  const pieces = Math.ceil((dataBytes + indexBytes) / PIECE_BYTES)
  expect(await readBitfield(port ?? 0, infoHash)).toEqual(completeBitfield(pieces))
}
