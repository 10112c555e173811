import type Wire from 'bittorrent-protocol'
import { expect, test } from 'vitest'
import { TurnsByPeer } from '../../../src/torrents/seeder/turns-by-peer.ts'

test('peers come one after the other, and what was taken back is passed over', () => {
  const turns = new TurnsByPeer()
  const [greedy, modest] = [{} as Wire, {} as Wire]
  const takenBack = new Set([2, 12])
  const add = (wire: Wire, bytes: number): void =>
    turns.add({ wire, bytes, isWanted: () => !takenBack.has(bytes), give: () => undefined })
  for (const bytes of [1, 2, 3, 4]) add(greedy, bytes)
  for (const bytes of [11, 12]) add(modest, bytes)
  const order = Array.from({ length: 4 }, () => turns.next()?.bytes)
  expect(order).toEqual([1, 11, 3, 4])
  expect(turns.next()).toBeUndefined()
  add(modest, 13)
  expect(turns.next()?.bytes).toBe(13)
})
