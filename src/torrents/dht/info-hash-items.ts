import type { DhtNode } from 'webtorrent'
import type { SignedInfoHashItem } from '../../domain/info-hash-item.ts'
import { err, ok } from '../../domain/result.ts'
import { dhtTargetOf, isInfoHashItemSignedBy } from '../../formats/info-hash-item.ts'
import { createItemFinder, type FoundItems } from './found-items.ts'
import type { GetItemOutcome, PutItemOutcome } from './item-outcomes.ts'

/** The items of communities in the distributed hash table, through the torrent client's own node. */
export interface InfoHashItems {
  /**
   * Looks for the nodes that are nearest to the key, and has them keep the item, unless they have a newer one.
   *
   * @throws Where the key did not sign the item.
   */
  put(publicKey: string, item: SignedInfoHashItem): Promise<PutItemOutcome>
  /** Looks for the newest item of a key. What was found when the time is over counts. */
  get(publicKey: string): Promise<GetItemOutcome>
}

/** How long the table may take. */
export interface DhtTimes {
  readonly lookUpMs: number
  readonly putMs: number
}

/** A look asks some hundred nodes, sixteen at a time, each of which may take two seconds. */
export const DHT_TIMES: DhtTimes = { lookUpMs: 60_000, putMs: 20_000 }

/** The code by which a node says that it holds an item which is not older (BEP 44). */
const SEQ_NOT_ABOVE = 302

interface LookUp extends FoundItems {
  readonly isComplete: boolean
}

/** @param dht False where the table is switched off. */
export function createInfoHashItems(dht: DhtNode | false, times: DhtTimes = DHT_TIMES): InfoHashItems {
  return {
    async put(publicKey, item) {
      if (!isInfoHashItemSignedBy(publicKey, item)) throw new Error(`Cannot put an item that ${publicKey} did not sign`)
      if (dht === false) return err({ code: 'NO_DHT' })
      // It also tells each node that is near to let this one put: without it, an earlier one may count for minutes.
      const { newest, holders, isComplete } = await lookUp(dht, publicKey, times.lookUpMs)
      if (newest !== null && !isReplaceable(newest, item)) return err({ code: 'SEQ_TOO_LOW' })
      if (!isComplete) return err({ code: 'TIMED_OUT' })
      return put(dht, { publicKey, item, holders: newest?.seq === item.seq ? holders : 0 }, times.putMs)
    },
    async get(publicKey) {
      if (dht === false) return err({ code: 'NO_DHT' })
      const { newest, isComplete } = await lookUp(dht, publicKey, times.lookUpMs)
      if (newest !== null) return ok(newest)
      if (!isComplete) return err({ code: 'TIMED_OUT' })
      // Nodes that did not answer are in the routing table no more.
      return dht.nodes.count() === 0 ? err({ code: 'NO_NODES' }) : ok(null)
    },
  }
}

function lookUp(dht: DhtNode, publicKey: string, timeMs: number): Promise<LookUp> {
  const finder = createItemFinder(publicKey)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ ...finder.found(), isComplete: false }), timeMs)
    dht.get(dhtTargetOf(publicKey), { cache: false, verify: finder.take }, (_, value) => {
      clearTimeout(timer)
      if (value !== null) finder.takeOwn(value)
      resolve({ ...finder.found(), isComplete: true })
    })
  })
}

/** Also by the very same item: nodes forget it, and some count from when they were told last. */
function isReplaceable(newest: SignedInfoHashItem, item: SignedInfoHashItem): boolean {
  return newest.seq < item.seq || (newest.seq === item.seq && newest.infoHash === item.infoHash)
}

interface ItemToPut {
  readonly publicKey: string
  readonly item: SignedInfoHashItem
  /** How many nodes hold it already. */
  readonly holders: number
}

function put(dht: DhtNode, { publicKey, item, holders }: ItemToPut, timeMs: number): Promise<PutItemOutcome> {
  const signature = Buffer.from(item.signature, 'hex')
  const k = Buffer.from(publicKey, 'hex')
  const v = { ih: Buffer.from(item.infoHash, 'hex') }
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(err({ code: 'TIMED_OUT' })), timeMs)
    dht.put({ k, seq: item.seq, v, sign: () => signature }, (error, _target, nodes = 0) => {
      clearTimeout(timer)
      if (error === null) resolve(ok({ nodes: Math.max(nodes, holders) }))
      else if (error.code !== SEQ_NOT_ABOVE) resolve(err({ code: 'NO_NODES' }))
      else resolve(holders > 0 ? ok({ nodes: holders }) : err({ code: 'SEQ_TOO_LOW' }))
    })
  })
}
