import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { constants, globSync, openSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStores, type Stores } from '../src/app/stores.ts'
import { askData } from './support/graphql-request.ts'
import { startNodeProcess } from './support/node-process.ts'
import { addSmallCommunity, archiveSmallCommunity } from './support/small-community.ts'
import { createTemporaryFolder } from './support/temporary-folder.ts'
import { valueOf } from './support/value-of.ts'

describe('a node whose disk does not answer when a torrent is to be served', { timeout: 30_000 }, () => {
  test('still says goodbye in time', async () => {
    const dataDir = await createWaitingDisk()
    const node = await startNodeProcess(dataDir)

    expect(await node.stop('SIGTERM')).toMatchObject({ code: 0 })
    const [last] = await withStores(dataDir, async ({ log }) => log.read({ limit: 1, order: 'DESC' }))
    expect(last?.event.type).toBe('NodeStopped')
  })

  test('leaves the port of its torrent client free when it is killed', async () => {
    const node = await startNodeProcess(await createWaitingDisk())
    const { status } = await askData<{ status: { torrentClient: { port: number } } }>(
      `${node.url}/graphql`,
      '{ status { torrentClient { port } } }',
    )
    const { port } = status.torrentClient
    expect(await isListening(port)).toBe(true)

    await node.stop('SIGKILL')

    await expect.poll(async () => isListening(port)).toBe(false)
  })
})

/** A data directory with a torrent to serve; whoever opens its index waits. */
async function createWaitingDisk(): Promise<string> {
  const dataDir = createTemporaryFolder()
  await withStores(dataDir, async (stores) => archiveSmallCommunity(stores, await addSmallCommunity(stores, 1)))
  const [index] = globSync(join(dataDir, 'archives/*/*/index'))
  if (index === undefined) throw new Error('Expected an archive to serve')
  rmSync(index)
  execFileSync('mkfifo', [index])
  // Lets go of a process that waits, should the test fail.
  onTestFinished(() => void openSync(index, constants.O_RDWR))
  return dataDir
}

async function withStores<Found>(dataDir: string, use: (stores: Stores) => Promise<Found>): Promise<Found> {
  await using closing = new AsyncDisposableStack()
  return await use(valueOf(await openStores(dataDir, closing)))
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
