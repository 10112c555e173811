import type { SharedFiles } from '../../src/torrents/seeder/shared-file.ts'

/** Files that tell how many bytes each read of them gave. */
export function countingReads(shared: SharedFiles, onRead: (bytes: number) => void): SharedFiles {
  return {
    async open(path) {
      const file = await shared.open(path)
      return {
        ...file,
        async read(offset, length) {
          const bytes = await file.read(offset, length)
          onRead(bytes.length)
          return bytes
        },
      }
    },
  }
}
