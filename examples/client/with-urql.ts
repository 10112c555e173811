import {
  Client,
  fetchExchange,
  subscriptionExchange,
  type CombinedError,
  type OperationResultSource,
  type OperationResult,
} from '@urql/core'
import type { Sink } from 'graphql-ws'
import { connect, headersOf, type Node } from './connect.ts'
import { ADD_COMMUNITY, COMMUNITIES, SIGNALS } from './documents.ts'
import type { AddCommunityMutation, CommunitiesQuery, SignalsSubscription } from './generated/graphql.ts'

type Community = CommunitiesQuery['communities']['edges'][number]['node']

/** A node through urql: queries and mutations over HTTP, subscriptions over WebSocket. */
export interface UrqlNode {
  /** All communities, page by page. */
  readonly readCommunities: () => Promise<readonly Community[]>
  /** @throws With the code and message of the refusal. */
  readonly addCommunity: (contentTopics: readonly string[], idempotencyKey: string) => Promise<string>
  readonly signals: (after: string | null) => OperationResultSource<OperationResult<SignalsSubscription>>
  readonly close: () => Promise<void>
}

/** Connects; nothing is asked yet. */
export function openWithUrql(node: Node): UrqlNode {
  const socket = connect(node)
  const client = new Client({
    url: `${node.url}/graphql`,
    // The API takes mutations by POST alone, and queries too: a URL would end up in the logs of proxies.
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headersOf(node) }),
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, ...(variables !== undefined && { variables }) },
              // As the two packages say "no errors" in types of their own.
              sink as Sink,
            ),
          }),
        }),
      }),
    ],
  })

  async function readPage(after: string | null): Promise<CommunitiesQuery['communities']> {
    const { data, error } = await client.query(COMMUNITIES, { first: 100, after })
    return dataOf(data, error, `read the communities of ${node.url}`).communities
  }

  return {
    async readCommunities() {
      const communities: Community[] = []
      let page = await readPage(null)
      for (;;) {
        communities.push(...page.edges.map((edge) => edge.node))
        if (!page.pageInfo.hasNextPage) return communities
        page = await readPage(page.pageInfo.endCursor)
      }
    },
    async addCommunity(contentTopics, idempotencyKey) {
      const { data, error } = await client.mutation(ADD_COMMUNITY, {
        contentTopics: [...contentTopics],
        idempotencyKey,
      })
      return addedId(dataOf(data, error, `add a community to ${node.url}`).addCommunity)
    },
    signals: (after) => client.subscription(SIGNALS, { after }),
    close: async () => socket.dispose(),
  }
}

/** @throws With what the node said, such as that it wants a token; `data` is null, or missing, where there are errors. */
function dataOf<Data>(data: Data | null | undefined, error: CombinedError | undefined, action: string): Data {
  if (data != null) return data
  throw new Error(`Cannot ${action}: ${error?.message ?? 'it answered nothing'}`)
}

/** What was granted is one type, whatever the refusals are. */
function addedId(answer: AddCommunityMutation['addCommunity']): string {
  if (answer.__typename === 'AddCommunityAccepted') return answer.community.communityId
  throw new Error(`The community was not added: ${answer.message} (${answer.code})`)
}
