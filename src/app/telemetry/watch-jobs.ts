import type { SeedingRow } from '../../projections/read-seeding.ts'
import type { ArchivingPorts } from '../../reactors/archiving-reactor.ts'
import type { SeedingClient } from '../../reactors/seeding-reactor.ts'
import { wordOf, workOf, type WatchWork } from '../../reactors/watch-work.ts'

/** Looks on at each run, from its turn to its end. */
export function watchRuns(pack: ArchivingPorts['pack'], watch: WatchWork): ArchivingPorts['pack'] {
  return async (run, signal) =>
    watch(
      workOf('archive run', run, { run: run.runId }),
      async () => pack(run, signal),
      (packed) => (packed.ok ? packed.value.type.toLowerCase() : packed.error.code),
    )
}

/** Looks on while files are checked and a torrent comes to be served. */
export function watchServing(client: SeedingClient<SeedingRow>, watch: WatchWork): SeedingClient<SeedingRow> {
  return {
    ...client,
    serve: async (torrent, check) =>
      watch(
        workOf('torrent serve', torrent, { torrent: torrent.infoHash, check }),
        async () => client.serve(torrent, check),
        wordOf,
      ),
  }
}
