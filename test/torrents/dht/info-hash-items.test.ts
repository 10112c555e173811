import type { Bencodable } from 'bencode'
import { beforeEach, describe, expect, test } from 'vitest'
import { createInfoHashItems, DHT_TIMES, type InfoHashItems } from '../../../src/torrents/dht/info-hash-items.ts'
import { startDhtNode } from '../../support/loopback-dht.ts'
import { startScriptedDhtNode } from '../../support/scripted-dht-node.ts'
import { createSigningCommunity, infoHashNumber } from '../../support/signing-community.ts'

const NOW = 1_800_000_000_000
const community = createSigningCommunity()
const { publicKey } = community
const item = community.item(NOW, infoHashNumber(1))
const hashBytes = Buffer.from(item.infoHash, 'hex')

/** What a node that holds an item says. */
function held(fields: Readonly<Record<string, Bencodable>>): { readonly reply: Readonly<Record<string, Bencodable>> } {
  const k = Buffer.from(publicKey, 'hex')
  return { reply: { k, seq: item.seq, sig: Buffer.from(item.signature, 'hex'), v: { ih: hashBytes }, ...fields } }
}

/** What a node says that holds something which the community did sign. */
function signed(
  seq: Bencodable,
  text: string,
  fields: Readonly<Record<string, Bencodable>> = {},
): ReturnType<typeof held> {
  const sig = Buffer.from(community.sign(Buffer.from(text, 'latin1')), 'hex')
  return held({ seq, sig, ...fields })
}

describe('an item', () => {
  let one: InfoHashItems
  let other: InfoHashItems

  beforeEach(async () => {
    const first = await startDhtNode()
    one = createInfoHashItems((await startDhtNode(first.address)).node)
    other = createInfoHashItems((await startDhtNode(first.address)).node)
  })

  test('that was put is found by the key alone', async () => {
    expect(await other.get(publicKey)).toEqual({ ok: true, value: null })
    expect(await one.put(publicKey, item)).toEqual({ ok: true, value: { nodes: 2 } })
    expect(await other.get(publicKey)).toEqual({ ok: true, value: item })
    expect(await other.get(createSigningCommunity().publicKey)).toEqual({ ok: true, value: null })
  })

  test('that others left with this very node is found, though nobody else has it', async () => {
    const node = await startDhtNode()
    const guest = createInfoHashItems((await startDhtNode(node.address)).node)
    expect(await guest.put(publicKey, item)).toEqual({ ok: true, value: { nodes: 1 } })
    expect(await createInfoHashItems(node.node).get(publicKey)).toEqual({ ok: true, value: item })
  })

  test('is put again by anybody, unchanged', async () => {
    await one.put(publicKey, item)
    expect(await one.put(publicKey, item)).toEqual({ ok: true, value: { nodes: 2 } })
    expect(await other.put(publicKey, item)).toMatchObject({ ok: true })
  })

  test('replaces an older one, and is not replaced by it, nor by another of the same time', async () => {
    const newer = community.item(NOW + 1, infoHashNumber(2))
    await one.put(publicKey, item)
    expect(await other.put(publicKey, newer)).toMatchObject({ ok: true })
    expect(await one.put(publicKey, item)).toEqual({ ok: false, error: { code: 'SEQ_TOO_LOW' } })
    const twin = community.item(NOW + 1, infoHashNumber(3))
    expect(await one.put(publicKey, twin)).toEqual({ ok: false, error: { code: 'SEQ_TOO_LOW' } })
    expect(await one.get(publicKey)).toEqual({ ok: true, value: newer })
  })

  test.each([0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, NOW, Number.MAX_SAFE_INTEGER])(
    'may have the clock %d',
    async (seq) => {
      const timed = community.item(seq, infoHashNumber(4))
      expect(await one.put(publicKey, timed)).toMatchObject({ ok: true })
      expect(await other.get(publicKey)).toEqual({ ok: true, value: timed })
    },
  )

  test('that the key did not sign is not put', async () => {
    await expect(one.put(publicKey, { ...item, infoHash: infoHashNumber(9) })).rejects.toThrow('did not sign')
    expect(await other.get(publicKey)).toEqual({ ok: true, value: null })
  })
})

