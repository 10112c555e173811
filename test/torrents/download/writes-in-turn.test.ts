import { statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
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
  test('are written one after the other, so that each can be told from what somebody else writes', async () => {
    const versions = createVersions()
    const { dataPath, heldPath, old } = versions
    for (const path of [dataPath, heldPath]) writeFileSync(path, '')
    const torrent = valueOf(parseTorrentFile(old.torrentFile))
    const notes = await WatchedNotes.begin({ dataPath, heldPath }, torrent, statSync(dataPath, { bigint: true }))
    const steps: string[] = []
    const writeSlowly = async (): Promise<void> => {
      steps.push('first begins')
      await readFile(old.torrent.indexPath)
      steps.push('first ends')
    }
    await Promise.all([notes.write(writeSlowly), notes.write(async () => void steps.push('second'))])
    expect(steps).toEqual(['first begins', 'first ends', 'second'])
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
