import type { NodeEvent } from '../domain/node-events.ts'
import type { TokenEvent } from '../domain/token-events.ts'
import { tellGrant } from './tell-grant.ts'
import { shortId, tellCount, type TimeWords } from './in-words.ts'
import { tellWebhookEvent } from './tell-webhook.ts'

/** What happened to the node as a whole, in one sentence. */
export function tellNodeEvent(event: NodeEvent, times: TimeWords): string {
  switch (event.type) {
    case 'NodeStarted': {
      const { version, lastSeenAt } = event.data
      const before = lastSeenAt === null ? '' : `; it had died without notice, last seen ${times.moment(lastSeenAt)}`
      return `started the node, version ${version}${before}`
    }
    case 'NodeStopped':
      return 'stopped the node'
    case 'ProtocolEnabled':
      return 'switched archiving on for all communities'
    case 'ProtocolDisabled':
      return 'switched archiving off for all communities'
    case 'NodeWentOnline':
      return 'let the node use the network again'
    case 'NodeWentOffline':
      return 'took the node off the network: nothing is seeded or fetched'
    case 'TorrentClientDown': {
      const { exitCode, signal } = event.data
      const how = signal ?? (exitCode === null ? 'no exit code' : `exit code ${exitCode}`)
      return `lost the torrent client (${how}): nothing is seeded until it is back`
    }
    case 'TorrentClientUp':
      return 'has a torrent client again'
    case 'CheckpointSigned': {
      const { size, root } = event.data
      return `vouched for the first ${tellCount(size, 'event')}: signed a checkpoint of root ${shortId(root)}`
    }
    case 'LogRestored':
      return 'went on from a back-up: what came after the event before may be lost'
    case 'TokenCreated':
    case 'TokenRevoked':
      return tellTokenEvent(event, times)
    case 'WebhookAdded':
    case 'WebhookRemoved':
      return tellWebhookEvent(event)
  }
}

function tellTokenEvent(event: TokenEvent, { moment }: TimeWords): string {
  switch (event.type) {
    case 'TokenCreated': {
      const { tokenId, expiresAt, ...grant } = event.data
      const end = expiresAt === null ? 'until it is revoked' : `until ${moment(expiresAt)}`
      return `made token ${shortId(tokenId)}: ${tellGrant(grant)}, ${end}`
    }
    case 'TokenRevoked':
      return `revoked token ${shortId(event.data.tokenId)}`
  }
}
