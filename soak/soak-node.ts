import { freePort } from '../test/support/free-port.ts'
import type { NodeLife } from '../test/support/mortal-node.ts'
import { spawnNodeProcess, type ProcessEnd, type SpawnedNode } from '../test/support/node-process.ts'

/** A node that answers at one URL through all its lives. */
export interface SoakNode {
  readonly dataDir: string
  readonly url: string
  readonly life: () => Promise<NodeLife>
  readonly lifeAfter: (life: NodeLife) => Promise<NodeLife>
  /** Kills the process, and starts the next. @returns How long nobody answered, in milliseconds. */
  readonly killAndStart: () => Promise<number>
  /** The process that lives now. */
  readonly pid: () => number
  /** Stops it as an operator would. */
  readonly stop: () => Promise<ProcessEnd>
  /** What its processes wrote to standard error, all together. */
  readonly errors: () => string
}

/**
 * Starts one on loopback, with ports of its own that stay the same.
 *
 * @param onEnd Is told when a process ends by itself.
 */
export async function startSoakNode(dataDir: string, onEnd: (end: ProcessEnd) => void): Promise<SoakNode> {
  const [port, torrentPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const settings = {
    SEEDBANK_PORT: String(port),
    SEEDBANK_TORRENT_PORT: String(torrentPort),
    SEEDBANK_PUBLIC_URL: url,
    SEEDBANK_PUBLIC_TORRENT_ADDRESS: `127.0.0.1:${torrentPort}`,
    SEEDBANK_PRIVATE_ADDRESSES: 'allow',
    SEEDBANK_SETTLE_SECONDS: '0',
    SEEDBANK_GRACE_SECONDS: '2',
  }
  let errors = ''
  let current = start()
  await current.living

  function start(): { readonly process: SpawnedNode; readonly living: Promise<NodeLife> } {
    const process = spawnNodeProcess(dataDir, settings)
    const living = lifeOf(process)
    // Whoever waits for it is told.
    living.catch(() => undefined)
    void watchEnd(process)
    return { process, living }
  }

  async function watchEnd(process: SpawnedNode): Promise<void> {
    const end = await process.ended
    errors += end.errors
    if (process === current.process && end.signal === null && end.code !== 0) onEnd(end)
  }

  return {
    dataDir,
    url,
    life: async () => current.living,
    lifeAfter: async (life) => {
      for (;;) {
        const next = await current.living
        if (next !== life) return next
        // The connection broke a moment before the process was seen to end.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async killAndStart() {
      const killedAt = performance.now()
      await current.process.stop('SIGKILL')
      current = start()
      await current.living
      return performance.now() - killedAt
    },
    pid: () => current.process.pid,
    stop: async () => current.process.stop(),
    errors: () => errors,
  }
}

async function lifeOf({ url, pid, ended }: SpawnedNode): Promise<NodeLife> {
  const answersAt = await url
  if (answersAt === null) throw new Error(`A node ended before it answered: ${(await ended).errors}`)
  return { url: answersAt, pid }
}
