import { expect, test } from 'vitest'
import { ok } from '../../src/domain/result.ts'
import { openFetchingNode, SETTLE_MS } from '../support/fetching-node.ts'
import { downloadFailed, downloadStarted } from '../support/member-facts.ts'

const FAR_TOO_OFTEN = 50

test('a download whose end is not recorded is tried ever later, and told of', async () => {
  const node = await openFetchingNode({
    outcome: async ({ running }) => ok(node.begun.length < FAR_TOO_OFTEN ? null : await node.finish(running)),
  })
  await node.learn(1)
  await node.advance(SETTLE_MS + 10_000)
  expect(node.begun.map(({ at }) => at - SETTLE_MS)).toEqual([0, 1_000, 3_000, 7_000])
  const told = (await node.facts()).filter(({ type }) => type.startsWith('Download'))
  expect(told).toEqual([downloadStarted(1), downloadFailed(1, 'INTERNAL')])
})
