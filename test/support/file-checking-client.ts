import { filesOf } from '../../src/app/torrents.ts'
import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { SeedingRow } from '../../src/projections/read-seeding.ts'
import type { FileCheck } from '../../src/reactors/plan-seeding.ts'
import type { SeedingClient } from '../../src/reactors/seeding-reactor.ts'
import { openChecked } from '../../src/torrents/seeder/checked-files.ts'
import { failureCodeOf } from '../../src/torrents/seeder/seeding-failure.ts'
import { createSharedFiles } from '../../src/torrents/seeder/shared-file.ts'
import { createSeedingClientInMemory } from './seeding-client-in-memory.ts'

type Served = Result<unknown, { readonly code: SeedingFailureCode }>

/** A torrent client without a network. What it serves, it has found on the disk. */
export interface FileCheckingClient extends SeedingClient<SeedingRow> {
  /** Its process ends, and serves nothing until `restart`. */
  die(): void
  restart(): void
}

export interface FileCheckingClientPorts {
  readonly archivesDir: string
  /** Why it cannot serve just now, though the files are good; null when nothing stands against it. */
  readonly refusal: () => SeedingFailureCode | null
  /** Is told of each torrent that it has dropped, and of what it still serves. */
  readonly onDropped: (infoHash: InfoHash, active: ReadonlySet<InfoHash>) => Promise<void>
}

/** Checks the files of a torrent as the real one does, and opens no connection. */
export function createFileCheckingClient(ports: FileCheckingClientPorts): FileCheckingClient {
  const { archivesDir, refusal, onDropped } = ports
  const memory = createSeedingClientInMemory()
  return {
    isUp: memory.isUp,
    active: memory.active,
    die: memory.die,
    restart: memory.restart,
    async serve(torrent, check) {
      const refused = refusal()
      const checked = refused === null ? await checkFiles(torrent, check, archivesDir) : err({ code: refused })
      return checked.ok ? memory.serve(torrent, check) : checked
    },
    async drop(infoHash) {
      await memory.drop(infoHash)
      await onDropped(infoHash, memory.active())
    },
  }
}

async function checkFiles(torrent: SeedingRow, check: FileCheck, archivesDir: string): Promise<Served> {
  const ports = { shared: createSharedFiles(), onStampFailed: () => undefined }
  try {
    const noTrackers = { trackers: [], trustedTrackers: [] }
    const { files } = await openChecked(ports, { ...filesOf(torrent, archivesDir), ...noTrackers, check })
    await files.close()
    return ok(null)
  } catch (error) {
    return err({ code: failureCodeOf(error) })
  }
}
