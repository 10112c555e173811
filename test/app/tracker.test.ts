import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTracker, type NodeTracker } from '../../src/app/tracker.ts'
import { announcePath, ask, KNOWN, peersOf, type TrackerHost } from '../support/tracker-host.ts'

const NAMED = { host: '127.0.0.1', publicUrl: 'http://node.example', publicTorrentAddress: null, trackerUdpPort: null }
const CLIENT = { port: 6_881, active: () => new Set([KNOWN]) }

test('a public name that cannot be looked up is told, and tried again until the node can enter itself', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const reasons: string[] = []
  const found = Promise.withResolvers<string>()
  const answers = ['no name server', 'still none', found.promise]
  const node = await startTracker(
    NAMED,
    CLIENT,
    (reason) => reasons.push(reason),
    async () => {
      const answer = answers.shift() ?? ''
      if (typeof answer === 'string') throw new Error(answer)
      return answer
    },
  )
  const host = await hostOf(node)
  node.announce()
  await expect.poll(() => reasons).toEqual(['Cannot look up the host of http://node.example: no name server'])
  expect(peersOf(await ask(host, announcePath(1)))).not.toContain('203.0.113.1:6881')

  vi.advanceTimersToNextTimer()
  await expect.poll(() => answers).toHaveLength(1)
  vi.advanceTimersToNextTimer()
  found.resolve('203.0.113.1')

  await expect.poll(async () => peersOf(await ask(host, announcePath(1)))).toContain('203.0.113.1:6881')
  // Once, however often it was tried.
  expect(reasons).toHaveLength(1)
})

/** The tracker on an HTTP server, as the API has it. */
async function hostOf({ tracker, stop }: NodeTracker): Promise<TrackerHost> {
  const server = createServer((request, response) => void tracker.handleRequest(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    await stop()
    server.closeAllConnections()
    server.close()
  })
  return { tracker, port: (server.address() as AddressInfo).port }
}
