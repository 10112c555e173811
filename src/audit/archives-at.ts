import type { ArchiveId } from '../domain/archive.ts'
import type { ArchiveCreated } from '../domain/events.ts'
import type { ArchiveDownloaded } from '../domain/member-events.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { CommunityAt } from './community-at.ts'

interface ArchiveAt {
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly bytes: number
  /** 0 until it was taken over. */
  messages: number
}

/** What the newest `data` of a community is made of, by the offsets of its archives. */
export interface ArchivesFold {
  readonly pack: (data: ArchiveCreated['data']) => void
  readonly fetch: (data: ArchiveDownloaded['data']) => void
  readonly take: (archiveId: ArchiveId, messages: number) => void
  readonly forget: () => void
  readonly totals: () => Pick<CommunityAt, 'archives' | 'messages' | 'archiveBytes' | 'coveredFrom' | 'coveredTo'>
}

/** Before the first. */
export function createArchivesFold(): ArchivesFold {
  let generation: number | null = null
  const byOffset = new Map<number, ArchiveAt>()
  const fetched = new Map<ArchiveId, ArchiveAt>()
  const forget = (): void => {
    byOffset.clear()
    fetched.clear()
  }
  // A new generation is a new file, which begins at offset 0.
  const useGeneration = (used: number): void => {
    if (used !== generation) forget()
    generation = used
  }
  return {
    pack({ archives, generation: used }) {
      useGeneration(used)
      for (const { from, to, offset, rawBytes, messages } of archives) {
        byOffset.set(offset, { from, to, bytes: rawBytes, messages })
      }
    },
    fetch({ archive: { id, from, to, offset, sizeBytes, paddingBytes }, generation: used }) {
      useGeneration(used)
      const archive = { from, to, bytes: sizeBytes - paddingBytes, messages: 0 }
      byOffset.set(offset, archive)
      fetched.set(id, archive)
    },
    take(archiveId, messages) {
      const archive = fetched.get(archiveId)
      if (archive !== undefined) archive.messages = messages
    },
    forget,
    totals: () => totalsOf([...byOffset.values()]),
  }
}

function totalsOf(archives: readonly ArchiveAt[]): ReturnType<ArchivesFold['totals']> {
  const sum = (of: (archive: ArchiveAt) => number): number => archives.reduce((total, each) => total + of(each), 0)
  return {
    archives: archives.length,
    messages: sum(({ messages }) => messages),
    archiveBytes: sum(({ bytes }) => bytes),
    coveredFrom: archives.reduce<UnixSeconds | null>(
      (least, { from }) => (least === null || from < least ? from : least),
      null,
    ),
    coveredTo: archives.reduce<UnixSeconds | null>((most, { to }) => (most === null || to > most ? to : most), null),
  }
}
