import { EVERYTHING } from '../../src/domain/access.ts'
import { ok } from '../../src/domain/result.ts'
import type { GraphqlPorts } from '../../src/graphql/context.ts'
import { createGraphqlServer } from '../../src/graphql/transport/server.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'

/** An API over a log alone, in this process. */
export interface ServedEvents extends AsyncDisposable {
  readonly url: string
}

/** Serves `events` of a log on a free port of the loopback address; nothing else can be asked. */
export async function serveEvents(file: string): Promise<ServedEvents> {
  const log = openEventLog({ file, projections: [] })
  const ports: Partial<GraphqlPorts> = {
    authenticate: async () => ok({ actor: 'local', grant: EVERYTHING, ended: null }),
    log,
    restores: [],
    logFault: (fault) => {
      console.error(fault)
    },
  }
  const server = createGraphqlServer({ host: '127.0.0.1', port: 0, ports: ports as GraphqlPorts })
  const { url } = await server.listen()
  return {
    url: url.replace(/\/graphql$/, ''),
    async [Symbol.asyncDispose]() {
      await server.close()
      await log.close()
    },
  }
}
