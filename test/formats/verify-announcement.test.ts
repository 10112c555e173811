import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { announcementText, magnetUriOf, type Announcement, type Clock } from '../../src/domain/magnet.ts'
import { verifyAnnouncement } from '../../src/formats/verify-announcement.ts'
import { openKeyStore, type KeyStore } from '../../src/identity/key-store.ts'
import { infoHash } from '../support/community-facts.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const FOREIGN = `0x02${'ab'.repeat(32)}` as CommunityId
const verified = { ok: true, value: null }
const unknown = { ok: false, error: { code: 'SIGNER_UNKNOWN' } }
const invalid = { ok: false, error: { code: 'SIGNATURE_INVALID' } }

let keys: KeyStore
let native: Announcement
let foreign: Announcement

async function announce(communityId: CommunityId): Promise<Announcement> {
  const link = { communityId, clock: 1_700_000_000_123 as Clock, magnetUri: magnetUriOf(infoHash(1), communityId, []) }
  const proof = valueOf(await keys.sign(communityId, announcementText(communityId, link.clock, link.magnetUri)))
  return { ...link, ...proof }
}

beforeEach(async () => {
  keys = await openKeyStore(join(createTemporaryFolder(), 'keys'))
  native = await announce(await keys.createCommunity())
  foreign = await announce(FOREIGN)
})

describe('an announcement of a native community', () => {
  test('is verified by its own id, whatever is pinned', () => {
    expect(verifyAnnouncement(native, null)).toEqual(verified)
    expect(verifyAnnouncement(native, foreign.publicKey)).toEqual(verified)
  })

  test('proves nothing when another key signed it, also one that is pinned', async () => {
    const { publicKey, signature } = await announce(await keys.createCommunity())
    expect(verifyAnnouncement({ ...native, publicKey, signature }, publicKey)).toEqual(unknown)
    expect(verifyAnnouncement({ ...native, signature }, null)).toEqual(invalid)
  })
})

describe('an announcement of a foreign community', () => {
  test('is verified by the pinned key, or any where none is', () => {
    expect(verifyAnnouncement(foreign, foreign.publicKey)).toEqual(verified)
    expect(verifyAnnouncement(foreign, null)).toEqual(verified)
    expect(verifyAnnouncement(foreign, native.publicKey)).toEqual(unknown)
  })

  test('that is signed wrongly proves nothing, also where no key is pinned', () => {
    expect(verifyAnnouncement({ ...foreign, signature: native.signature }, null)).toEqual(invalid)
  })
})

test('an announcement proves nothing when any part of it was changed', () => {
  const changes: readonly Partial<Announcement>[] = [
    { clock: (native.clock + 1) as Clock },
    { magnetUri: magnetUriOf(infoHash(2), native.communityId, []) },
    { signature: native.signature.replace(/^../, (byte) => (byte === '00' ? '01' : '00')) },
    { signature: '' },
    { signature: 'zz'.repeat(64) },
    { signature: `${native.signature}00` },
  ]
  for (const change of changes) expect(verifyAnnouncement({ ...native, ...change }, null)).toEqual(invalid)
  expect(verifyAnnouncement({ ...foreign, publicKey: 'zz' }, null)).toEqual(invalid)
  expect(verifyAnnouncement({ ...foreign, publicKey: 'ff'.repeat(32) }, null)).toEqual(invalid)
})
