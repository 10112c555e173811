import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../src/app.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { createApiClient, type ApiClient } from './api-client.ts'
import { LOOPBACK } from './node-process.ts'
import { valueOf } from './value-of.ts'

/** A signal of a member, as far as tests ask for it. */
export interface MemberSignal {
  readonly __typename: string
  readonly infoHash?: string
  readonly archiveId?: string
  /** Why a download does not get on, or an archive was not taken over. */
  readonly failure?: string
  readonly quarantine?: string
  readonly numbers?: Readonly<Record<string, number>>
  /** What an archive that was taken over holds. */
  readonly messages?: number
  readonly added?: number
}

/** A community that the member takes part in. */
export interface JoinedCommunity {
  readonly communityId: CommunityId
  /** The signals so far, as they were read. */
  readonly told: readonly MemberSignal[]
  /** Hands a link over. @returns The code of what it is refused with; null where it is believed. */
  submit(magnetUri: string): Promise<Refused | null>
  /** Reads on to the next signal of one of these names. */
  until(...names: readonly string[]): Promise<MemberSignal>
  /** What is found to be missing, most likely first. */
  diagnose(): Promise<readonly string[]>
  /** The lengths of the files of its archives, by their paths in its folder. */
  files(): Readonly<Record<string, number>>
  /** Ends all that goes on for it. */
  leave(): Promise<void>
}

export interface Refused {
  readonly code: string
  readonly message: string
}

/** A whole node in this process that is a member of communities, and fetches as soon as it hears of something. */
export interface MemberNode {
  readonly api: ApiClient
  /** The only entry of a folder of its own. */
  readonly dataDir: string
  join(communityId: CommunityId, contentTopics?: readonly string[]): Promise<JoinedCommunity>
  /** Ends it, and removes its files. */
  stop(): Promise<void>
}

const JOIN = `mutation ($communityId: CommunityId!, $contentTopics: [ContentTopic!]!) {
  addCommunity(communityId: $communityId, role: MEMBER, contentTopics: $contentTopics, archiving: true) { __typename }
}`

const SUBMIT = `mutation ($communityId: CommunityId!, $magnetUri: String!, $clock: Clock!) {
  submitMagnetlink(communityId: $communityId, magnetUri: $magnetUri, clock: $clock) { ... on Refusal { code message } }
}`

const SIGNALS = `subscription ($communityId: CommunityId!) {
  signals(communityId: $communityId, after: "START") {
    __typename
    ... on TorrentSignal { infoHash }
    ... on DownloadFailed { failure: code numbers }
    ... on ArchiveImported { archiveId messages added }
    ... on ArchiveQuarantined { archiveId quarantine: code numbers }
  }
}`

/**
 * Starts one on loopback for a whole file of tests.
 *
 * @param settings More settings, by the names of their environment variables.
 */
export async function startMemberNode(settings: Readonly<Record<string, string>> = {}): Promise<MemberNode> {
  const folder = mkdtempSync(join(tmpdir(), 'seedbank-member-'))
  const dataDir = join(folder, 'node')
  const environment = {
    ...LOOPBACK,
    SEEDBANK_DATA_DIR: dataDir,
    SEEDBANK_SETTLE_SECONDS: '0',
    SEEDBANK_LOG_LEVEL: 'silent',
    ...settings,
  }
  const app = valueOf(await startApp(valueOf(parseSettings([], environment))))
  const api = createApiClient(app.url)
  return {
    api,
    dataDir,
    async join(communityId, contentTopics = []) {
      await api.request(JOIN, { communityId, contentTopics })
      return joined(api, communityId, join(dataDir, 'archives', communityId))
    },
    async stop() {
      await api.close()
      await app.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

function joined(api: ApiClient, communityId: CommunityId, folder: string): JoinedCommunity {
  const signals = api.subscribe<{ signals: MemberSignal }>(SIGNALS, { communityId })
  const told: MemberSignal[] = []
  return {
    communityId,
    told,
    async until(...names) {
      for (;;) {
        const { value, done } = await signals.next()
        if (done === true) throw new Error(`The signals ended before ${names.join(' or ')}`)
        told.push(value.signals)
        if (names.includes(value.signals.__typename)) return value.signals
      }
    },
    async submit(magnetUri) {
      const variables = { communityId, magnetUri, clock: String(Date.now()) }
      const { submitMagnetlink: answer } = await api.request<{ submitMagnetlink: Partial<Refused> }>(SUBMIT, variables)
      const { code, message } = answer
      return code === undefined || message === undefined ? null : { code, message }
    },
    async diagnose() {
      const asked = `query ($communityId: CommunityId!) { diagnose(communityId: $communityId) { code } }`
      const { diagnose } = await api.request<{ diagnose: readonly { code: string }[] }>(asked, { communityId })
      return diagnose.map(({ code }) => code)
    },
    files: () => lengthsIn(folder),
    async leave() {
      const wish = 'mutation ($communityId: CommunityId!) { leaveCommunity(communityId: $communityId) { __typename } }'
      await api.request(wish, { communityId })
    },
  }
}

function lengthsIn(folder: string): Readonly<Record<string, number>> {
  const entries = globSync('**', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), statSync(path).size]))
}
