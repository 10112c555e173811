import { readArchive } from '../../archives/receiving/read-archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { ArchiveBatch, ImportPreview } from '../../messages/importing/preview-import.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import { readArchivesToImport, type ArchivesToImport, type ArchivesToImportPorts } from './archives-to-import.ts'

export interface PreviewPorts extends ArchivesToImportPorts {
  readonly imports: MessageStore['imports']
}

/** What taking over a community's archives would do now. */
export interface CommunityPreview extends ImportPreview {
  /** How many archives would be taken over, and how many cannot be. */
  readonly archives: number
  readonly unreadable: number
}

/** Says what an import would do. Reads all archives that are waiting, and changes nothing. */
export async function previewImportOf(communityId: CommunityId, ports: PreviewPorts): Promise<CommunityPreview> {
  const found = await readArchivesToImport(communityId, ports)
  if (typeof found === 'string') return { added: 0, kept: 0, removed: 0, archives: 0, unreadable: 0 }
  const counts = { archives: 0, unreadable: 0 }
  const archives = batchesOf(found, ports, counts)
  const preview = await ports.imports.preview({ communityId, index: found.index, archives })
  return { ...preview, ...counts }
}

async function* batchesOf(
  { torrent, dataPath, waiting }: ArchivesToImport,
  { cipher }: PreviewPorts,
  counts: { archives: number; unreadable: number },
): AsyncGenerator<ArchiveBatch> {
  for (const archive of waiting) {
    const read = await readArchive({ dataPath, torrent, archive, cipher })
    if (read.ok) {
      counts.archives += 1
      yield { archiveId: archive.id, messages: [] }
      for (const messages of read.value.batches()) yield { archiveId: archive.id, messages }
    } else {
      counts.unreadable += 1
    }
  }
}
