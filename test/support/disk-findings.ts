import { join } from 'node:path'
import { dataPathOf, indexPathOf, torrentPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import { findBadPieces } from '../../src/formats/bad-pieces.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { stepsOn } from './disk-model-steps.ts'
import type { DiskModel } from './disk-model.ts'
import { ARCHIVES, packOn, requestOf, sweepOn, undisturbed, versionsUpTo } from './packing-scenes.ts'
import { smallHistory } from './small-history.ts'

const { communityId, pieceBytes } = smallHistory(ARCHIVES)

/**
 * Starts on a disk as a process does whose log names so many versions, and packs once more.
 *
 * @returns What is not as it should be: a version that does not verify, a file that no version needs, a promise that
 *   another power cut would break, or a run that makes other bytes than one that nothing disturbed.
 */
export async function findingsAfterStart(disk: DiskModel, recorded: number): Promise<readonly string[]> {
  stepsOn(disk).makeFolder(ARCHIVES)
  sweepOn(stepsOn(disk), recorded)
  const findings = [...(await damagedVersions(disk, recorded)), ...strayPaths(disk, recorded)]
  const unsynced = disk.unsynced().filter((path) => path.startsWith(ARCHIVES))
  findings.push(...unsynced.map((path) => `${path} is not synced after the sweep`))
  return findings.length > 0 ? findings : findingsOfNextRun(disk, recorded)
}

/** By what the run is packed on: most power cuts leave the same once they are swept. */
const ofNextRun = new Map<string, readonly string[]>()

function findingsOfNextRun(disk: DiskModel, recorded: number): readonly string[] {
  const key = `${recorded} ${disk.digest()}`
  const known = ofNextRun.get(key)
  if (known !== undefined) return known
  const findings: string[] = []
  const version = packOn(stepsOn(disk), requestOf(recorded + 1))
  const data = disk.bytesAt(dataPathOf(ARCHIVES, communityId, version.generation))
  const expected = undisturbed(recorded + 1)
  if (JSON.stringify(version) !== JSON.stringify(expected.version)) findings.push('the next run makes another version')
  if (Buffer.compare(data, expected.data) !== 0) findings.push('the next run makes other bytes')
  findings.push(...strayPaths(disk, recorded + 1))
  ofNextRun.set(key, findings)
  return findings
}

/** The versions of which a piece, the length or the torrent itself is not what was recorded. */
export async function damagedVersions(disk: DiskModel, recorded: number): Promise<readonly string[]> {
  const damaged: string[] = []
  for (const [index, version] of versionsUpTo(recorded).entries()) {
    const found = await damageOf(disk, version)
    if (found !== null) damaged.push(`version ${index + 1} of ${recorded}: ${found}`)
  }
  return damaged
}

async function damageOf(disk: DiskModel, version: PackedArchives): Promise<string | null> {
  const paths = [torrentPathOf, indexPathOf].map((pathOf) => pathOf(ARCHIVES, communityId, version.infoHash))
  const [torrentBytes, index, data] = [...paths, dataPathOf(ARCHIVES, communityId, version.generation)].map((path) =>
    disk.find(path)?.state.kind === 'FILE' ? disk.bytesAt(path) : null,
  )
  if (!torrentBytes || !index || !data) return 'a file is missing'
  const torrent = parseTorrentFile(torrentBytes, pieceBytes)
  if (!torrent.ok) return 'its torrent file is malformed'
  const { infoHash, dataBytes, indexBytes } = torrent.value
  if (infoHash !== version.infoHash || dataBytes !== version.dataBytes) return 'its torrent file is of another version'
  if (indexBytes !== index.length) return 'its index has another length'
  const stretches = [
    { bytes: data.subarray(0, dataBytes), length: dataBytes, firstPiece: 0 },
    { bytes: index, length: indexBytes, firstPiece: dataBytes / torrent.value.pieceBytes },
  ]
  for (const { bytes, ...stretch } of stretches) {
    const read = async (offset: number, length: number): Promise<Uint8Array> => bytes.subarray(offset, offset + length)
    for await (const piece of findBadPieces(torrent.value, { ...stretch, read })) return `piece ${piece} is bad`
  }
  return null
}

/** What lies on the disk, or does not, and how long it is, where that is not what so many versions need. */
export function strayPaths(disk: DiskModel, recorded: number): readonly string[] {
  const versions = versionsUpTo(recorded)
  const newest = versions.at(-1)
  const expected = new Map<string, number | null>([
    ['', null],
    [ARCHIVES, null],
  ])
  if (newest !== undefined) expected.set(dataPathOf(ARCHIVES, communityId, newest.generation), newest.dataBytes)
  for (const { infoHash, indexBytes } of versions) {
    const folder = versionFolderOf(ARCHIVES, communityId, infoHash)
    const torrentBytes = disk.find(join(folder, 'torrent')) === null ? -1 : disk.bytesAt(join(folder, 'torrent')).length
    expected.set(folder, null).set(join(folder, 'index'), indexBytes).set(join(folder, 'torrent'), torrentBytes)
    const stamp = join(folder, 'stamp')
    if (disk.find(stamp) !== null) expected.set(stamp, wholeStampBytes(disk.bytesAt(stamp)))
  }
  // The folder of a community whose first run broke off may stay: its first version will need it.
  const found = new Map([...disk.tree()].map(([path, bytes]) => [path, bytes?.length ?? null]))
  found.delete(join(ARCHIVES, communityId))
  const paths = new Set([...expected.keys(), ...found.keys()])
  return [...paths]
    .filter((path) => expected.get(path) !== found.get(path))
    .map((path) => lengthsOf(path, expected, found))
}

/** The length of a stamp, which no version needs; but one that is there is whole. */
function wholeStampBytes(bytes: Uint8Array): number {
  return /^data .*\n(index .*\ntorrent .*\n)?checked=\d+\n$/.test(Buffer.from(bytes).toString()) ? bytes.length : -1
}

function lengthsOf(
  path: string,
  expected: ReadonlyMap<string, number | null>,
  found: ReadonlyMap<string, number | null>,
): string {
  return `${path}: expected ${expected.get(path)}, found ${found.get(path)}`
}
