import type { GraphqlPorts } from '../../graphql/context.ts'
import { readUsedBytes } from '../packing/disk-use.ts'
import { readFreeBytes } from '../packing/free-bytes.ts'
import type { Settings } from '../settings.ts'
import type { NodeBandwidth } from './node-bandwidth.ts'

/** Creates what tells how fast the node may be now, and what it takes and may take of its disk. */
export function createLimitsReader(
  { dataDir, diskQuota: quotaBytes, minFreeBytes }: Pick<Settings, 'dataDir' | 'diskQuota' | 'minFreeBytes'>,
  bandwidth: Pick<NodeBandwidth, 'inForce'>,
): GraphqlPorts['readLimits'] {
  return async () => {
    const [usedBytes, freeBytes] = await Promise.all([readUsedBytes(dataDir), readFreeBytes(dataDir)])
    return { ...bandwidth.inForce(), usedBytes, quotaBytes, freeBytes, minFreeBytes }
  }
}
