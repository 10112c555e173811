import type { ApiClient } from '../test/support/api-client.ts'

/** What a community was told. */
export interface Dispatched {
  readonly communityId: string
  readonly infoHash: string
  readonly magnetUri: string
}

interface Signal {
  readonly __typename: string
  readonly position: string
  readonly communityId: string | null
  readonly infoHash?: string
  readonly archives?: readonly unknown[]
  readonly dataBytes?: number
  readonly magnetlink?: { readonly magnetUri: string }
}

const SIGNALS = `subscription {
  signals(after: "START") {
    __typename position communityId
    ... on TorrentSignal { infoHash }
    ... on HistoryArchivesCreated { dataBytes archives { __typename } }
    ... on MagnetlinkDispatched { magnetlink { magnetUri } }
  }
}`

/**
 * Prints the signals as they arrive, until each community was told of its archive.
 *
 * @param names The communities, by id.
 */
export async function printUntilDispatched(
  api: ApiClient,
  names: ReadonlyMap<string, string>,
  print: (line: string) => void,
): Promise<readonly Dispatched[]> {
  const dispatched: Dispatched[] = []
  for await (const { signals: signal } of api.subscribe<{ signals: Signal }>(SIGNALS)) {
    const { __typename: type, position, communityId, infoHash, magnetlink } = signal
    print(`  signal ${position.padStart(3)}  ${type}  ${names.get(communityId ?? '') ?? ''} ${detailsOf(signal)}`)
    if (communityId !== null && infoHash !== undefined && magnetlink !== undefined) {
      dispatched.push({ communityId, infoHash, magnetUri: magnetlink.magnetUri })
    }
    if (dispatched.length === names.size) break
  }
  return dispatched
}

function detailsOf({ infoHash, archives, dataBytes, magnetlink }: Signal): string {
  if (archives !== undefined) return `(${archives.length} archives, ${dataBytes} bytes)`
  return magnetlink?.magnetUri ?? infoHash ?? ''
}
