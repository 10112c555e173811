import type { MagnetlinkDispatched } from '../../domain/events.ts'
import type { Recorded } from '../../events/recorded-event.ts'
import type { MagnetlinkRow } from '../../projections/magnetlinks.ts'

/** The magnet link that an event dispatched, as the read model has it. */
export function magnetlinkOf({ event, position, recordedAt }: Recorded<MagnetlinkDispatched>): MagnetlinkRow {
  return { ...event.data, communityId: event.communityId, position, dispatchedAt: recordedAt }
}
