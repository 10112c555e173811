import { graphql } from './generated/gql.ts'

/** The communities of a node, and where their archives are. */
export const COMMUNITIES = graphql(`
  query Communities($first: Int, $after: String) {
    communities(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          communityId
          role
          archivedUpTo
          magnetlink {
            magnetUri
            clock
          }
        }
      }
    }
  }
`)

/** Adds a community, or says why not. */
export const ADD_COMMUNITY = graphql(`
  mutation AddCommunity($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $idempotencyKey: IdempotencyKey) {
    addCommunity(
      role: CONTROL_NODE
      archiving: true
      communityId: $communityId
      contentTopics: $contentTopics
      idempotencyKey: $idempotencyKey
    ) {
      __typename
      ... on AddCommunityAccepted {
        position
        community {
          communityId
        }
      }
      ... on Refusal {
        code
        message
      }
    }
  }
`)

/** What happens, from a cursor on. */
export const SIGNALS = graphql(`
  subscription Signals($after: String) {
    signals(after: $after) {
      __typename
      cursor
      occurredAt
      communityId
      ... on MagnetlinkDispatched {
        magnetlink {
          clock
          magnetUri
        }
      }
    }
  }
`)
