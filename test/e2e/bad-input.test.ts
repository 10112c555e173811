import { once } from 'node:events'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CHUNK_BYTES } from '../../src/domain/archive.ts'
import { COMMUNITY_MUTATIONS } from '../support/community-mutations.ts'
import { askData } from '../support/graphql-request.ts'
import { readLogSnapshot } from '../support/log-snapshot.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import type { Answer } from '../support/persistent-client.ts'
import { SAMPLE_TOPIC } from '../support/sample-message.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** The most that a request may hold, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024

describe('a node that is sent what it cannot take', { timeout: 60_000 }, () => {
  test('refuses it by name, changes nothing, and goes on', async () => {
    const dataDir = createTemporaryFolder()
    const node = await startNodeProcess(dataDir)
    onTestFinished(async () => void (await node.stop('SIGKILL')))
    const wish = createWish(node)
    const { community } = await wish('addCommunity', { communityId: null, contentTopics: [SAMPLE_TOPIC] })
    const communityId = community?.communityId
    const short = { timestamp: 1_700_000_000, topic: SAMPLE_TOPIC, payload: '0x01' }
    const longest = { ...short, payload: zeros(CHUNK_BYTES) }
    const tooLong = { ...short, payload: zeros(CHUNK_BYTES + 1) }

    expect(await wish('recordMessages', { communityId, messages: [longest] })).toMatchObject({ recorded: 1 })
    expect(await wish('recordMessages', { communityId, messages: [tooLong, short] })).toMatchObject({
      recorded: 1,
      rejected: [{ index: 0, code: 'MESSAGE_TOO_LARGE' }],
    })
    expect(await wish('leaveCommunity', { communityId })).toMatchObject({ __typename: 'LeaveCommunityAccepted' })
    const before = (await readLogSnapshot(dataDir)).events

    const refused = { code: 'CommunityWasLeft' }
    expect(await wish('recordMessages', { communityId, messages: [{ ...short, payload: '0x02' }] })).toMatchObject(
      refused,
    )
    expect(await wish('createArchive', { communityId, to: null })).toMatchObject(refused)
    const tooMuch = { 'content-length': MOST_BYTES + 1 }
    expect(await post(node, '{', tooMuch)).toMatchObject({ status: 413 })
    const small = JSON.stringify({ query: 'mutation { disableProtocol { __typename } }' })
    expect(await post(node, small, { host: 'attacker.example' })).toMatchObject({ status: 421 })
    expect(await post(node, small, { origin: 'https://attacker.example' })).toMatchObject({ status: 403 })

    expect((await readLogSnapshot(dataDir)).events).toEqual(before)
    expect(await wish('addCommunity', { communityId, contentTopics: [SAMPLE_TOPIC] })).toMatchObject({
      __typename: 'AddCommunityAccepted',
    })
    expect(await node.stop()).toEqual({ code: 0, signal: null, errors: '' })
  })
})

function createWish({ url }: NodeProcess) {
  let wishes = 0
  return async (
    name: keyof typeof COMMUNITY_MUTATIONS,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Answer> => {
    wishes += 1
    const data = await askData<Readonly<Record<string, Answer>>>(`${url}/graphql`, COMMUNITY_MUTATIONS[name], {
      ...variables,
      key: `wish ${wishes}`,
    })
    const answer = data[name]
    if (answer === undefined) throw new Error(`${name} has no answer in ${JSON.stringify(data)}`)
    return answer
  }
}

function zeros(bytes: number): string {
  return `0x${'00'.repeat(bytes)}`
}

/** Posts a body under whatever headers, which `fetch` would not send, and hangs up once it is answered. */
async function post(
  { url }: NodeProcess,
  body: string,
  headers: OutgoingHttpHeaders,
): Promise<{ readonly status: number | undefined }> {
  const usual = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const posting = request(`${url}/graphql`, { method: 'POST', headers: { ...usual, ...headers } })
  posting.write(body)
  const [response] = (await once(posting, 'response')) as [IncomingMessage]
  posting.destroy()
  return { status: response.statusCode }
}
