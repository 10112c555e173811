/** What a running node says of itself and its communities. */
export interface NodeState {
  readonly status: {
    readonly torrentClient: { readonly status: string; readonly port: number | null }
    readonly parkedReactors: readonly unknown[]
  }
  readonly communities: { readonly edges: readonly { readonly node: CommunityState }[] }
}

export interface CommunityState {
  readonly communityId: string
  readonly role: string
  readonly lastRun: { readonly status: string } | null
  readonly magnetlink: { readonly infoHash: string } | null
  readonly torrents: readonly TorrentState[]
}

export interface TorrentState {
  readonly infoHash: string
  readonly role: string
  readonly state: string
  readonly isWanted: boolean
  readonly dataBytes: number
  readonly indexBytes: number
}

/** Asks for all of it, for up to 500 communities. */
export const NODE_STATE = `{
  status { torrentClient { status port } parkedReactors { reactor communityId } }
  communities(first: 500) { edges { node {
    communityId role lastRun { status } magnetlink { infoHash }
    torrents { infoHash role state isWanted dataBytes indexBytes }
  } } }
}`

/** What is still on its way between what is wanted and what is recorded; nothing in a node that has come to rest. */
export function unsettled({ status, communities }: NodeState): readonly string[] {
  const open = communities.edges.flatMap(({ node }) => unsettledIn(node))
  if (status.torrentClient.status !== 'UP') open.push('the torrent client is down')
  if (status.parkedReactors.length > 0) open.push(`parked: ${JSON.stringify(status.parkedReactors)}`)
  return open
}

function unsettledIn({ communityId, lastRun, magnetlink, torrents }: CommunityState): string[] {
  const open: string[] = []
  if (lastRun?.status === 'RUNNING') open.push(`a run of ${communityId}`)
  for (const { infoHash, role, state, isWanted } of torrents) {
    if ((state === 'SERVED') !== isWanted || role === 'REPLACED' || state === 'FAILED') {
      open.push(`${infoHash} is ${role} and ${state}, ${isWanted ? 'wanted' : 'not wanted'}`)
    }
    const isCurrent = role === 'CURRENT' && state === 'SERVED'
    if (isCurrent && magnetlink?.infoHash !== infoHash) open.push(`${infoHash} was not dispatched`)
  }
  for (const role of ['CURRENT', 'RETIRING', 'NEXT']) {
    if (torrents.filter((torrent) => torrent.role === role).length > 1) open.push(`two ${role} in ${communityId}`)
  }
  return open
}

/** The torrents that are recorded as served, sorted. */
export function servedIn({ communities }: NodeState): readonly TorrentState[] {
  return communities.edges.flatMap(({ node }) => node.torrents).filter(({ state }) => state === 'SERVED')
}
