import { createApiClient, type ApiClient } from '../../test/support/api-client.ts'
import { startNodeProcess } from '../../test/support/node-process.ts'
import { withinLimit } from './within-limit.ts'

/** A node that is a member of a community, in a process of its own, and waits for nothing to settle. */
export interface FetchingMember extends AsyncDisposable {
  /** Submits a link, and waits until all that it leads to is imported. */
  fetch(magnetUri: string, clock: number): Promise<MemberFetch>
}

/** How a member's fetch went. */
export interface MemberFetch {
  /** Milliseconds from the wish to the signal that the import has finished, as the client of the API sees it. */
  readonly tookMs: number
  /** The same until the last signal of each type. */
  readonly steps: ReadonlyMap<string, number>
}

const ADD = `mutation ($communityId: CommunityId!) {
  answer: addCommunity(communityId: $communityId, role: MEMBER, contentTopics: [], archiving: true) {
    __typename ... on Refusal { message }
  }
}`

const SUBMIT = `mutation ($communityId: CommunityId!, $magnetUri: String!, $clock: Clock!) {
  answer: submitMagnetlink(communityId: $communityId, magnetUri: $magnetUri, clock: $clock) {
    __typename ... on Refusal { message }
  }
}`

const SIGNALS = `subscription ($communityId: CommunityId!, $after: String) {
  signals(communityId: $communityId, after: $after) { __typename cursor ... on DownloadFailed { code } }
}`

interface Signal {
  readonly signals: { readonly __typename: string; readonly cursor: string; readonly code?: string }
}

/** Starts one, which is a member of the community. */
export async function startFetchingMember(dataDir: string, communityId: string): Promise<FetchingMember> {
  const node = await startNodeProcess(dataDir, {
    SEEDBANK_PRIVATE_ADDRESSES: 'allow',
    SEEDBANK_SETTLE_SECONDS: '0',
  })
  const api = createApiClient(node.url)
  await wish(api, ADD, { communityId })
  let after = 'START'

  async function listen(startedAt: () => number, heard: () => void): Promise<MemberFetch> {
    const steps = new Map<string, number>()
    for await (const { signals } of api.subscribe<Signal>(SIGNALS, { communityId, after })) {
      const { __typename: type, cursor, code } = signals
      heard()
      after = cursor
      if (code !== undefined) console.log(`  a download fails for now: ${code}`)
      if (startedAt() < Infinity) steps.set(type, performance.now() - startedAt())
      if (type !== 'DownloadingHistoryArchivesFinished') continue
      return { tookMs: performance.now() - startedAt(), steps }
    }
    throw new Error('Cannot measure: the signals ended before the import')
  }

  return {
    async fetch(magnetUri, clock) {
      // The first signal shows that the subscription is there. The first of all is of the community being added.
      const heard = Promise.withResolvers<void>()
      let startedAt = Infinity
      const imported = listen(() => startedAt, heard.resolve)
      if (after === 'START') await heard.promise
      startedAt = performance.now()
      await wish(api, SUBMIT, { communityId, magnetUri, clock: String(clock) })
      return withinLimit('a download of a member', imported)
    },
    async [Symbol.asyncDispose]() {
      await api.close()
      await node.stop('SIGKILL')
    },
  }
}

async function wish(api: ApiClient, mutation: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
  const { answer } = await api.request<{ answer: { __typename: string; message?: string } }>(mutation, variables)
  if (answer.message !== undefined) throw new Error(`Cannot measure: ${answer.__typename}: ${answer.message}`)
}
