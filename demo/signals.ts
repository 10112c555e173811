import type { ApiClient } from '../test/support/api-client.ts'

/** What a community was told. */
export interface Dispatched {
  readonly communityId: string
  readonly infoHash: string
  readonly magnetUri: string
}

/** A signal of a node, as far as it is shown. */
export interface Signal {
  readonly __typename: string
  readonly position: string
  readonly communityId: string | null
  readonly infoHash?: string
  readonly archives?: readonly unknown[]
  readonly dataBytes?: number
  readonly magnetlink?: { readonly magnetUri: string }
  readonly code?: string
  readonly url?: string
  readonly added?: number
  readonly imported?: number
}

const SIGNALS = `subscription {
  signals(after: "START") {
    __typename position communityId
    ... on TorrentSignal { infoHash }
    ... on NodeFollowed { url }
    ... on DownloadFailed { code }
    ... on HistoryArchivesCreated { dataBytes archives { __typename } }
    ... on MagnetlinkDispatched { magnetlink { magnetUri } }
    ... on ArchiveImported { added }
    ... on DownloadingHistoryArchivesFinished { imported }
  }
}`

/**
 * Prints the signals of a node as they arrive, until there was one of each of these types for each community.
 *
 * @param names The communities, by id.
 * @returns What was printed.
 * @throws When they end before.
 */
export async function printSignalsUntil(
  { name: who, api }: { readonly name: string; readonly api: ApiClient },
  names: ReadonlyMap<string, string>,
  print: (line: string) => void,
  types: readonly string[],
): Promise<readonly Signal[]> {
  const awaited = new Set([...names.keys()].flatMap((communityId) => types.map((type) => `${type} ${communityId}`)))
  const signals: Signal[] = []
  for await (const { signals: signal } of api.subscribe<{ signals: Signal }>(SIGNALS)) {
    const { __typename: type, position, communityId } = signal
    print(`  ${who} ${position.padStart(3)}  ${type}  ${names.get(communityId ?? '') ?? ''} ${detailsOf(signal)}`)
    signals.push(signal)
    awaited.delete(`${type} ${communityId}`)
    if (awaited.size === 0) return signals
  }
  throw new Error(`The signals of the ${who} ended without ${[...awaited].join(', ')}`)
}

/** What communities were told. */
export function dispatchedOf(signals: readonly Signal[]): readonly Dispatched[] {
  return signals.flatMap(({ communityId, infoHash, magnetlink }) =>
    communityId === null || infoHash === undefined || magnetlink === undefined
      ? []
      : [{ communityId, infoHash, magnetUri: magnetlink.magnetUri }],
  )
}

function detailsOf({ infoHash, archives, dataBytes, magnetlink, url, code, added, imported }: Signal): string {
  if (archives !== undefined) return `(${archives.length} archives, ${dataBytes} bytes)`
  if (added !== undefined) return `(${added} messages)`
  if (imported !== undefined) return `(${imported} archives)`
  return magnetlink?.magnetUri ?? infoHash ?? code ?? url ?? ''
}
