import type { IncomingMessage, ServerResponse } from 'node:http'

/** Something beside the API that is asked over plain HTTP on its port, such as its health. */
export interface HttpRoute {
  /** The one path where it is; all paths below it where it ends in a slash. */
  readonly path: string
  /**
   * ANYONE: asked under whatever Host and Origin, without a token. READER: under the rules of the API, by who may read of
   * all communities.
   */
  readonly access: 'ANYONE' | 'READER'
  /** Answers GET and HEAD. What it throws is a fault: the connection is ended, and the log of the node is told. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** The route that a request is for, by its path; undefined where there is none. */
export function findRoute(routes: readonly HttpRoute[], url: string | undefined): HttpRoute | undefined {
  const [path = ''] = (url ?? '').split('?')
  return routes.find((route) => (route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path))
}
