import { existsSync } from 'node:fs'
import { link, rename } from 'node:fs/promises'

/** How the systems say that there are no hard links on a disk: FAT, some network and FUSE file systems. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/**
 * Gives a whole file its own name, in one step, and never that of a file that is there.
 *
 * Unlike a rename, a link fails where a file is. Where there are none it is a rename after a look: a file that somebody
 * else puts there between the two is lost.
 *
 * @param from On the same file system. May be there after it too.
 * @returns Whether it got the name; false where there is a file of it.
 * @throws When the disk fails.
 */
export async function placeFile(from: string, to: string, hardLink = link): Promise<boolean> {
  try {
    await hardLink(from, to)
    return true
  } catch (cause) {
    const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'EEXIST') return false
    if (!NO_LINKS.includes(code)) throw cause
    if (existsSync(to)) return false
    await rename(from, to)
    return true
  }
}
