import { createPrivateKey, createPublicKey, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identityOf, type CommunityId } from '../domain/community-id.ts'
import type { Signature, SigningKeyMissing } from '../domain/magnet.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { removeHalfWritten, removeSecret, writeSecret } from './secret-file.ts'

/** The private keys of this node: one file each, PKCS#8 in PEM, readable by its owner alone. */
export interface KeyStore {
  /** Makes a key, stores it, and returns the native community that it stands for. */
  createCommunity(): Promise<CommunityId>
  /** Forgets the key of a community for good; nothing happens where there is none. */
  discard(communityId: CommunityId): Promise<void>
  /** Whether announcements of the community can be signed here. Foreign ones always can. */
  canSign(communityId: CommunityId): Promise<boolean>
  /**
   * Signs with the community's own key, or for a foreign community with the node's key.
   *
   * @param message Bytes, or a text whose UTF-8 bytes are signed.
   */
  sign(communityId: CommunityId, message: string | Uint8Array): Promise<Result<Signature, SigningKeyMissing>>
  /** The public half of the node's own key: 32 bytes in hex. */
  readonly nodeKey: string
  /** Signs with the node's own key. @param message Bytes, or a text whose UTF-8 bytes are signed. */
  signAsNode(message: string | Uint8Array): Signature
}

const NODE_KEY = 'node'
const NAME = /^(?:node|0x[0-9a-f]{64})$/

/**
 * Opens the keys in a directory; makes the directory and the node's own key on first use.
 *
 * @throws When a key file cannot be read, or holds a key of another kind or of another community.
 */
export async function openKeyStore(directory: string): Promise<KeyStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await removeHalfWritten(directory, (name) => NAME.test(name))
  const nodeKey = await readOrMakeNodeKey(directory)
  const keys = new Map<string, KeyObject>()

  async function keyOf(communityId: CommunityId): Promise<KeyObject | null> {
    if (identityOf(communityId) === 'FOREIGN') return nodeKey
    const key = keys.get(communityId) ?? (await readKey(directory, communityId))
    if (key === null) return null
    if (`0x${publicKeyOf(key)}` !== communityId) {
      throw new Error(`Cannot sign for ${communityId}: the key in its file belongs to 0x${publicKeyOf(key)}`)
    }
    keys.set(communityId, key)
    return key
  }

  return {
    async createCommunity() {
      const key = createKey()
      const communityId = `0x${publicKeyOf(key)}` as CommunityId
      await writeKey(directory, communityId, key)
      return communityId
    },
    async discard(communityId) {
      keys.delete(communityId)
      await removeSecret(directory, communityId)
    },
    canSign: async (communityId) => (await keyOf(communityId)) !== null,
    async sign(communityId, message) {
      const key = await keyOf(communityId)
      if (key === null) return err({ type: 'SigningKeyMissing' })
      return ok(signatureBy(key, message))
    },
    nodeKey: publicKeyOf(nodeKey),
    signAsNode: (message) => signatureBy(nodeKey, message),
  }
}

/**
 * The public half of the key of a node that need not run: 32 bytes in hex. Makes none.
 *
 * @returns Null where there is none.
 * @throws When the file cannot be read, or holds a key of another kind.
 */
export async function readNodeKey(directory: string): Promise<string | null> {
  const key = await readKey(directory, NODE_KEY)
  return key && publicKeyOf(key)
}

async function readOrMakeNodeKey(directory: string): Promise<KeyObject> {
  const kept = await readKey(directory, NODE_KEY)
  if (kept !== null) return kept
  const key = createKey()
  await writeKey(directory, NODE_KEY, key)
  return key
}

function signatureBy(key: KeyObject, message: string | Uint8Array): Signature {
  return { publicKey: publicKeyOf(key), signature: signBytes(null, Buffer.from(message), key).toString('hex') }
}

function createKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}

/** The raw 32 bytes in hex: the last ones of the SPKI encoding. */
function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
}

/** Refuses to write over a key: losing one would orphan its community. */
async function writeKey(directory: string, name: string, key: KeyObject): Promise<void> {
  await writeSecret(directory, name, key.export({ type: 'pkcs8', format: 'pem' }), 'NEW')
}

async function readKey(directory: string, name: string): Promise<KeyObject | null> {
  const path = join(directory, name)
  try {
    const key = createPrivateKey(await readFile(path))
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is of type ${key.asymmetricKeyType}, not ed25519`)
    return key
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new Error(`Cannot read the private key ${path}`, { cause })
  }
}
