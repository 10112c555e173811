import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'
import { onTestFinished } from 'vitest'

/** A disk in a folder whose size a test sets. */
export interface SmallDisk {
  /** Lets it hold so many bytes, and as many files as it likes. */
  setBytes(bytes: number): void
  /** Lets it make no more files and folders than there are, though bytes would be free. */
  allowNoMoreFiles(): void
  readonly freeBytes: number
}

/**
 * Mounts a disk in memory, gone when the test is over.
 *
 * @returns Null where the system does not let this process mount one.
 */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    console.log(`No disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
  // Lazily: a process that ends may still hold a file.
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  const remount = (options: string): void => {
    execFileSync('mount', ['-o', `remount,${options}`, folder], { stdio: 'pipe' })
  }
  return {
    setBytes: (size) => remount(`size=${size},nr_inodes=10000`),
    allowNoMoreFiles() {
      const { files, ffree } = statfsSync(folder)
      remount(`nr_inodes=${files - ffree}`)
    },
    get freeBytes() {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
  }
}
