/** So much of `data` is one group: to take that over is some tenths of a second. */
const GROUP_BYTES = 1_048_576

/**
 * Groups archives that are taken over, and told to the log, together: each time, both wait for the disk, however little there
 * is. One that is longer is a group of its own.
 */
export function groupArchives<Archive extends { readonly sizeBytes: number }>(
  archives: readonly Archive[],
): readonly (readonly Archive[])[] {
  const groups: Archive[][] = []
  let bytes = Infinity
  for (const archive of archives) {
    bytes += archive.sizeBytes
    if (bytes > GROUP_BYTES) {
      groups.push([])
      bytes = archive.sizeBytes
    }
    groups.at(-1)?.push(archive)
  }
  return groups
}
