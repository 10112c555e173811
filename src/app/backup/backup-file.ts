import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { extract, pack, type Header, type Pack } from 'tar-stream'
import { err, type Result } from '../../domain/result.ts'
import { addFile, bytesOf, feed } from './tar-streams.ts'
import {
  MANIFEST_DIGEST_NAME,
  MANIFEST_NAME,
  parseManifest,
  type BackupManifest,
  type BackupMember,
} from './backup-manifest.ts'

/** The file is no back-up, or not as it was written. */
export interface BackupDamaged {
  readonly type: 'BackupDamaged'
  /** For the operator. */
  readonly message: string
}

/** Takes the bytes of a member, in their order. */
export type TakeMember = (member: BackupMember, bytes: AsyncIterable<Uint8Array>) => Promise<void>

/** A member as tar-stream gives it out. */
interface Entry {
  readonly header: Header
}

const MAX_TEXT_BYTES = 16_777_216

/**
 * Writes a back-up, and has it on the disk before it settles: a tar file, which the manifest begins.
 *
 * @param file Must not exist. Only its owner can read it.
 * @param pathOf Where the bytes of a member are.
 */
export async function writeBackupFile(
  file: string,
  manifest: BackupManifest,
  pathOf: (member: BackupMember) => string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const tar = pack()
  const handle = await open(file, 'wx', 0o600)
  try {
    await Promise.all([handle.writeFile(counted(bytesOf(tar), onBytes)), addMembers(tar, manifest, pathOf)])
    await handle.sync()
  } finally {
    tar.destroy()
    await handle.close()
  }
}

async function addMembers(
  tar: Pack,
  manifest: BackupManifest,
  pathOf: (member: BackupMember) => string,
): Promise<void> {
  const about = { mode: 0o600, mtime: new Date(manifest.createdAt) }
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  tar.entry({ ...about, name: MANIFEST_NAME }, text)
  for (const member of manifest.members) {
    await addFile(tar, pathOf(member), { ...about, name: member.name, size: member.bytes })
  }
  tar.entry({ ...about, name: MANIFEST_DIGEST_NAME }, sha256(text))
  tar.finalize()
}

/**
 * Reads a back-up to its end, and holds every member against the manifest.
 *
 * @param take What is done with the members; what it was given counts only once all was read and is well.
 * @throws When the file cannot be read, or `take` throws.
 */
export async function readBackupFile(
  file: string,
  take: TakeMember,
  onBytes: (bytes: number) => void,
): Promise<Result<BackupManifest, BackupDamaged>> {
  const tar = extract()
  const feeding = feed(tar, file, onBytes)
  try {
    const read = await readEntries(tar, take)
    return read.ok ? read : damaged(file, read.error)
  } catch (cause) {
    // What the system says names its call; what is wrong with the file, tar-stream says without one.
    if (!(cause instanceof Error) || 'syscall' in cause) throw cause
    return damaged(file, 'code' in cause ? 'its end is missing' : cause.message)
  } finally {
    tar.destroy()
    await feeding
  }
}

async function readEntries(tar: AsyncIterable<Entry>, take: TakeMember): Promise<Result<BackupManifest, string>> {
  const entries = tar[Symbol.asyncIterator]()
  const next = async (): Promise<Entry | undefined> => (await entries.next()).value as Entry | undefined
  const first = await next()
  if (first === undefined || first.header.name !== MANIFEST_NAME) return err('it is no back-up of Seedbank')
  const text = await textOf(first)
  const manifest = text === null ? err('it is no back-up of Seedbank') : parseManifest(text)
  if (!manifest.ok || text === null) return manifest
  for (const member of manifest.value.members) {
    const entry = await next()
    if (entry === undefined) return err(`${member.name} is missing`)
    const wrong = await takeEntry(entry, member, take)
    if (wrong !== null) return err(wrong)
  }
  const last = await next()
  const digest = last?.header.name === MANIFEST_DIGEST_NAME ? await textOf(last) : null
  if (digest !== sha256(text)) return err(`its ${MANIFEST_NAME} is not what was written`)
  return (await next()) === undefined ? manifest : err('there is more in it than was written')
}

/** @returns What is wrong with it; null where it is as was written. */
async function takeEntry(entry: Entry, member: BackupMember, take: TakeMember): Promise<string | null> {
  const { name, size, type } = entry.header
  if (name !== member.name || type !== 'file' || size !== member.bytes) return `${member.name} is not what comes next`
  const hash = createHash('sha256')
  await take(member, hashed(bytesOf(entry), hash))
  return hash.digest('hex') === member.sha256 ? null : `${name} is not what was written`
}

/** @returns Null where it is longer than any that Seedbank writes. */
async function textOf(entry: Entry): Promise<string | null> {
  if (entry.header.size > MAX_TEXT_BYTES) return null
  const parts: Uint8Array[] = []
  for await (const part of bytesOf(entry)) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array, void> {
  for await (const part of bytes) {
    hash.update(part)
    yield part
  }
}

/** The member that a file would be. */
export async function describeMember(path: string, name: string): Promise<BackupMember> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { name, bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let total = 0
  for await (const part of bytes) {
    total += part.length
    onBytes(total)
    yield part
  }
}

function damaged(file: string, reason: string): Result<never, BackupDamaged> {
  return err({ type: 'BackupDamaged', message: `${file} cannot be brought back: ${reason}` })
}
