import { createDiffieHellman, type DiffieHellman } from 'node:crypto'

/** The two steps of the key exchange with which peers hide what they speak. */
export interface KeyExchange {
  /** A new key pair; returns the public key. */
  generateKeys(): Buffer
  /** @throws When the other side's public key is none, such as all zeros. */
  computeSecret(otherPublicKey: Uint8Array): Buffer
}

/** The prime and the generator that all peers use. @see "Message Stream Encryption", wiki.vuze.com */
const PRIME =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74' +
  '020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437' +
  '4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563'
const GENERATOR = 2

let shared: DiffieHellman | null = null

/**
 * A key exchange with keys of its own, on a group that is set up once a process.
 *
 * Node proves that the prime is one each time that a group is set up: 25 ms, where the exchange
 * itself takes one. webtorrent does it for each connection, before it knows who dials.
 */
export function createKeyExchange(): KeyExchange {
  const group = (shared ??= createDiffieHellman(PRIME, 'hex', GENERATOR))
  let privateKey: Buffer | null = null
  return {
    generateKeys() {
      const publicKey = group.generateKeys()
      privateKey = group.getPrivateKey()
      return publicKey
    },
    computeSecret(otherPublicKey) {
      if (privateKey === null) throw new Error('Cannot compute a shared secret: no keys were generated')
      group.setPrivateKey(privateKey)
      return group.computeSecret(otherPublicKey)
    },
  }
}
