import type { CommunityAt } from './community-at.ts'
import { shortId, tellBytes, tellCount, tellNumber, tellSeconds, type TimeWords } from './in-words.ts'
import type { NodeAt } from './node-at.ts'
import { tellWebhook } from './tell-webhook.ts'
import { tellCode } from './tell-code.ts'
import { tellGrant } from './tell-grant.ts'
import { tellReaders, tellSelection } from './tell-settings.ts'

/** How one field of a state is told. */
export interface FieldWords<Value> {
  readonly label: string
  readonly tell: (value: NonNullable<Value>, times: TimeWords) => string
}

type Words<State> = { readonly [Field in keyof State]-?: FieldWords<State[Field]> }

const ROLES = { CONTROL_NODE: 'packs and announces the history', MEMBER: 'fetches the history from others' }
const RUNS = { RUNNING: 'under way', ARCHIVED: 'packed messages', EMPTY: 'found nothing', FAILED: 'failed' }

const asMoment = (millis: number, { moment }: TimeWords): string => moment(millis)
const asSecond = (second: number, { moment }: TimeWords): string => moment(second * 1000)
const asText = (value: string): string => value
const asList = (values: readonly string[]): string => values.join(', ') || 'none'
const asSwitch = (value: 'ENABLED' | 'DISABLED'): string => (value === 'ENABLED' ? 'on' : 'off')
const asYes = (value: boolean): string => (value ? 'yes' : 'no')

/** Each field of a community's state, in the order in which they are told. */
export const COMMUNITY_FIELDS: Words<CommunityAt> = {
  status: { label: 'takes part', tell: (status) => (status === 'ADDED' ? 'yes' : 'no, it left') },
  role: { label: 'part of this node', tell: (role) => ROLES[role] },
  addedAt: { label: 'added', tell: asMoment },
  leftAt: { label: 'left', tell: asMoment },
  purgedAt: { label: 'archives deleted', tell: asMoment },
  forgottenAt: { label: 'messages erased', tell: asMoment },
  archiving: { label: 'archiving', tell: asSwitch },
  seeding: { label: 'seeding is', tell: (wish) => (wish === 'REQUESTED' ? 'wanted' : 'not wanted') },
  contentTopics: { label: 'topics', tell: asList },
  intervalSeconds: { label: 'an archive every', tell: tellSeconds },
  trackers: { label: 'trackers', tell: asList },
  graceSeconds: { label: 'old torrents seeded for', tell: tellSeconds },
  redispatchSeconds: { label: 'announced again every', tell: tellSeconds },
  quotaBytes: { label: 'at most on the disk', tell: tellBytes },
  uploadBytesPerSecond: { label: 'uploaded at most', tell: (bytes) => `${tellBytes(bytes)} a second` },
  selection: { label: 'fetches', tell: tellSelection },
  imports: { label: 'messages taken over', tell: (mode) => (mode === 'AUTOMATIC' ? 'at once' : 'when asked for') },
  publicMagnetlinks: { label: 'magnet links', tell: tellReaders },
  archives: { label: 'archives', tell: tellNumber },
  messages: { label: 'messages in archives', tell: tellNumber },
  archiveBytes: { label: 'size of archives', tell: tellBytes },
  coveredFrom: { label: 'archives begin', tell: asSecond },
  coveredTo: { label: 'archives end', tell: asSecond },
  archivedUpTo: { label: 'next archive begins', tell: asSecond },
  newestTorrent: { label: 'newest torrent', tell: shortId },
  currentTorrent: { label: 'current torrent', tell: shortId },
  retiringTorrent: { label: 'retiring torrent', tell: shortId },
  servedTorrents: { label: 'torrents seeded', tell: (hashes) => asList(hashes.map(shortId)) },
  failedTorrents: {
    label: 'torrents that failed',
    tell: (failed) => asList(failed.map(({ infoHash, code }) => `${shortId(infoHash)} (${tellCode(code)})`)),
  },
  linkTorrent: { label: 'announced torrent', tell: shortId },
  linkClock: { label: 'announced at', tell: asMoment },
  linkMagnetUri: { label: 'magnet link', tell: asText },
  follows: { label: 'announcements taken from', tell: asList },
  downloadTorrent: { label: 'downloading torrent', tell: shortId },
  downloadFailure: { label: 'download held up', tell: tellCode },
  waitingArchives: { label: 'archives not taken over', tell: tellNumber },
  quarantinedArchives: { label: 'archives set aside', tell: tellNumber },
  missingArchives: { label: 'archives not here', tell: tellNumber },
  isImporting: { label: 'taking messages over', tell: asYes },
  parked: {
    label: 'given up for now',
    tell: (parked) =>
      asList(
        parked.map(
          ({ reactor, code, failures }) => `${reactor} after ${tellCount(failures, 'failure')} (${tellCode(code)})`,
        ),
      ),
  },
  skipped: { label: 'left undone', tell: asList },
  lastRun: { label: 'last packing', tell: (run) => RUNS[run] },
  lastRunFrom: { label: 'last packing from', tell: asSecond },
  lastRunTo: { label: 'last packing to', tell: asSecond },
  lastRunCode: { label: 'last packing failed', tell: tellCode },
}

/** Each field of the node's state, in the order in which they are told. */
export const NODE_FIELDS: Words<NodeAt> = {
  isRunning: { label: 'running', tell: asYes },
  version: { label: 'version', tell: asText },
  startedAt: { label: 'started', tell: asMoment },
  stoppedAt: { label: 'stopped', tell: asMoment },
  protocol: { label: 'archiving', tell: asSwitch },
  network: { label: 'network', tell: (network) => (network === 'ONLINE' ? 'in use' : 'not used') },
  torrentClient: { label: 'torrent client', tell: (client) => (client === 'UP' ? 'up' : 'down') },
  incarnation: { label: 'name of the log since it was restored', tell: asText },
  clockFloor: { label: 'announcements are after', tell: asMoment },
  checkpointSize: { label: 'newest checkpoint', tell: (size) => `of ${tellCount(size, 'event')}` },
  checkpointAt: { label: 'newest checkpoint signed', tell: asMoment },
  restoredAt: { label: 'restored from a back-up', tell: asMoment },
  tokens: {
    label: 'tokens',
    tell: (tokens) => asList(tokens.map((token) => `${shortId(token.tokenId)} (${tellGrant(token)})`)),
  },
  webhooks: { label: 'webhooks', tell: (webhooks) => asList(webhooks.map(tellWebhook)) },
}
