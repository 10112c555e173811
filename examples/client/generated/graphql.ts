/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What this node is to a community. */
export type Role =
  /** It owns the history, creates archives and dispatches magnet links. */
  | 'CONTROL_NODE'
  /** It fetches archives and seeds them again. */
  | 'MEMBER';

export type CommunitiesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CommunitiesQuery = { communities: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { communityId: string, role: Role, archivedUpTo: string | null, magnetlink: { magnetUri: string, clock: string } | null } }> } };

export type AddCommunityMutationVariables = Exact<{
  communityId?: string | null | undefined;
  contentTopics: Array<string> | string;
  idempotencyKey?: string | null | undefined;
}>;


export type AddCommunityMutation = { addCommunity:
    | { __typename: 'AddCommunityAccepted', position: string | null, community: { communityId: string } }
    | { __typename: 'CommunityAlreadyAdded', code: string, message: string }
    | { __typename: 'CommunityIdMissing', code: string, message: string }
    | { __typename: 'CommunityKeyMissing', code: string, message: string }
    | { __typename: 'ContentTopicRepeated', code: string, message: string }
    | { __typename: 'HistoryIncomplete', code: string, message: string }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'TooManyContentTopics', code: string, message: string }
   };

export type SignalsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SignalsSubscription = { signals:
    | { __typename: 'ArchiveCreationFailed', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchiveImported', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchiveQuarantined', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchiveRepaired', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchivesVerified', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchivingDisabled', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ArchivingEnabled', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CheckpointSigned', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CommunityAdded', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CommunityForgotten', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CommunityLeft', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CommunityPurged', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'CreatingHistoryArchives', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'DownloadCancelled', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'DownloadFailed', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'DownloadFinished', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'DownloadingHistoryArchivesFinished', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'DownloadingHistoryArchivesStarted', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchiveDownloaded', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchivesCreated', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchivesProtocolDisabled', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchivesProtocolEnabled', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchivesSeeding', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'HistoryArchivesUnseeded', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ImportUndone', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ImportingHistoryArchiveMessages', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'LogRestored', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'MagnetlinkDispatched', cursor: string, occurredAt: string, communityId: string | null, magnetlink: { clock: string, magnetUri: string } }
    | { __typename: 'MagnetlinkReceived', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'MagnetlinkRefused', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'NoHistoryArchivesCreated', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'NodeFollowed', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'NodeKeyPinned', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'NodeUnfollowed', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ReactorParked', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ReactorRetried', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'ReactorSkipped', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'SeedingFailed', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'SettingsChanged', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'TorrentClientDown', cursor: string, occurredAt: string, communityId: string | null }
    | { __typename: 'TorrentClientUp', cursor: string, occurredAt: string, communityId: string | null }
   };


export const CommunitiesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Communities"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"communities"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"communityId"}},{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"archivedUpTo"}},{"kind":"Field","name":{"kind":"Name","value":"magnetlink"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"magnetUri"}},{"kind":"Field","name":{"kind":"Name","value":"clock"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<CommunitiesQuery, CommunitiesQueryVariables>;
export const AddCommunityDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddCommunity"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"communityId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"CommunityId"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"contentTopics"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ContentTopic"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"IdempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addCommunity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"role"},"value":{"kind":"EnumValue","value":"CONTROL_NODE"}},{"kind":"Argument","name":{"kind":"Name","value":"archiving"},"value":{"kind":"BooleanValue","value":true}},{"kind":"Argument","name":{"kind":"Name","value":"communityId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"communityId"}}},{"kind":"Argument","name":{"kind":"Name","value":"contentTopics"},"value":{"kind":"Variable","name":{"kind":"Name","value":"contentTopics"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AddCommunityAccepted"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"community"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"communityId"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<AddCommunityMutation, AddCommunityMutationVariables>;
export const SignalsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Signals"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signals"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"communityId"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MagnetlinkDispatched"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"magnetlink"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clock"}},{"kind":"Field","name":{"kind":"Name","value":"magnetUri"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SignalsSubscription, SignalsSubscriptionVariables>;