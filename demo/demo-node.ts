import { createApiClient, type ApiClient } from '../test/support/api-client.ts'
import { startNodeProcess } from '../test/support/node-process.ts'

/** A node of the demo: a process of its own, and a client of its API. */
export interface DemoNode {
  readonly name: string
  readonly dataDir: string
  /** The base URL of its API, without a final slash. */
  readonly url: string
  readonly api: ApiClient
  /** Ends the process as an operator would. Stopping twice is harmless. */
  stop(this: void): Promise<void>
}

/**
 * Starts a node on loopback, which is a private network: so it may dial others there.
 *
 * @param limit When it aborts, whoever listens to the node hears no more.
 * @throws When it does not start.
 */
export async function startDemoNode(
  name: string,
  dataDir: string,
  limit: AbortSignal,
  settings: Readonly<Record<string, string>>,
): Promise<DemoNode> {
  const node = await startNodeProcess(dataDir, { SEEDBANK_PRIVATE_ADDRESSES: 'allow', ...settings })
  const api = createApiClient(node.url)
  limit.addEventListener('abort', () => void api.close())
  return {
    name,
    dataDir,
    url: node.url,
    api,
    async stop() {
      await api.close()
      await node.stop()
    },
  }
}
