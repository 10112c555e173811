const REFUSAL = '__typename ... on Refusal { code message }'

/** The mutations about a community as a frontend sends them: each takes `$key`, its idempotency key. */
export const COMMUNITY_MUTATIONS = {
  addCommunity: `mutation ($communityId: CommunityId, $contentTopics: [ContentTopic!]!, $key: IdempotencyKey!) {
    addCommunity(
      communityId: $communityId, role: CONTROL_NODE, contentTopics: $contentTopics, archiving: true, idempotencyKey: $key
    ) { ${REFUSAL} ... on AddCommunityAccepted { position community { communityId } } }
  }`,
  changeContentTopics: `mutation ($communityId: CommunityId!, $contentTopics: [ContentTopic!]!, $key: IdempotencyKey!) {
    changeContentTopics(communityId: $communityId, contentTopics: $contentTopics, idempotencyKey: $key) {
      ${REFUSAL} ... on ChangeContentTopicsAccepted { position }
    }
  }`,
  recordMessages: `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!, $key: IdempotencyKey!) {
    recordMessages(communityId: $communityId, messages: $messages, idempotencyKey: $key) {
      ${REFUSAL} ... on RecordMessagesAccepted { recorded duplicates rejected { index code } }
    }
  }`,
  createArchive: `mutation ($communityId: CommunityId!, $to: DateTime, $key: IdempotencyKey!) {
    createArchive(communityId: $communityId, to: $to, idempotencyKey: $key) {
      ${REFUSAL} ... on CreateArchiveAccepted { position runId }
    }
  }`,
  leaveCommunity: plain('leaveCommunity'),
  enableArchiving: plain('enableArchiving'),
  disableArchiving: plain('disableArchiving'),
  requestSeeding: plain('requestSeeding'),
  withdrawSeeding: plain('withdrawSeeding'),
  dispatchMagnetlink: plain('dispatchMagnetlink'),
} as const

/** The mutations about the whole node. */
export const NODE_MUTATIONS = {
  enableProtocol: switching('enableProtocol', 'EnableProtocolAccepted'),
  disableProtocol: switching('disableProtocol', 'DisableProtocolAccepted'),
  setOnline: `mutation ($online: Boolean!, $key: IdempotencyKey!) {
    setOnline(online: $online, idempotencyKey: $key) { ${REFUSAL} ... on SetOnlineAccepted { position } }
  }`,
} as const

function plain(name: string): string {
  const accepted = `${name.charAt(0).toUpperCase()}${name.slice(1)}Accepted`
  return `mutation ($communityId: CommunityId!, $key: IdempotencyKey!) {
    ${name}(communityId: $communityId, idempotencyKey: $key) { ${REFUSAL} ... on ${accepted} { position } }
  }`
}

function switching(name: string, accepted: string): string {
  return `mutation ($key: IdempotencyKey!) {
    ${name}(idempotencyKey: $key) { ${REFUSAL} ... on ${accepted} { position } }
  }`
}
