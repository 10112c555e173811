/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Communities($first: Int, $after: String) {\n    communities(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      edges {\n        node {\n          communityId\n          role\n          archivedUpTo\n          magnetlink {\n            magnetUri\n            clock\n          }\n        }\n      }\n    }\n  }\n": typeof types.CommunitiesDocument,
    "\n  mutation AddCommunity($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $idempotencyKey: IdempotencyKey) {\n    addCommunity(\n      role: CONTROL_NODE\n      archiving: true\n      communityId: $communityId\n      contentTopics: $contentTopics\n      idempotencyKey: $idempotencyKey\n    ) {\n      __typename\n      ... on AddCommunityAccepted {\n        position\n        community {\n          communityId\n        }\n      }\n      ... on Refusal {\n        code\n        message\n      }\n    }\n  }\n": typeof types.AddCommunityDocument,
    "\n  subscription Signals($after: String) {\n    signals(after: $after) {\n      __typename\n      cursor\n      occurredAt\n      communityId\n      ... on MagnetlinkDispatched {\n        magnetlink {\n          clock\n          magnetUri\n        }\n      }\n    }\n  }\n": typeof types.SignalsDocument,
};
const documents: Documents = {
    "\n  query Communities($first: Int, $after: String) {\n    communities(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      edges {\n        node {\n          communityId\n          role\n          archivedUpTo\n          magnetlink {\n            magnetUri\n            clock\n          }\n        }\n      }\n    }\n  }\n": types.CommunitiesDocument,
    "\n  mutation AddCommunity($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $idempotencyKey: IdempotencyKey) {\n    addCommunity(\n      role: CONTROL_NODE\n      archiving: true\n      communityId: $communityId\n      contentTopics: $contentTopics\n      idempotencyKey: $idempotencyKey\n    ) {\n      __typename\n      ... on AddCommunityAccepted {\n        position\n        community {\n          communityId\n        }\n      }\n      ... on Refusal {\n        code\n        message\n      }\n    }\n  }\n": types.AddCommunityDocument,
    "\n  subscription Signals($after: String) {\n    signals(after: $after) {\n      __typename\n      cursor\n      occurredAt\n      communityId\n      ... on MagnetlinkDispatched {\n        magnetlink {\n          clock\n          magnetUri\n        }\n      }\n    }\n  }\n": types.SignalsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Communities($first: Int, $after: String) {\n    communities(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      edges {\n        node {\n          communityId\n          role\n          archivedUpTo\n          magnetlink {\n            magnetUri\n            clock\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Communities($first: Int, $after: String) {\n    communities(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      edges {\n        node {\n          communityId\n          role\n          archivedUpTo\n          magnetlink {\n            magnetUri\n            clock\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddCommunity($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $idempotencyKey: IdempotencyKey) {\n    addCommunity(\n      role: CONTROL_NODE\n      archiving: true\n      communityId: $communityId\n      contentTopics: $contentTopics\n      idempotencyKey: $idempotencyKey\n    ) {\n      __typename\n      ... on AddCommunityAccepted {\n        position\n        community {\n          communityId\n        }\n      }\n      ... on Refusal {\n        code\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation AddCommunity($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $idempotencyKey: IdempotencyKey) {\n    addCommunity(\n      role: CONTROL_NODE\n      archiving: true\n      communityId: $communityId\n      contentTopics: $contentTopics\n      idempotencyKey: $idempotencyKey\n    ) {\n      __typename\n      ... on AddCommunityAccepted {\n        position\n        community {\n          communityId\n        }\n      }\n      ... on Refusal {\n        code\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Signals($after: String) {\n    signals(after: $after) {\n      __typename\n      cursor\n      occurredAt\n      communityId\n      ... on MagnetlinkDispatched {\n        magnetlink {\n          clock\n          magnetUri\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription Signals($after: String) {\n    signals(after: $after) {\n      __typename\n      cursor\n      occurredAt\n      communityId\n      ... on MagnetlinkDispatched {\n        magnetlink {\n          clock\n          magnetUri\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;