import { createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { Client, type DhtClient } from 'bittorrent-dht'
import { onTestFinished } from 'vitest'

/** A node of a distributed hash table on loopback, as webtorrent's users run it. */
export interface LoopbackDhtNode {
  readonly node: DhtClient
  /** `host:port`, through which others join. */
  readonly address: string
  stop(): Promise<void>
}

/**
 * Starts one that ends with the test, once it has joined.
 *
 * @param bootstrap The addresses of nodes that are there; none for the first of a table.
 */
export async function startDhtNode(...bootstrap: readonly string[]): Promise<LoopbackDhtNode> {
  const node = new Client({ bootstrap: bootstrap.length > 0 && bootstrap, verify: isSignature })
  const ready = once(node, 'ready')
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  await ready
  const stop = (): Promise<void> => new Promise((resolve) => node.destroy(resolve))
  onTestFinished(stop)
  return { node, address: `127.0.0.1:${node.address().port}`, stop }
}

function isSignature(signature: unknown, bytes: Uint8Array, publicKey: unknown): boolean {
  if (!(signature instanceof Uint8Array) || !(publicKey instanceof Uint8Array)) return false
  const x = Buffer.from(publicKey).toString('base64url')
  return verify(null, bytes, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
}
