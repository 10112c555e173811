import { hash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { announcementText, magnetUriOf, type Clock, type MagnetUri } from '../../../src/domain/magnet.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { createSigningCommunity } from '../../support/signing-community.ts'

const SUBMIT = `mutation($id: CommunityId!, $uri: String!, $clock: Clock!, $publicKey: Hex, $signature: Hex) {
  answer: submitMagnetlink(communityId: $id, magnetUri: $uri, clock: $clock, publicKey: $publicKey, signature: $signature) {
    ... on SubmitMagnetlinkAccepted { position community { link {
      clock infoHash magnetUri origin url publicKey signature signedTextSha256 receivedAt
    } } }
    ... on Refusal { code } ... on MagnetlinkMalformed { reason } ... on AddressRefused { host }
    ... on ClockConflict { clock } ... on ClockAhead { now message }
  }
}`
const FOREIGN = `0x02${'f0'.repeat(32)}` as CommunityId
const NATIVE = createSigningCommunity()
const NATIVE_PROOF = { publicKey: NATIVE.publicKey, signedTextSha256: null }
const TRACKERS = ['udp://tracker.example.org:1337/announce']

let api: OpenApi

beforeEach(async () => {
  api = await openApi()
  await recordFacts(
    api.stores.log,
    [FOREIGN, NATIVE.communityId].map((communityId) => ({ ...facts.communityAdded('MEMBER'), communityId })),
  )
})

async function submit(id: CommunityId, uri: string, clock: number, more: object = {}): Promise<unknown> {
  return (await askData<{ answer: unknown }>(api.url, SUBMIT, { id, uri, clock: String(clock), ...more })).answer
}

function magnet(n: number, id: CommunityId, trackers: readonly string[] = TRACKERS): string {
  return magnetUriOf(facts.infoHash(n), id, trackers)
}

function signatureOf(clock: number, uri: string): string {
  const text = announcementText(NATIVE.communityId, clock as Clock, uri as ReturnType<typeof magnetUriOf>)
  return NATIVE.sign(Buffer.from(text))
}

test('the link of a native community needs the signature of its key, and is shown with it', async () => {
  const id = NATIVE.communityId
  const uri = magnet(1, id)
  const signature = signatureOf(5, uri)
  expect(await submit(id, uri, 5)).toEqual({ code: 'SignatureMissing' })
  expect(await submit(id, uri, 6, { signature })).toEqual({ code: 'SignatureInvalid' })
  expect(await submit(id, uri, 5, { signature, publicKey: 'ab'.repeat(32) })).toEqual({ code: 'SignatureInvalid' })
  expect(await submit(id, magnet(2, id), 5, { signature })).toEqual({ code: 'SignatureInvalid' })
  const link = { clock: '5', infoHash: facts.infoHash(1), magnetUri: uri, origin: 'SUBMITTED', url: null }
  expect(await submit(id, uri, 5, { signature, publicKey: NATIVE.publicKey })).toEqual({
    position: '3',
    community: {
      link: { ...link, ...NATIVE_PROOF, signature, receivedAt: expect.any(String) },
    },
  })
  expect(await submit(id, uri, 5, { signature })).toMatchObject({ position: null, community: { link } })
})

test('of a link written in another way what is used is kept alone, and a digest of what was signed', async () => {
  const id = NATIVE.communityId
  const uri = magnet(1, id).replace(/dn=[^&]*/, 'dn=Jane+Doe')
  const signature = signatureOf(5, uri)
  const signedTextSha256 = hash('sha256', announcementText(id, 5 as Clock, uri as MagnetUri))
  expect(await submit(id, uri, 5, { signature })).toMatchObject({
    community: { link: { magnetUri: magnet(1, id), signature, signedTextSha256 } },
  })
  expect(JSON.stringify(await api.stores.log.read({ limit: 10 }))).not.toContain('Jane')
})

test('a client vouches for the link of a foreign community; only a newer one takes its place', async () => {
  const first = { position: '3', community: { link: { clock: '7', publicKey: null, signature: null } } }
  expect(await submit(FOREIGN, magnet(1, FOREIGN), 7)).toMatchObject(first)
  const older = { position: null, community: { link: { clock: '7', infoHash: facts.infoHash(1) } } }
  expect(await submit(FOREIGN, magnet(2, FOREIGN), 6)).toMatchObject(older)
  expect(await submit(FOREIGN, magnet(2, FOREIGN), 7)).toEqual({ code: 'ClockConflict', clock: '7' })
  const now = expect.stringMatching(/^20\d\d-.*Z$/)
  const message = expect.stringMatching(/^The clock is more than a day ahead of 20\d\d-.*Z: /)
  expect(await submit(FOREIGN, magnet(2, FOREIGN), Date.now() + 90_000_000)).toEqual({
    code: 'ClockAhead',
    now,
    message,
  })
  const newer = { position: '4', community: { link: { clock: '8', infoHash: facts.infoHash(2) } } }
  expect(await submit(FOREIGN, magnet(2, FOREIGN), 8)).toMatchObject(newer)
})

test('what cannot be a link of this community is refused by name', async () => {
  const good = magnet(1, FOREIGN)
  expect(await submit(FOREIGN, 'magnet:?dn=x', 1)).toEqual({ code: 'MagnetlinkMalformed', reason: 'NO_HASH' })
  expect(await submit(FOREIGN, magnet(1, NATIVE.communityId), 1)).toEqual({ code: 'OtherCommunity' })
  const inside = magnet(1, FOREIGN, ['http://192.168.1.1/announce'])
  expect(await submit(FOREIGN, inside, 1)).toEqual({ code: 'AddressRefused', host: '192.168.1.1' })
  expect(await submit(facts.COMMUNITY, good.replace(/&dn=[^&]*/, ''), 1, { signature: 'ab'.repeat(64) })).toEqual({
    code: 'SignatureInvalid',
  })
  expect(await submit(`0x03${'00'.repeat(32)}` as CommunityId, magnet(1, FOREIGN).replace(/&dn=[^&]*/, ''), 1)).toEqual(
    {
      code: 'CommunityNotFound',
    },
  )
  const argumentOf = async (more: object): Promise<unknown> =>
    (await ask(api.url, SUBMIT, { id: FOREIGN, uri: good, clock: '1', ...more })).errors?.[0]?.extensions?.['argument']
  expect(await argumentOf({ signature: 'ab'.repeat(64) })).toBe('signature')
  expect(await argumentOf({ publicKey: 'ab'.repeat(32) })).toBe('signature')
  expect(await argumentOf({ signature: 'abcd', publicKey: 'ab'.repeat(32) })).toBe('signature')
  expect(await argumentOf({ publicKey: 'ab' })).toBe('publicKey')
  expect(api.stores.log.head()).toBe(2)
})
