import { err, ok } from '../../src/domain/result.ts'
import type { ReactingNodeOptions } from './reacting-node.ts'
import { createSeedingClientInMemory } from './seeding-client-in-memory.ts'

export interface MissingFiles {
  readonly options: ReactingNodeOptions
  /** How often the files were looked for, and mended in vain. */
  readonly tries: { serve: number; repair: number }
  /** Takes the files away from the torrent client, which has to open them again. */
  readonly vanish: () => void
}

/** A node whose files are missing, from the first or once they vanish, and cannot be mended. */
export function missingFiles({ areThere = false } = {}): MissingFiles {
  const tries = { serve: 0, repair: 0 }
  const client = createSeedingClientInMemory()
  let isMissing = !areThere
  client.answerWith(() => {
    tries.serve += 1
    return isMissing ? err({ code: 'FILES_MISSING' }) : ok(null)
  })
  const repairs: ReactingNodeOptions['repairs'] = {
    async repair() {
      tries.repair += 1
      return err({ code: 'FILES_DAMAGED' })
    },
    endUnwanted: async () => undefined,
  }
  const vanish = (): void => {
    isMissing = true
    client.die()
    client.restart()
  }
  return { options: { client, repairs }, tries, vanish }
}
