import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCommunityId, type CommunityId } from '../../src/domain/community-id.ts'
import type { Signature } from '../../src/domain/magnet.ts'
import { openKeyStore } from '../../src/identity/key-store.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const FOREIGN = `0x02${'ab'.repeat(32)}` as CommunityId
const ELSEWHERE = `0x${'cd'.repeat(32)}` as CommunityId

function folderOfKeys(): string {
  return join(createTemporaryFolder(), 'data', 'keys')
}

/** The raw public key of a key file, read without the code under test. */
function publicKeyIn(path: string): string {
  const { x } = createPublicKey(createPrivateKey(readFileSync(path))).export({ format: 'jwk' })
  return Buffer.from(x ?? '', 'base64url').toString('hex')
}

function isSignature({ publicKey, signature }: Signature, message: string | Uint8Array): boolean {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, Buffer.from(message), key, Buffer.from(signature, 'hex'))
}

describe('the folder of the keys', () => {
  test('is made on first use, with the node’s own key, for its owner alone', async () => {
    const folder = folderOfKeys()
    await openKeyStore(folder)
    expect(readdirSync(folder)).toEqual(['node'])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'node')).mode & 0o777).toBe(0o600)
    expect(createPrivateKey(readFileSync(join(folder, 'node'))).asymmetricKeyType).toBe('ed25519')
  })

  test('keeps the node’s key over restarts', async () => {
    const folder = folderOfKeys()
    await openKeyStore(folder)
    const key = readFileSync(join(folder, 'node'))
    await openKeyStore(folder)
    expect(readFileSync(join(folder, 'node'))).toEqual(key)
  })
})

describe('a native community', () => {
  test('is named after its key, which is in a file of its own for its owner alone', async () => {
    const folder = folderOfKeys()
    const keys = await openKeyStore(folder)
    const communityId = await keys.createCommunity()
    expect(valueOf(parseCommunityId(communityId))).toBe(communityId)
    expect(readdirSync(folder).toSorted()).toEqual([communityId, 'node'])
    expect(`0x${publicKeyIn(join(folder, communityId))}`).toBe(communityId)
    expect(statSync(join(folder, communityId)).mode & 0o777).toBe(0o600)
    expect(await keys.createCommunity()).not.toBe(communityId)
  })

  test('is signed for with its own key, in the next process too', async () => {
    const folder = folderOfKeys()
    const communityId = await (await openKeyStore(folder)).createCommunity()
    const keys = await openKeyStore(folder)
    expect(await keys.canSign(communityId)).toBe(true)
    const signed = valueOf(await keys.sign(communityId, 'text: äöü'))
    expect(`0x${signed.publicKey}`).toBe(communityId)
    expect(isSignature(signed, 'text: äöü')).toBe(true)
    expect(isSignature(signed, 'another text')).toBe(false)
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    expect(isSignature(valueOf(await keys.sign(communityId, bytes)), bytes)).toBe(true)
  })

  test('whose key is not here cannot be signed for, which is said and not thrown', async () => {
    const keys = await openKeyStore(folderOfKeys())
    expect(await keys.canSign(ELSEWHERE)).toBe(false)
    expect(await keys.sign(ELSEWHERE, 'text')).toEqual({ ok: false, error: { type: 'SigningKeyMissing' } })
  })

  test('can be signed for once its key was brought here', async () => {
    const [from, to] = [folderOfKeys(), folderOfKeys()]
    const brought = await (await openKeyStore(from)).createCommunity()
    const keys = await openKeyStore(to)
    expect(await keys.canSign(brought)).toBe(false)
    copyFileSync(join(from, brought), join(to, brought))
    expect(isSignature(valueOf(await keys.sign(brought, 'text')), 'text')).toBe(true)
  })

  test('is never signed for with the key of another', async () => {
    const folder = folderOfKeys()
    const keys = await openKeyStore(folder)
    const other = await keys.createCommunity()
    copyFileSync(join(folder, other), join(folder, ELSEWHERE))
    const reason = `Cannot sign for ${ELSEWHERE}: the key in its file belongs to ${other}`
    await expect(keys.sign(ELSEWHERE, 'text')).rejects.toThrow(reason)
    await expect(keys.canSign(ELSEWHERE)).rejects.toThrow(reason)
  })

  test('that came to nothing leaves no key', async () => {
    const folder = folderOfKeys()
    const keys = await openKeyStore(folder)
    const communityId = await keys.createCommunity()
    await keys.sign(communityId, 'text')
    await keys.discard(communityId)
    expect(readdirSync(folder)).toEqual(['node'])
    expect(await keys.canSign(communityId)).toBe(false)
  })
})

test('a foreign community is signed for with the node’s key', async () => {
  const folder = folderOfKeys()
  const keys = await openKeyStore(folder)
  expect(await keys.canSign(FOREIGN)).toBe(true)
  const signed = valueOf(await keys.sign(FOREIGN, 'text'))
  expect(signed.publicKey).toBe(publicKeyIn(join(folder, 'node')))
  expect(isSignature(signed, 'text')).toBe(true)
})

describe('a key file that cannot be used', () => {
  test.each([
    ['is empty', ''],
    ['is no key', 'not a key'],
    ['is of another kind', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('because it %s is a fault that names it, and is left as it is', async (_what, content) => {
    const folder = folderOfKeys()
    await openKeyStore(folder)
    writeFileSync(join(folder, 'node'), content)
    await expect(openKeyStore(folder)).rejects.toThrow(`Cannot read the private key ${join(folder, 'node')}`)
    expect(readFileSync(join(folder, 'node'), 'utf8')).toBe(content)
  })

  test('because it could not be written leaves nothing half-written', async () => {
    const folder = folderOfKeys()
    mkdirSync(folder, { recursive: true })
    // Names nothing to read, and bars the name from being given.
    symlinkSync(join(folder, 'nowhere'), join(folder, 'node'))
    await expect(openKeyStore(folder)).rejects.toThrow('EEXIST')
    expect(readdirSync(folder)).toEqual(['node'])
  })

  test('because the process died while it was written is swept at the next start, and nothing else is', async () => {
    const folder = folderOfKeys()
    mkdirSync(folder, { recursive: true })
    for (const name of [`${ELSEWHERE}.partial`, 'notes.partial']) writeFileSync(join(folder, name), '-----BEGIN')
    await openKeyStore(folder)
    expect(readdirSync(folder).toSorted()).toEqual(['node', 'notes.partial'])
  })

  test('because the process died while it was written is no key yet, and is written anew', async () => {
    const folder = folderOfKeys()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'node.partial'), '-----BEGIN')
    const keys = await openKeyStore(folder)
    expect(readdirSync(folder)).toEqual(['node'])
    expect(await keys.sign(FOREIGN, 'text')).toMatchObject({ ok: true })
  })
})
