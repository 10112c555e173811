import { expect, test } from 'vitest'
import { verifyItem } from '../../../src/torrents/dht/verify-item.ts'
import { createSigningCommunity } from '../../support/signing-community.ts'

const community = createSigningCommunity()
const bytes = Buffer.from('3:seqi1e1:v2:hi')
const signature = Buffer.from(community.sign(bytes), 'hex')
const publicKey = Buffer.from(community.publicKey, 'hex')

test('whatever its key signed is kept', () => {
  expect(verifyItem(signature, bytes, publicKey)).toBe(true)
})

test.each<readonly [string, unknown, unknown]>([
  ['signed by nobody', Buffer.alloc(64), publicKey],
  ['signed by another', signature, Buffer.from(createSigningCommunity().publicKey, 'hex')],
  ['without a signature', undefined, publicKey],
  ['with a number for a signature', 5, publicKey],
  ['with half a signature', signature.subarray(32), publicKey],
  ['without a key', signature, undefined],
  ['with a text for a key', signature, community.publicKey],
  ['with half a key', signature, publicKey.subarray(16)],
])('what is %s is not', (_, said, key) => {
  expect(verifyItem(said, bytes, key)).toBe(false)
})
