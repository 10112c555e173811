import { statSync, writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { WatchedNotes } from '../../../src/torrents/download/watched-notes.ts'
import {
  checkVersion as check,
  createNotedVersions as createVersions,
  openDownload as open,
} from '../../support/noted-versions.ts'
import { valueOf } from '../../support/value-of.ts'

describe('pieces that come at once', () => {
  async function begin(): Promise<WatchedNotes> {
    const versions = createVersions()
    const { dataPath, heldPath, old } = versions
    for (const path of [dataPath, heldPath]) writeFileSync(path, '')
    const torrent = valueOf(parseTorrentFile(old.torrentFile))
    return WatchedNotes.begin({ dataPath, heldPath }, torrent, statSync(dataPath, { bigint: true }))
  }

  test('are written together, and those that come meanwhile after them, together', async () => {
    const notes = await begin()
    const steps: string[] = []
    const late: Promise<void>[] = []
    const slowly = (name: string) => async (): Promise<void> => {
      steps.push(`${name} begins`)
      if (name === 'second') late.push(notes.write(slowly('third')), notes.write(slowly('fourth')))
      await nextTurn()
      steps.push(`${name} ends`)
    }
    await Promise.all([notes.write(slowly('first')), notes.write(slowly('second'))])
    await Promise.all(late)
    const together = (one: string, other: string): string[] =>
      ['begins', 'ends'].flatMap((step) => [`${one} ${step}`, `${other} ${step}`])
    expect(steps).toEqual([...together('first', 'second'), ...together('third', 'fourth')])
  })

  test('fail alone', async () => {
    const notes = await begin()
    const full = async (): Promise<void> => Promise.reject(new Error('the disk is full'))
    const written: number[] = []
    const outcomes = await Promise.allSettled([
      notes.write(async () => void written.push(1)),
      notes.write(full),
      notes.write(async () => void written.push(3)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(written).toEqual([1, 3])
    await expect(notes.write(async () => void written.push(4))).resolves.toBeUndefined()
  })

  test('are all written and noted where the download is closed meanwhile', async () => {
    const versions = createVersions()
    const { disk, write } = await open(versions, versions.old)
    const written = write(0, 1, 2)
    await disk.close()
    await written
    expect(await check(versions, versions.old, 'WHOLE')).toMatchObject({ struck: 0, dataPieces: 3 })
  })
})