describe('what a node of the table makes up', () => {
  const hash = hashBytes.toString('latin1')

  test.each<readonly [string, ReturnType<typeof held>]>([
    ['a later time', held({ seq: NOW + 5 })],
    ['another torrent', held({ v: { ih: Buffer.alloc(20, 7) } })],
    ['a signature of zeros', held({ seq: NOW + 5, sig: Buffer.alloc(64) })],
    ['a signature that is a number', held({ seq: NOW + 5, sig: 5 })],
    ['a key of its own', held({ k: Buffer.alloc(32, 7) })],
    ['a key that is a list', held({ k: [1] })],
    ['no value of a torrent, though signed', signed(NOW + 5, `3:seqi${NOW + 5}e1:v2:hi`, { v: 'hi' })],
    [
      'more in the value, though signed',
      signed(1, `3:seqi1e1:vd1:ai1e2:ih20:${hash}e`, { v: { a: 1, ih: hashBytes } }),
    ],
    ['a short hash, though signed', signed(1, '3:seqi1e1:vd2:ih2:abe', { v: { ih: 'ab' } })],
    ['a salt, though signed', signed(1, `4:salt1:a3:seqi1e1:vd2:ih20:${hash}e`, { salt: 'a' })],
    ['a time that is text, though signed', signed('9', `3:seq1:91:vd2:ih20:${hash}e`)],
    ['a time before 1970, though signed', signed(-1, `3:seqi-1e1:vd2:ih20:${hash}e`)],
  ])('is not believed, and what is true is found beside it: %s', async (_, lie) => {
    const liar = await startScriptedDhtNode({ get: lie })
    const { node } = await startDhtNode(liar)
    expect(await createInfoHashItems(node).get(publicKey)).toEqual({ ok: true, value: null })
    const witness = await startScriptedDhtNode({ get: held({}) })
    const told = await startDhtNode(liar, witness)
    expect(await createInfoHashItems(told.node).get(publicKey)).toEqual({ ok: true, value: item })
  })

  test('an older item is believed only where there is no newer one', async () => {
    const newer = community.item(NOW + 1, infoHashNumber(2))
    const of = ({ seq, signature, infoHash }: typeof newer): ReturnType<typeof held> =>
      held({ seq, sig: Buffer.from(signature, 'hex'), v: { ih: Buffer.from(infoHash, 'hex') } })
    const nodes = await Promise.all([item, newer, item].map((each) => startScriptedDhtNode({ get: of(each) })))
    const { node } = await startDhtNode(...nodes)
    expect(await createInfoHashItems(node).get(publicKey)).toEqual({ ok: true, value: newer })
  })
})

describe('a table that is of no use', () => {
  test('is off', async () => {
    const items = createInfoHashItems(false)
    expect(await items.put(publicKey, item)).toEqual({ ok: false, error: { code: 'NO_DHT' } })
    expect(await items.get(publicKey)).toEqual({ ok: false, error: { code: 'NO_DHT' } })
  })

  test('has nobody in it', async () => {
    const items = createInfoHashItems((await startDhtNode()).node)
    expect(await items.put(publicKey, item)).toEqual({ ok: false, error: { code: 'NO_NODES' } })
    expect(await items.get(publicKey)).toEqual({ ok: false, error: { code: 'NO_NODES' } })
  })

  test('is silent: what was found until then counts', async () => {
    const [silent, holder] = [await startScriptedDhtNode({ get: null }), await startScriptedDhtNode({ get: held({}) })]
    const timesOf = async (address: string): Promise<InfoHashItems> =>
      createInfoHashItems((await startDhtNode(address)).node, { ...DHT_TIMES, lookUpMs: 200 })
    const alone = await timesOf(silent)
    expect(await alone.get(publicKey)).toEqual({ ok: false, error: { code: 'TIMED_OUT' } })
    expect(await alone.put(publicKey, item)).toEqual({ ok: false, error: { code: 'TIMED_OUT' } })
    const { node } = await startDhtNode(silent, holder)
    expect(await createInfoHashItems(node, { ...DHT_TIMES, lookUpMs: 1_000 }).get(publicKey)).toMatchObject({
      value: item,
    })
  })

  test.each([
    ['says that it has a newer one', { error: [302, 'sequence number less than current'] as const }, 'SEQ_TOO_LOW'],
    ['takes nothing', { error: [203, 'bad token'] as const }, 'NO_NODES'],
    ['never answers', null, 'TIMED_OUT'],
  ])('%s', async (_, answer, code) => {
    const { node } = await startDhtNode(await startScriptedDhtNode({ put: answer }))
    const items = createInfoHashItems(node, { ...DHT_TIMES, putMs: 200 })
    expect(await items.put(publicKey, item)).toEqual({ ok: false, error: { code } })
  })
})
