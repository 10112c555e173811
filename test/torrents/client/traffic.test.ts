import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TrafficOfLives, type Traffic } from '../../../src/torrents/client/traffic.ts'

const traffic = (uploadedBytes: number, downloadedBytes: number, peers: number): Traffic => {
  return { uploadedBytes, downloadedBytes, peers }
}

test('the bytes of all lives are added up, and the peers are those of this one', () => {
  const lives = new TrafficOfLives()
  lives.sample(traffic(10, 1, 2))
  lives.sample(traffic(30, 2, 3))
  lives.lifeEnded()
  expect(lives.total()).toEqual(traffic(30, 2, 0))
  lives.sample(traffic(5, 1, 1))
  expect(lives.total()).toEqual(traffic(35, 3, 1))
})

test('the bytes never fall, however often the process ends', () => {
  const step = fc.oneof(fc.constant(null), fc.nat(1_000))
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const lives = new TrafficOfLives()
      let [ofLife, last] = [0, 0]
      for (const sent of steps) {
        if (sent === null) lives.lifeEnded()
        ofLife = sent === null ? 0 : ofLife + sent
        if (sent !== null) lives.sample(traffic(ofLife, ofLife, 1))
        const { uploadedBytes } = lives.total()
        expect(uploadedBytes).toBe(last + (sent ?? 0))
        last = uploadedBytes
      }
    }),
  )
})
