/** A process that packs one run when it is told to, so that what its memory grows by is packing's own. */
import { packRecorded, type RecordedRun, type RecordedRunEnd } from '../../src/app/packing/pack-recorded.ts'
import { createPackingThreads } from '../../src/app/packing/pack-run.ts'
import { nodeFileSteps, type FileSteps } from '../../src/archives/file-steps.ts'
import type { ArchiveVersion } from '../../src/archives/packing/previous-version.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'

/** A run to be packed. */
export interface PackingJob {
  readonly messagesFile: string
  readonly run: RecordedRun
}

/** What became of it. */
export interface PackingOutcome {
  readonly version: ArchiveVersion & { readonly indexBytes: number }
  /** From the start of the thread to its end. */
  readonly tookMs: number
  /** Of all processors, meanwhile: a busy machine does not change it by much. */
  readonly cpuMs: number
}

/** What a run wrote and read. All of it is hashed, and nothing else. */
export interface PackingBytes {
  readonly writtenBytes: number
  readonly readBytes: number
}

process.once('message', ({ type, job }: { readonly type: 'PACK' | 'COUNT'; readonly job: PackingJob }) => {
  const answer = type === 'PACK' ? pack(job) : count(job)
  answer.then(
    (told) => process.send?.(told),
    (fault: unknown) => {
      console.error(fault)
      process.exit(1)
    },
  )
})
process.send?.('READY')

async function pack({ messagesFile, run }: PackingJob): Promise<PackingOutcome> {
  const packOnThread = createPackingThreads(messagesFile)
  const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()]
  const end = await packOnThread(run, new AbortController().signal)
  const { user, system } = process.cpuUsage(usedBefore)
  return { version: versionOf(end), tookMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

/** Packs without a thread, whose steps on the file system could not be seen. */
async function count({ messagesFile, run }: PackingJob): Promise<PackingBytes> {
  const counted = { writtenBytes: 0, readBytes: 0 }
  const files: FileSteps = {
    ...nodeFileSteps,
    write(file, bytes) {
      const written = nodeFileSteps.write(file, bytes)
      counted.writtenBytes += written
      return written
    },
    read(file, bytes, position) {
      const read = nodeFileSteps.read(file, bytes, position)
      counted.readBytes += read
      return read
    },
  }
  const messages = openMessageReader(messagesFile)
  versionOf(packRecorded(messages, run, { files }))
  await messages.close()
  return counted
}

function versionOf({ packed, details }: RecordedRunEnd): PackingOutcome['version'] {
  if (!packed.ok || packed.value.type !== 'CREATED') throw new Error(`Cannot measure: nothing was created. ${details}`)
  const { infoHash, generation, dataBytes, indexBytes } = packed.value.archive
  return { infoHash, generation, dataBytes, indexBytes }
}
