import { mkdirSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkVersion } from '../../../src/archives/repair/check-version.ts'
import { nodeFileSteps, type FileSteps } from '../../../src/archives/file-steps.ts'
import { archiveAt, historyOnDisk, pathsOf, PIECE_LENGTH as PIECE } from '../../support/recorded-history.ts'
import { systemError } from '../../support/recorded-file-steps.ts'
import { valueOf } from '../../support/value-of.ts'

describe('a check that the system hinders', () => {
  test('takes a piece as bad that the disk does not give, and goes on', () => {
    const { second } = historyOnDisk()
    const read: FileSteps['read'] = (file, bytes, position) => {
      if (position === 3 * PIECE && bytes.length === PIECE) throw systemError('EIO')
      return nodeFileSteps.read(file, bytes, position)
    }
    const dataPieces = second.version.dataBytes / PIECE
    const { damage } = valueOf(checkVersion(second, { files: { ...nodeFileSteps, read } }))
    // One of data, and one of the index.
    expect(damage).toMatchObject({
      pieces: [
        { from: 3, to: 4 },
        { from: dataPieces + 3, to: dataPieces + 4 },
      ],
      archives: [archiveAt(second, 0).id],
      index: true,
    })
  })

  test('reads on where the system gives less than it was asked for', () => {
    const { second } = historyOnDisk()
    const read: FileSteps['read'] = (file, bytes, position) =>
      nodeFileSteps.read(file, bytes.subarray(0, Math.min(bytes.length, 100)), position)
    expect(valueOf(checkVersion(second, { files: { ...nodeFileSteps, read } })).damage).toBeNull()
  })

  test.each([
    ['EMFILE', 'TOO_MANY_OPEN_FILES'],
    ['ENFILE', 'TOO_MANY_OPEN_FILES'],
    ['EACCES', 'ACCESS_DENIED'],
    ['ENOMEM', 'INTERNAL'],
  ])('says nothing about the files after %s', (systemCode, code) => {
    const { second } = historyOnDisk()
    const paths = pathsOf(second)
    for (const hindered of [paths.data, paths.index, paths.torrent]) {
      const openToRead: FileSteps['openToRead'] = (path) => {
        if (path === hindered) throw systemError(systemCode)
        return nodeFileSteps.openToRead(path)
      }
      const checked = checkVersion(second, { files: { ...nodeFileSteps, openToRead } })
      expect(checked).toMatchObject({ ok: false, error: { type: 'FileWorkFailed', code } })
    }
  })

  test('does not open what is no regular file: that could wait for ever', () => {
    const { second } = historyOnDisk()
    const { data, index, torrent } = pathsOf(second)
    const opened: string[] = []
    const openToRead: FileSteps['openToRead'] = (path) => {
      opened.push(path)
      return nodeFileSteps.openToRead(path)
    }
    for (const path of [data, index, torrent]) {
      rmSync(path)
      mkdirSync(path)
    }
    valueOf(checkVersion(second, { files: { ...nodeFileSteps, openToRead } }))
    expect(opened).toEqual([])
  })

  test('leaves no file open', () => {
    const { second } = historyOnDisk()
    const open = new Set<number>()
    const files: FileSteps = {
      ...nodeFileSteps,
      openToRead: (path) => {
        const file = nodeFileSteps.openToRead(path)
        open.add(file)
        return file
      },
      close: (file) => {
        open.delete(file)
        nodeFileSteps.close(file)
      },
    }
    valueOf(checkVersion(second, { files }))
    expect(open.size).toBe(0)
    let pieces = 0
    expect(checkVersion(second, { files, isStopped: () => (pieces += 1) > 5 })).toMatchObject({ ok: false })
    expect(open.size).toBe(0)
  })

  test('ends as soon as it is asked to', () => {
    const { second } = historyOnDisk()
    let isStopped = false
    const progress: number[] = []
    const onProgress = (done: number): void => {
      progress.push(done)
      isStopped = progress.length === 3
    }
    const checked = checkVersion(second, { onProgress, isStopped: () => isStopped })
    expect(checked).toMatchObject({ ok: false, error: { code: 'STOPPED' } })
    expect(progress).toEqual([PIECE, 2 * PIECE, 3 * PIECE])
  })

  test('is a fault where the archives are not those of the version', () => {
    const { first, second } = historyOnDisk()
    for (const archives of [first.archives, second.archives.slice(1), second.archives.toReversed(), []]) {
      const checked = checkVersion({ ...second, archives })
      expect(checked).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
    }
  })
})
